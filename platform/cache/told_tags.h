// Tags as a service tells them with an answer, for those who keep answers of services and follow
// their commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/cache/tags.h"

namespace corridor::cache {

// Name of the metadata: `17,areas/ARM,organisations/-/memberships`. Absent where nothing is known.
inline constexpr char kTagsMetadata[] = "corridor-tags";

struct ToldTags {
  int64_t version = 0;  // The last one of which the answer is known to be.
  std::vector<std::string> tags;
};

std::string TellTags(int64_t version, const std::vector<Tag>& tags);
// Nullopt for what TellTags does not make.
std::optional<ToldTags> ReadToldTags(std::string_view text);

// All tags that a commit of `resource` touches but for collections: its name,
// `organisations/IOM/memberships` and `series/POV_2USD~`, where those are what it belongs to.
std::vector<std::string> TagsTouchedBy(std::string_view resource);

}  // namespace corridor::cache
