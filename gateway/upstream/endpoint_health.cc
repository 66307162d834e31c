#include "gateway/upstream/endpoint_health.h"

#include <algorithm>

#include "gateway/upstream/grpc_status.h"

namespace corridor::gateway {
namespace {

// A call that was given less says nothing of who did not answer it in time.
constexpr absl::Duration kShortestTelling = absl::Seconds(1);
constexpr double kLeastShare = 0.1;

}  // namespace

CallVerdict VerdictOf(const GrpcSession::Outcome& outcome, absl::Duration given) {
  if (outcome.retry == GrpcSession::Retry::kAlways) return CallVerdict::kNothing;
  if (outcome.connection_lost) return CallVerdict::kFailed;
  const absl::Status& status = outcome.reply.status;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      // With details it is about what was asked for, such as a version that is not known yet.
      return HasDetails(status) ? CallVerdict::kNothing : CallVerdict::kFailed;
    case absl::StatusCode::kDeadlineExceeded:
      return VerdictOfTimeout(given);
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      // The service's own, or its reset of one call, may be what one request makes of every
      // instance.
      return outcome.from_service || outcome.was_reset ? CallVerdict::kNothing
                                                       : CallVerdict::kFailed;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
      return CallVerdict::kNothing;
    default:
      return outcome.from_service ? CallVerdict::kWell : CallVerdict::kNothing;
  }
}

CallVerdict VerdictOfTimeout(absl::Duration given) {
  return given < kShortestTelling ? CallVerdict::kNothing : CallVerdict::kFailed;
}

void EndpointHealth::OnWell(absl::Time now) {
  if (!is_ejected(now)) failures_ = 0;
}

bool EndpointHealth::OnFailed(absl::Time now, bool may_eject) {
  if (options_.eject_after == 0 || is_ejected(now)) return false;
  failures_ = std::min(failures_ + 1, options_.eject_after);
  if (failures_ < options_.eject_after || !may_eject) return false;
  const bool was_long_ago = now - ejected_until_ > options_.longest_ejection;
  last_ejection_ = was_long_ago ? options_.first_ejection
                                : std::min(2 * last_ejection_, options_.longest_ejection);
  ejected_until_ = now + last_ejection_;
  failures_ = options_.eject_after - 1;
  return true;
}

double EndpointHealth::share(absl::Time now) const {
  const double back = absl::FDivDuration(now - ejected_until_, options_.slow_start);
  return std::clamp(back, kLeastShare, 1.0);
}

}  // namespace corridor::gateway
