// A relayed call apart from the connection that carries it, so that another one can carry it anew.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/body_source.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// A request body that is read only as it can be sent. What was sent is kept, up to 64 KB, until
// Forget(); beside that it holds what one read of its source gave.
class KeptBody {
 public:
  static constexpr size_t kMostKept = 64 << 10;

  // Null: an empty body.
  explicit KeptBody(std::shared_ptr<BodySource> source) : source_(std::move(source)) {}

  // As BodySource::Start(); the body may hold nothing more before `wake` is called.
  void Start(std::function<void()> wake);
  // What is to be sent next, at most `most` bytes. Valid until the next call of this object.
  std::string_view Next(size_t most);
  void Advance(size_t bytes) { sent_ += bytes; }
  // Nothing follows the first `bytes` of what Next() answered.
  bool ends_after(size_t bytes) const {
    return source_ == nullptr && sent_ + bytes == kept_.size();
  }
  // All that came has been sent, and was a part of the body only.
  bool is_cut_off() const { return ends_after(0) && is_cut_off_; }

  // Whether all that was sent is still there.
  bool can_rewind() const { return is_kept_; }
  // Begins anew; only when it can.
  void Rewind() { sent_ = 0; }
  // It will not be sent again.
  void Forget() { is_kept_ = false; }

 private:
  std::shared_ptr<BodySource> source_;  // Null once it has ended.
  std::string kept_;
  size_t sent_ = 0;  // Of `kept_`.
  bool is_kept_ = true;
  bool is_cut_off_ = false;
};

struct RelayedExchange {
  explicit RelayedExchange(std::shared_ptr<BodySource> source) : body(std::move(source)) {}

  // As if nothing had been sent and nothing had come.
  void BeginAnew() {
    body.Rewind();
    head.reset();
    unread.clear();
    trailers.clear();
  }

  // As RelayedAnswer::Read; the number of bytes.
  size_t Read(std::string& out, size_t enough);

  KeptBody body;
  std::optional<Headers> head;  // Of the answer.
  std::string unread;           // Frames of the answer.
  Headers trailers;             // Set at the end, if the service sent a `grpc-status`.
};

}  // namespace corridor::gateway
