// Kinds of resource as types whose versions can be listed, compared, restored and purged.
#pragma once

#include <string>
#include <vector>

#include "platform/resources/kind.h"
#include "platform/versions/resource_type.h"

namespace corridor::resources {

// `kinds` must outlive them; `epoch` is that of the store.
std::vector<versions::ResourceType> VersionedTypes(const Kinds& kinds, const std::string& epoch);

}  // namespace corridor::resources
