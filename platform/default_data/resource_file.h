// Files of a default data set that are lists of a contract's own messages, in its JSON mapping.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/default_data/sources_file.h"
#include "platform/status/status.h"

namespace corridor {

// Reads each entry of the list that the file at `path` is into the message that `add` answers. A
// citation within has the id of its source, and beside it what is said of it here (a locator, a
// note, a reasoning, published text); the rest comes from `sources`. Errors: NOT_FOUND (the file),
// INVALID_ARGUMENT naming file, entry and what is wrong there.
absl::Status ReadMessages(const std::string& path, const SourcesFile& sources,
                          absl::FunctionRef<google::protobuf::Message&()> add);

template <typename Message>
absl::StatusOr<std::vector<Message>> ReadMessages(const std::string& path,
                                                  const SourcesFile& sources) {
  std::vector<Message> messages;
  RETURN_IF_ERROR(ReadMessages(
      path, sources, [&]() -> google::protobuf::Message& { return messages.emplace_back(); }));
  return messages;
}

}  // namespace corridor
