// Which resources were written or deleted between two versions, by the rows of their tables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/store/versioned_store.h"
#include "platform/versions/resource_type.h"

namespace corridor::versions {

// In order of type, as the service lists them, then of ids.
class ChangedResources {
 public:
  // Those of `collection`, or of all when it is empty, after version `from` up to and with `to`.
  // `types` must outlive this.
  ChangedResources(const ResourceTypes& types, std::string collection, int64_t from, int64_t to)
      : types_(types), collection_(std::move(collection)), from_(from), to_(to) {}

  // At most `limit` of those that come after the one with this key; an empty key: the first.
  // Errors: INVALID_ARGUMENT naming `page_token` (a key that KeyOf does not make), those of the
  // reader.
  absl::StatusOr<std::vector<Located>> After(store::Reader& rows,
                                             const std::vector<std::string>& key, int limit) const;

  // Pattern and ids.
  static std::vector<std::string> KeyOf(const Located& resource);

 private:
  absl::StatusOr<std::vector<Located>> OfType(store::Reader& rows, const ResourceType& type,
                                              const Ids& after, int limit) const;

  const ResourceTypes& types_;
  const std::string collection_;
  const int64_t from_;
  const int64_t to_;
};

}  // namespace corridor::versions
