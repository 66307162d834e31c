#include "gateway/http/http_date.h"

#include <cstdint>

namespace corridor::gateway {

const std::string& HttpDate(absl::Time now) {
  thread_local std::string text;
  thread_local int64_t second = -1;
  if (const int64_t current = absl::ToUnixSeconds(now); current != second) {
    second = current;
    text = absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", now, absl::UTCTimeZone());
  }
  return text;
}

}  // namespace corridor::gateway
