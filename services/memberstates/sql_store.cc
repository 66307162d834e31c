// The tables of all resources.
#include "services/memberstates/sql_store.h"

#include "services/memberstates/sql_rows.h"

namespace corridor::memberstates {

std::vector<store::Table> Tables() {
  return {kAreas, kAreaTerms, kAreaMembers, kOrganisations, kMemberships, kSpells};
}

}  // namespace corridor::memberstates
