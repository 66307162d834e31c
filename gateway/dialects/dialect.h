// A way in which clients speak to Corridor. Each turns a call into one or more RPCs and answers it.
#pragma once

#include <memory>
#include <utility>

#include "gateway/call.h"
#include "gateway/http/http_error.h"

namespace corridor::gateway {

// Belongs to one loop.
class Dialect {
 public:
  virtual ~Dialect() = default;
  // Whether the body of a request with this head (no body yet) is served as it comes, in `source`.
  // Else the connection collects it, up to its limit, and Serve() has it whole.
  virtual bool TakesBodyAsItComes(const HttpRequest& /*head*/) const { return false; }
  // Answers the call in the end, at the latest at its deadline; may do so at once.
  virtual void Serve(const std::shared_ptr<Call>& call) = 0;
  // What HTTP itself has against a request with this head (too large, too slow, no room), as the
  // client of this dialect understands it.
  virtual HttpResponse Refusal(const HttpRequest& /*head*/, const HttpError& error) const {
    return ErrorResponse(error);
  }
};

// Answers the call with an error of HTTP's own.
inline void Refuse(Call& call, const HttpError& error, HttpHeaders more = {}) {
  call.Answer(ErrorResponse(error, std::move(more)), CodeNameOf(error.status));
}

}  // namespace corridor::gateway
