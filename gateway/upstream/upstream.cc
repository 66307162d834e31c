#include "gateway/upstream/upstream.h"

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::gateway {

absl::Status StartedWithout(std::string_view service) {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
                         absl::StrCat("this gateway was started without the service ",
                                      absl::string_view(service.data(), service.size())),
                         {{"service", service}});
}

}  // namespace corridor::gateway
