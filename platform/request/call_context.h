// What a handler knows of the call it answers, whoever carried it. One per call, used by one thread
// at a time.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace corridor {

class CallContext {
 public:
  CallContext(std::string method, std::string actor, absl::Time deadline, absl::Time now)
      : method_(std::move(method)), actor_(std::move(actor)), deadline_(deadline), now_(now) {}

  // Full method name: `/corridor.memberstates.v1.Areas/GetArea`.
  const std::string& method() const { return method_; }
  // Who calls; `local` until identities exist.
  const std::string& actor() const { return actor_; }
  // When the caller gives up; always finite.
  absl::Time deadline() const { return deadline_; }
  // When the call arrived; `as_of` defaults to this day in UTC.
  absl::Time now() const { return now_; }

  // Says from which version of which store the answer was made; leaves as the header
  // `corridor-version`.
  void AnsweredFrom(std::string epoch, int64_t version) {
    epoch_ = std::move(epoch);
    version_ = version;
  }
  const std::string& epoch() const { return epoch_; }  // Empty when AnsweredFrom was not called.
  int64_t version() const { return version_; }

 private:
  std::string method_;
  std::string actor_;
  absl::Time deadline_;
  absl::Time now_;
  std::string epoch_;
  int64_t version_ = 0;
};

}  // namespace corridor
