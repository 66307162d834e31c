// nghttp2's server session as the gateway wants it: its limits and settings, its callbacks as one
// interface, and header blocks as the gateway has them.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

// What comes over a connection. No method may call the session's mem_recv or mem_send.
class Http2Events {
 public:
  virtual ~Http2Events() = default;
  virtual void OnBeginFrame(const nghttp2_frame_hd& frame) = 0;
  virtual void OnBeginHeaders(const nghttp2_frame& frame) = 0;
  virtual void OnHeader(const nghttp2_frame& frame, std::string_view name,
                        std::string_view value) = 0;
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
