#include "gateway/dialects/rpc.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kMinVersionHeader[] = "corridor-min-version";
constexpr size_t kMaxMinVersionBytes = 1024;

}  // namespace

std::string ServiceOf(std::string_view package) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(package.data(), package.size()), '.');
  return parts.size() < 2 ? std::string(package) : parts[1];
}

absl::StatusOr<Upstream*> UpstreamOf(const RpcParts& parts, const Method& method) {
  const auto upstream = parts.upstreams.find(method.package);
  if (upstream != parts.upstreams.end()) return upstream->second;
  if (method.package != kOfEachService) return StartedWithout(ServiceOf(method.package));
  return ErrorWithReason(absl::StatusCode::kUnimplemented, "NOT_AT_THE_GATEWAY",
                         absl::StrCat("every service has a ", method.full_name,
                                      " of its own; the gateway has corridor.gateway.v1.Changes"));
}

absl::Status StatusOf(const HttpError& error) {
  google::rpc::Status status;
  const std::string_view name = CodeNameOf(error.status);
  status.set_code(static_cast<int>(absl::StatusCode::kUnknown));
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    if (CodeName(static_cast<absl::StatusCode>(code)) == name) status.set_code(code);
  }
  status.set_message(error.message);
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain("corridor");
  for (const auto& [key, value] : error.metadata) (*info.mutable_metadata())[key] = value;
  status.add_details()->PackFrom(info);
  return FromRpcStatus(status);
}

bool IsHeaderOfHttp(std::string_view name) {
  static constexpr std::string_view kNames[] = {"accept",
                                                "accept-encoding",
                                                "accept-language",
                                                "cache-control",
                                                "connection",
                                                "content-encoding",
                                                "content-length",
                                                "content-type",
                                                "cookie",
                                                "expect",
                                                "host",
                                                "keep-alive",
                                                "origin",
                                                "pragma",
                                                "priority",
                                                "proxy-connection",
                                                "referer",
                                                "te",
                                                "traceparent",
                                                "trailer",
                                                "transfer-encoding",
                                                "upgrade",
                                                "x-request-id"};
  const absl::string_view text(name.data(), name.size());
  return absl::StartsWith(text, ":") || absl::StartsWith(text, "sec-") ||
         absl::StartsWith(text, "corridor-") ||
         std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool IsMetadataName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool IsMetadataValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

absl::StatusOr<Headers> KnownMetadata(const Call& call) {
  Headers metadata;
  metadata.reserve(3);
  metadata.emplace_back("traceparent", call.trace().Header());
  metadata.emplace_back("x-request-id", call.id());
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
