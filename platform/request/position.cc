// base64url of a deterministically serialised Position.
#include "platform/request/position.h"

#include "absl/strings/escaping.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

// Far above what a position of all services takes.
constexpr size_t kMaxTokenBytes = 4096;

bool IsSound(const common::v1::Position& position) {
  for (const auto& [service, part] : position.parts()) {
    if (service.empty() || part.epoch().empty() || part.version() < 0) return false;
  }
  return !position.parts().empty();
}

}  // namespace

std::string EncodePosition(const common::v1::Position& position) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    position.SerializeToCodedStream(&coded);
  }
  return absl::WebSafeBase64Escape(bytes);
}

std::string EncodePosition(std::string_view service, std::string_view epoch, int64_t version) {
  common::v1::Position position;
  auto& part = (*position.mutable_parts())[std::string(service)];
  part.set_epoch(std::string(epoch));
  part.set_version(version);
  return EncodePosition(position);
}

absl::StatusOr<common::v1::Position> DecodePosition(std::string_view token,
                                                    std::string_view field) {
  std::string bytes;
  common::v1::Position position;
  if (token.size() > kMaxTokenBytes ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes) ||
      !position.ParseFromString(bytes) || !IsSound(position)) {
    return InvalidField(field, token, "is not a corridor-version token");
  }
  return position;
}

}  // namespace corridor
