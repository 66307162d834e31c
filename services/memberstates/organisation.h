// What an organisation is called, what may be said of it, and which lists of its parties are whole.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "platform/dates/partial_date.h"

namespace corridor::memberstates {

// `organisations/{organisation}` for an id, and the id of such a name that has been checked before.
std::string OrganisationName(std::string_view id);
std::string_view OrganisationId(std::string_view name);
// `organisations/{organisation}/memberships/{party}`.
std::string MembershipName(std::string_view organisation, std::string_view party);

// Reads the dates within, and refuses what no organisation is: no kind, no name, what lacks its
// citations. `organisation.name` has been checked to be `organisations/{organisation}`. `path` is
// for errors. Errors: INVALID_ARGUMENT naming the field and the value.
absl::Status CheckOrganisation(v1::Organisation& organisation, std::string_view path);

// One list of parties: those of a kind in a status.
using PartyList = std::pair<v1::Spell::Status, v1::Party::Kind>;

// Whether the lists asked for are whole, by what the organisation says of them: for each status
// asked, the kind asked, or without one every kind that the organisation says something of or that
// is among `recorded`. A list of which it says nothing is not complete. Unspecified means not
// asked.
std::vector<v1::Completeness> CompletenessOf(const v1::Organisation& organisation,
                                             v1::Spell::Status status, v1::Party::Kind kind,
                                             const std::vector<PartyList>& recorded);

// The counts claimed for the list asked and for days that cover `as_of`. An unspecified kind is
// any.
std::vector<v1::Organisation::ReportedCount> CountsReportedFor(const v1::Organisation& organisation,
                                                               v1::Spell::Status status,
                                                               v1::Party::Kind kind,
                                                               const DayRange& as_of);

}  // namespace corridor::memberstates
