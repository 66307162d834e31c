// A method of the contract that the gateway answers itself, as the dialects see it: called as one
// of a service is.
#pragma once

#include <functional>

#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

struct OwnReply : UnaryReply {
  int http_status = 200;  // Of an answer over HTTP, when `status` is OK.
};

// Belongs to one loop.
class OwnMethod {
 public:
  virtual ~OwnMethod() = default;
  // As Upstream::Unary; may call `done` before it returns.
  virtual std::function<void()> Answer(UnaryCall call,
                                       std::function<void(const OwnReply&)> done) = 0;
};

}  // namespace corridor::gateway
