// The body of an HTTP/1.1 request on its way from the parser to a dialect that takes it as it
// comes. Belongs to one loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/http1_parser.h"
#include "gateway/http/incoming_body.h"

namespace corridor::gateway {

class Http1Upload {
 public:
  // `parser`, which outlives it, has just seen a head, or a whole request without a body.
  // `on_taken` as IncomingBody's.
  Http1Upload(Http1Parser& parser, bool has_body, std::function<void(size_t)> on_taken);
  // Cuts what has not ended, and tells.
  ~Http1Upload();
  Http1Upload(const Http1Upload&) = delete;
  Http1Upload& operator=(const Http1Upload&) = delete;

  std::shared_ptr<BodySource> source() const { return body_; }
  // Takes what there is room for from the front of `input`. False when the body is malformed, as
  // the parser's error() says; it is cut then.
  bool Feed(std::string& input);
  // Tells who reads that there is more, or an end. Not from within `on_taken`; may end this.
  void Tell();

  bool has_ended() const { return body_->is_over(); }
  size_t waiting() const { return body_->waiting(); }
  // Whether the client is to go on.
  bool wants_more() const;
  // Once, when the client waits for leave to go on and none of the body came.
  bool TakeContinue();

 private:
  Http1Parser& parser_;
  const std::shared_ptr<IncomingBody> body_;
  bool owes_continue_;
};

}  // namespace corridor::gateway
