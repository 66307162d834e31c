// A gRPC service that does exactly what a test says, on the other side of the session under test.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gateway/upstream/grpc_session.h"
#include "platform/status/status.h"

namespace corridor::gateway {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline const Fields kOkHeaders = {{":status", "200"}, {"content-type", "application/grpc"}};

class ScriptedService {
 public:
  ScriptedService() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
           const uint8_t* value, size_t value_size, uint8_t, void* self) {
          static_cast<ScriptedService*>(self)->requests[frame->hd.stream_id].emplace_back(
              std::string(reinterpret_cast<const char*>(name), name_size),
              std::string(reinterpret_cast<const char*>(value), value_size));
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks,
        [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* self) {
          static_cast<ScriptedService*>(self)->bodies[id].append(
              reinterpret_cast<const char*>(data), size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
          if (frame->hd.type == NGHTTP2_RST_STREAM) {
            static_cast<ScriptedService*>(self)->resets.push_back(frame->hd.stream_id);
          }
          return 0;
        });
    nghttp2_session_server_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~ScriptedService() { nghttp2_session_del(session); }

  void Headers(int32_t id, const Fields& fields, bool is_last) {
    nghttp2_submit_headers(session, is_last ? NGHTTP2_FLAG_END_STREAM : NGHTTP2_FLAG_NONE, id,
                           nullptr, Pairs(fields).data(), fields.size(), nullptr);
  }
  // Headers, and then what Push() and Finish() say.
  void Begin(int32_t id) {
    nghttp2_data_provider provider;
    provider.source.ptr = this;
    provider.read_callback = [](nghttp2_session* s, int32_t stream, uint8_t* out, size_t room,
                                uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
      auto& [text, trailers] = static_cast<ScriptedService*>(source->ptr)->pending_[stream];
      if (text.empty() && !trailers) return NGHTTP2_ERR_DEFERRED;
      const size_t size = std::min(room, text.size());
      std::copy_n(text.data(), size, reinterpret_cast<char*>(out));
      text.erase(0, size);
      if (text.empty() && trailers) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!trailers->empty()) {
          *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
          nghttp2_submit_trailer(s, stream, Pairs(*trailers).data(), trailers->size());
        }
      }
      return static_cast<ssize_t>(size);
    };
    nghttp2_submit_response(session, id, Pairs(kOkHeaders).data(), kOkHeaders.size(), &provider);
  }
  void Push(int32_t id, const std::string& body) {
    pending_[id].first += body;
    nghttp2_session_resume_data(session, id);
  }
  void Finish(int32_t id, const Fields& trailers) {
    pending_[id].second = trailers;
    nghttp2_session_resume_data(session, id);
  }
  // All of it at once.
  void Answer(int32_t id, const std::string& body, const Fields& trailers) {
    Begin(id);
    Push(id, body);
    Finish(id, trailers);
  }
  // What flow control has not let through yet.
  size_t unsent(int32_t id) const { return pending_.at(id).first.size(); }

  // Carries bytes between `client` and this until nothing moves.
  absl::Status Exchange(GrpcSession& client) {
    while (true) {
      std::string out;
      RETURN_IF_ERROR(client.Send(out, 1 << 20));
      nghttp2_session_mem_recv(session, reinterpret_cast<const uint8_t*>(out.data()), out.size());
      std::string in;
      const uint8_t* bytes = nullptr;
      while (const ssize_t size = nghttp2_session_mem_send(session, &bytes)) {
        if (size < 0) break;
        in.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
      }
      RETURN_IF_ERROR(client.Receive(in));
      if (out.empty() && in.empty()) return absl::OkStatus();
    }
  }

  nghttp2_session* session = nullptr;
  std::map<int32_t, Fields> requests;
  std::map<int32_t, std::string> bodies;
  std::vector<int32_t> resets;

 private:
  static std::vector<nghttp2_nv> Pairs(const Fields& fields) {
    std::vector<nghttp2_nv> pairs;
    for (const auto& [name, value] : fields) {
      pairs.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                       reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                       value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return pairs;
  }
  std::map<int32_t, std::pair<std::string, std::optional<Fields>>> pending_;
};

}  // namespace corridor::gateway
