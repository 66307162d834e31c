// A method of the contract that the gateway answers itself, as the dialects see it: called as one
// of a service is.
#pragma once

#include <functional>

#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

struct OwnReply : UnaryReply {
  int http_status = 200;  // Of an answer over HTTP, when `status` is OK.
  bool is_whole = true;   // Nothing is missing in it that may be had a moment later.
};

// Belongs to one loop.
class OwnMethod {
 public:
  virtual ~OwnMethod() = default;
  // Whether it answers from what services have recorded, with `corridor-version`, and so the same
  // until they have something new.
  virtual bool is_of_records() const { return false; }
  // As Upstream::Unary; may call `done` before it returns.
  virtual std::function<void()> Answer(UnaryCall call,
                                       std::function<void(const OwnReply&)> done) = 0;
};

}  // namespace corridor::gateway
