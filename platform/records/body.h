// Resources as bytes in a column.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message_lite.h"

namespace corridor {

// Errors: DATA_LOSS naming the type of the resource.
inline absl::Status ReadBody(std::string_view bytes, google::protobuf::MessageLite& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  return absl::DataLossError("a stored " + message.GetTypeName() + " cannot be read");
}

}  // namespace corridor
