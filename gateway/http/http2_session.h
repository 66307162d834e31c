// One HTTP/2 connection of a client, as bytes in and bytes out: nghttp2's server session, without a
// socket or a clock. Makes a call of each stream, and sends its answer. Used by one thread.
//
// What a stream holds is bounded: 64 KB of a body that is taken as it comes, since its window is
// given back only as bytes are taken; the limit of a body that is collected; 64 KB of an answer
// that is made while it is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/call.h"
#include "gateway/dialects/dialect.h"
#include "gateway/http/budgets.h"

namespace corridor::gateway {

struct Http2Limits {
  size_t head_bytes = 64 << 10;    // Names and values of a request's headers, and 32 for each.
  size_t body_bytes = 4 << 20;     // Of a body that is collected.
  size_t streams = 100;            // At once on a connection.
  int64_t resets_per_second = 50;  // Streams given up before their answer; four times that at once.
  absl::Duration idle_timeout = absl::Seconds(60);  // Without a stream.
  // From a header block's first byte to its last, and for the client's first frame.
  absl::Duration head_timeout = absl::Seconds(10);
  // For a body that is collected to be whole. Of one that is taken as it comes, for its next bytes
  // while they are waited for and the answer has not begun: from then on it is a conversation.
  absl::Duration body_timeout = absl::Seconds(30);
  // For the client to take some 4 KB of an answer, or what there is of it, while bytes wait.
  absl::Duration write_timeout = absl::Seconds(30);
};

class Http2Session {
 public:
  // `bytes`, `log` and `dialect` outlive it. `wants_to_send` is called when Send() may have more
  // than before, from outside of this class's own methods.
  Http2Session(const Http2Limits& limits, std::string peer, ByteBudget& bytes, RequestLog& log,
               Dialect& dialect, absl::Time now, std::function<void()> wants_to_send);
  // As Lose().
  ~Http2Session();

  // Takes bytes that came. An error says why no more may be given; what Send() has then tells the
  // client so.
  absl::Status Receive(std::string_view bytes, absl::Time now);
  // Appends what is to be sent to `out`, stopping once that holds `enough` bytes.
  absl::Status Send(std::string& out, size_t enough, absl::Time now);
  // Ends what has waited too long. Due at next_deadline(), and to be sent on after.
  void Expire(absl::Time now);
  // Never later than the first that there is.
  absl::Time next_deadline() const;
  // Takes no new streams after those that are on their way now, and ends bodies that are made while
  // they are sent.
  void Drain();
  // The connection is gone: cancels every call.
  void Lose();

  size_t active() const;
  // Nothing is to be sent or expected any more.
  bool is_over() const;

 private:
  struct State;
  struct Stream;
  std::unique_ptr<State> state_;
};

}  // namespace corridor::gateway
