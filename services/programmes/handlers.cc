#include "services/programmes/handlers.h"

namespace corridor::programmes {

const resources::Kinds& AllKinds() {
  static const auto* kinds =
      new resources::Kinds({&ProgrammeAreas(), &ActivityTypes(), &Classifications(), &Crosswalks(),
                            &Offices(), &Partners(), &Projects()});
  return *kinds;
}

std::vector<store::Table> Tables() { return AllKinds().Tables(); }

}  // namespace corridor::programmes
