#include "gateway/dialects/rpc.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kMinVersionHeader[] = "corridor-min-version";
constexpr size_t kMaxMinVersionBytes = 1024;
constexpr char kUpstreamFailure[] = "UPSTREAM_FAILURE";

}  // namespace

std::string ServiceOf(std::string_view package) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(package.data(), package.size()), '.');
  return parts.size() < 2 ? std::string(package) : parts[1];
}

absl::Status UpstreamFailure(std::string_view service, const absl::Status& why) {
  return ErrorWithReason(why.code(), kUpstreamFailure,
                         absl::StrCat(std::string(service), ": ", why.message()),
                         {{"service", service}});
}

bool IsGarbage(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInternal && ReasonOf(status) == kUpstreamFailure;
}

bool IsMetadataValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

absl::StatusOr<Headers> KnownMetadata(const Call& call) {
  Headers metadata = {{"traceparent", call.trace().Header()}, {"x-request-id", call.id()}};
  if (const std::string* version = FindHeader(call.request().headers, kMinVersionHeader)) {
    if (!IsMetadataValue(*version) || version->size() > kMaxMinVersionBytes) {
      return InvalidField(
          kMinVersionHeader, version->substr(0, kMaxMinVersionBytes),
          absl::StrCat("is not at most ", kMaxMinVersionBytes, " bytes of printable ASCII"));
    }
    metadata.emplace_back(kMinVersionHeader, *version);
  }
  return metadata;
}

}  // namespace corridor::gateway
