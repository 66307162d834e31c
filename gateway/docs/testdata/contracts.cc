#include "gateway/docs/testdata/contracts.h"

#include "documented_descriptor_set.h"

namespace corridor::gateway {

std::string_view DocumentedContract() { return documented_descriptor_set.front().contents; }

std::string At(const Json& json, std::initializer_list<std::string_view> members) {
  const Json* here = &json;
  for (const std::string_view member : members) {
    here = here->Find(member);
    if (here == nullptr) return "(absent)";
  }
  return here->ToString();
}

}  // namespace corridor::gateway
