#include "gateway/changes/feed_position.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using common::v1::Position;

// Far above what a position of all services takes.
constexpr size_t kMaxTokenBytes = 4096;

bool IsSound(const Position& position) {
  return !position.parts().empty() &&
         std::all_of(position.parts().begin(), position.parts().end(), [](const auto& entry) {
           const Position::Part& part = entry.second;
           return !entry.first.empty() &&
                  (part.epoch().empty() ? part.version() == 0 : part.version() >= 0);
         });
}

}  // namespace

absl::StatusOr<Position> ReadSince(std::string_view since, std::string_view field,
                                   const std::vector<std::string>& services) {
  Position position;
  if (since.empty()) return position;
  if (since == "0") {
    for (const std::string& service : services) (*position.mutable_parts())[service];
    return position;
  }
  Position token;
  std::string bytes;
  if (since.size() > kMaxTokenBytes ||
      !absl::WebSafeBase64Unescape(absl::string_view(since.data(), since.size()), &bytes) ||
      !token.ParseFromString(bytes) || !IsSound(token)) {
    return InvalidField(field, since,
                        "is neither 0 nor a position, such as the id of an event or a "
                        "corridor-version");
  }
  for (const std::string& service : services) {
    const auto part = token.parts().find(service);
    if (part != token.parts().end()) (*position.mutable_parts())[service] = part->second;
  }
  return position;
}

}  // namespace corridor::gateway
