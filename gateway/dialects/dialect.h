// A way in which clients speak to Corridor. Each turns a call into one or more RPCs and answers it.
#pragma once

#include <memory>

#include "gateway/call.h"

namespace corridor::gateway {

// Belongs to one loop.
class Dialect {
 public:
  virtual ~Dialect() = default;
  // Answers the call in the end, at the latest at its deadline; may do so at once.
  virtual void Serve(const std::shared_ptr<Call>& call) = 0;
};

}  // namespace corridor::gateway
