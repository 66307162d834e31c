#include "gateway/http/http2_frames.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace corridor::gateway {
namespace {

// nghttp2's own default is one byte less than 64 KB, as is HTTP/2's.
constexpr uint32_t kStreamWindow = (64 << 10) - 1;
constexpr int32_t kConnectionWindow = 1 << 20;
// Acknowledgements of SETTINGS and PING that may wait because the client does not read them.
constexpr size_t kMostAcks = 100;
constexpr size_t kMostSettings = 32;
constexpr size_t kFrameBytes = 16 << 10;
constexpr size_t kFewestContinuations = 8;

Http2Events& Events(void* self) { return *static_cast<Http2Events*>(self); }

std::string_view View(nghttp2_rcbuf* buffer) {
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(bytes.base), bytes.len};
}

void SetCallbacks(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_on_begin_frame_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame_hd* frame, void* self) {
        Events(self).OnBeginFrame(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_begin_headers_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        Events(self).OnBeginHeaders(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_header_callback2(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                    nghttp2_rcbuf* value, uint8_t, void* self) {
        const bool goes_on = Events(self).OnHeader(*frame, View(name), View(value));
        return goes_on ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
      });
  // Left alone, nghttp2 drops a malformed header and goes on with the rest.
  nghttp2_session_callbacks_set_on_invalid_header_callback2(
      callbacks,
      [](nghttp2_session*, const nghttp2_frame*, nghttp2_rcbuf*, nghttp2_rcbuf*, uint8_t,
         void*) -> int { return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session* session, uint8_t, int32_t id, const uint8_t* data, size_t size,
                    void* self) {
        Events(self).OnData(id, {reinterpret_cast<const char*>(data), size});
        // A stream that is not taken must not hold up the others.
        nghttp2_session_consume_connection(session, size);
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        Events(self).OnFrame(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, int, void* self) {
        Events(self).OnInvalid(frame->hd.stream_id);
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        Events(self).OnSent(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, int32_t id, uint32_t, void* self) {
        Events(self).OnClose(id);
        return 0;
      });
}

uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
}

// `name` is a literal.
nghttp2_nv Field(std::string_view name, std::string_view value) {
  return {Bytes(name), Bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NO_COPY_NAME};
}

void AddFields(const HttpHeaders& headers, std::vector<nghttp2_nv>& fields) {
  for (const auto& [name, value] : headers) {
    // What differs from answer to answer would only crowd the compression table.
    const bool differs = name == "x-request-id" || name == "grpc-message";
    const int flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE |
                      (differs ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE);
    fields.push_back(
        {Bytes(name), Bytes(value), name.size(), value.size(), static_cast<uint8_t>(flags)});
  }
}

}  // namespace

Nghttp2Session NewNghttp2Session(Http2Events& events, const FrameLimits& limits) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  SetCallbacks(callbacks);
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_no_closed_streams(options, 1);
  nghttp2_option_set_max_outbound_ack(options, kMostAcks);
  nghttp2_option_set_max_settings(options, kMostSettings);
  nghttp2_option_set_max_continuations(
      options, std::max(kFewestContinuations, 2 * limits.head_bytes / kFrameBytes));
  nghttp2_option_set_stream_reset_rate_limit(options, limits.resets_at_once,
                                             limits.resets_per_second);
  nghttp2_session* session = nullptr;
  nghttp2_session_server_new2(&session, callbacks, &events, options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);

  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<uint32_t>(limits.streams)},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(limits.head_bytes)},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  return Nghttp2Session(session);
}

void SubmitContinue(nghttp2_session* session, int32_t stream) {
  const nghttp2_nv status = Field(":status", "100");
  nghttp2_submit_headers(session, NGHTTP2_FLAG_NONE, stream, nullptr, &status, 1, nullptr);
}

bool SubmitAnswer(nghttp2_session* session, int32_t stream, int status, const HttpHeaders& headers,
                  const HttpHeaders* more, const std::string& date, bool has_body) {
  nghttp2_data_provider provider{};
  provider.read_callback = [](nghttp2_session*, int32_t id, uint8_t* into, size_t size,
                              uint32_t* flags, nghttp2_data_source*, void* self) {
    return Events(self).OnRoom(id, reinterpret_cast<char*>(into), size, *flags);
  };
  const std::string code = std::to_string(status);
  std::vector<nghttp2_nv> fields;
  fields.reserve(headers.size() + (more == nullptr ? 0 : more->size()) + 2);
  fields.push_back(Field(":status", code));
  if (more != nullptr) AddFields(*more, fields);
  AddFields(headers, fields);
  fields.push_back(Field("date", date));
  return nghttp2_submit_response(session, stream, fields.data(), fields.size(),
                                 has_body ? &provider : nullptr) == 0;
}

void SubmitTrailers(nghttp2_session* session, int32_t stream, const HttpHeaders& trailers) {
  std::vector<nghttp2_nv> fields;
  fields.reserve(trailers.size());
  AddFields(trailers, fields);
  nghttp2_submit_trailer(session, stream, fields.data(), fields.size());
}

}  // namespace corridor::gateway
