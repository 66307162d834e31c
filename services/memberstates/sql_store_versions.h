// Areas, members of groups, organisations and memberships as types whose versions can be listed,
// compared, restored and purged.
#pragma once

#include <string>
#include <vector>

#include "platform/versions/resource_type.h"

namespace corridor::memberstates {

// `epoch` is that of the store.
std::vector<versions::ResourceType> VersionedTypes(const std::string& epoch);

}  // namespace corridor::memberstates
