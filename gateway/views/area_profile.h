// The view GetAreaProfile: what memberstates, indicators and programmes know of one area, asked in
// parallel and answered as one.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "gateway/own_method.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// Belongs to one loop. Keeps nothing of a profile once it is answered or cancelled.
//
// A service that is down, slow or of another mind costs its own parts, which the answer names as
// missing; each is asked for until nine tenths of the call's time are over, so that there is time
// left to say so. The whole fails only by what the client can mend and by what leaves nothing to
// answer: NOT_FOUND when memberstates knows no such area; INVALID_ARGUMENT (`area`, `as_of`,
// `known_at`) and OUT_OF_RANGE, as the first service to find it says; UNAVAILABLE when every part
// is missing.
//
// Members are asked for once the area is known to have some: when it could not be asked, they are
// missing with it. Everything is answered for one day, and the answer's `corridor-version` is the
// merged position of the services that answered; as `known_at` it leads to the same answer, parts
// missing included.
class AreaProfileView : public OwnMethod {
 public:
  // `services` by name; they outlive it, and it outlives its calls.
  explicit AreaProfileView(std::map<std::string, Upstream*> services)
      : services_(std::move(services)) {}

  bool is_of_records() const override { return true; }
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override;

 private:
  const std::map<std::string, Upstream*> services_;
};

}  // namespace corridor::gateway
