#include "gateway/upstream/upstream.h"

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kUpstreamFailure[] = "UPSTREAM_FAILURE";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status StartedWithout(std::string_view service) {
  return ErrorWithReason(
      absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
      absl::StrCat("this gateway was started without the service ", View(service)),
      {{"service", service}});
}

absl::Status UpstreamFailure(std::string_view service, const absl::Status& why) {
  // gRPC's own UNIMPLEMENTED says nothing.
  const std::string what = why.message().empty()
                               ? absl::StrCat("it answered ", View(CodeName(why.code())))
                               : std::string(why.message());
  return ErrorWithReason(why.code(), kUpstreamFailure, absl::StrCat(View(service), ": ", what),
                         {{"service", service}});
}

bool IsGarbage(const absl::Status& status) {
  return absl::IsInternal(status) && ReasonOf(status) == kUpstreamFailure;
}

}  // namespace corridor::gateway
