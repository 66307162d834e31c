// nghttp2's server session as the gateway wants it: its limits and settings, its callbacks as one
// interface, and header blocks as the gateway has them.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

// What comes over a connection. No method may call the session's mem_recv or mem_send.
// Sees the heads of all frames that a client sends (RFC 9113, 4.1), after the preface.
class FrameWalk {
 public:
  // Calls each(type, length) for the heads that end in `bytes`, which come next.
  template <typename Each>
  void Walk(std::string_view bytes, Each each) {
    while (!bytes.empty()) {
      const size_t skipped = std::min(bytes.size(), to_skip_);
      bytes.remove_prefix(skipped);
      to_skip_ -= skipped;
      const size_t size = std::min(bytes.size(), head_.size() - got_);
      std::copy_n(bytes.begin(), size, head_.begin() + got_);
      bytes.remove_prefix(size);
      got_ += size;
      if (got_ < head_.size()) return;
      got_ = 0;
      const auto byte = [this](size_t i) { return static_cast<uint8_t>(head_[i]); };
      to_skip_ = size_t{byte(0)} << 16 | size_t{byte(1)} << 8 | byte(2);
      each(byte(3), to_skip_);
    }
  }

 private:
  static constexpr size_t kPrefaceBytes = 24;

  size_t to_skip_ = kPrefaceBytes;
  std::array<char, 9> head_ = {};
  size_t got_ = 0;  // Of the head.
};

class Http2Events {
 public:
  virtual ~Http2Events() = default;
  virtual void OnBeginFrame(const nghttp2_frame_hd& frame) = 0;
  virtual void OnBeginHeaders(const nghttp2_frame& frame) = 0;
  // False when no more of the block is wanted: what follows may stand for far more than was sent.
  virtual bool OnHeader(const nghttp2_frame& frame, std::string_view name,
                        std::string_view value) = 0;
  // A frame that is wrong ends this stream, once the reset is sent.
  virtual void OnInvalid(int32_t stream) = 0;
  // The connection's window is given back after this, the stream's is not.
  virtual void OnData(int32_t stream, std::string_view data) = 0;
  // A whole frame, header blocks with all their continuations.
  virtual void OnFrame(const nghttp2_frame& frame) = 0;
  virtual void OnSent(const nghttp2_frame& frame) = 0;
  virtual void OnClose(int32_t stream) = 0;
  // The windows of the client have room for `size` bytes of a body that SubmitAnswer() announced.
  // As nghttp2_data_source_read_callback: how many were written to `into`, or an error.
  virtual ssize_t OnRoom(int32_t stream, char* into, size_t size, uint32_t& flags) = 0;
};

struct FrameLimits {
  size_t head_bytes;
  size_t streams;
  uint64_t resets_at_once;
  uint64_t resets_per_second;
};

struct DeleteNghttp2Session {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Nghttp2Session = std::unique_ptr<nghttp2_session, DeleteNghttp2Session>;

// `events` outlives it. SETTINGS are submitted already.
Nghttp2Session NewNghttp2Session(Http2Events& events, const FrameLimits& limits);

// Each a header block on `stream`, of a session made as above. The fields of `headers` and
// `trailers` are not copied: they stay where they are until the block was sent or the stream is
// closed.
void SubmitContinue(nghttp2_session* session, int32_t stream);
// `more` may be null; OnRoom() is asked for a body. False when nghttp2 does not take it.
bool SubmitAnswer(nghttp2_session* session, int32_t stream, int status, const HttpHeaders& headers,
                  const HttpHeaders* more, const std::string& date, bool has_body);
void SubmitTrailers(nghttp2_session* session, int32_t stream, const HttpHeaders& trailers);

}  // namespace corridor::gateway
