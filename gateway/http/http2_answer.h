// One answer as HTTP/2 sends it: its header fields, its body piece by piece, and what follows it.
// Used by one thread; knows neither session nor clock.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/message.h"

namespace corridor::gateway {

class Http2Answer {
 public:
  // Asked of a body's source at one time, and all that is kept of one.
  static constexpr size_t kPieceBytes = 64 << 10;

  // To a HEAD request it has no body.
  Http2Answer(HttpResponse response, bool is_to_head);

  int status() const { return response_.status; }
  // Those that shared_headers() has are left out. No length for a body of unknown one, nor beside a
  // `grpc-status`.
  const HttpHeaders& headers() const { return response_.headers; }
  // Null when there are none.
  const HttpHeaders* shared_headers() const {
    return response_.shared == nullptr ? nullptr : &response_.shared->headers;
  }
  bool has_body() const { return source_ != nullptr || !piece().empty(); }
  // Once, before Fill(): `more` is called when Fill() may have more; Resume() says whether that was
  // waited for.
  void Start(std::function<void()> more);
  bool Resume() { return std::exchange(is_empty_, false); }
  // Its source is to end soon.
  void Drain() {
    if (source_ != nullptr) source_->Drain();
  }

  enum class Filled {
    kSome,   // Of the body, with more to come.
    kEmpty,  // There is nothing now.
    kLast,   // The end of the body, or nothing because it has ended.
    kPart,   // Nothing, and nothing will come, though the body is not whole.
  };
  // Writes up to `size` bytes to `into`; `filled` is how many.
  Filled Fill(char* into, size_t size, size_t& filled);
  // After kLast. They stay for as long as this.
  const HttpHeaders& Trailers();

  // Bytes that it keeps, or may.
  size_t held_bytes() const;
  // Fill() was kEmpty, and nothing came since.
  bool is_empty() const { return is_empty_; }

 private:
  // What there is of the body.
  std::string_view piece() const { return shared_ == nullptr ? piece_ : shared_->body; }

  HttpResponse response_;                       // Without what is below.
  std::string piece_;                           // The body, or what its source gave last.
  std::shared_ptr<const SharedAnswer> shared_;  // Has the body, in place of `piece_`.
  size_t sent_ = 0;                             // Of the piece.
  std::shared_ptr<BodySource> source_;
  HttpHeaders trailers_;
  bool is_last_piece_ = true;
  bool is_empty_ = false;
};

}  // namespace corridor::gateway
