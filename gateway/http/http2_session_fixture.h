// An Http2Session and its client, without a socket: nghttp2's client session for what clients do,
// and frames made by hand for what they should not.
#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/fake_call.h"
#include "gateway/http/canned_answers.h"
#include "gateway/http/http2_session.h"
#include "gtest/gtest.h"

namespace corridor::gateway {

// A frame as it is sent.
inline std::string Frame(uint8_t type, uint8_t flags, int32_t stream, const std::string& payload) {
  const size_t n = payload.size();
  const auto id = static_cast<uint32_t>(stream);
  std::string frame = {
      static_cast<char>(n >> 16),  static_cast<char>(n >> 8),  static_cast<char>(n),
      static_cast<char>(type),     static_cast<char>(flags),   static_cast<char>(id >> 24),
      static_cast<char>(id >> 16), static_cast<char>(id >> 8), static_cast<char>(id)};
  return frame + payload;
}

// Header fields that no table is needed for: literal, without indexing, shorter than 127 bytes
// each.
inline std::string Block(const HttpHeaders& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block += '\0';
    block += static_cast<char>(name.size());
    block += name;
    block += static_cast<char>(value.size());
    block += value;
  }
  return block;
}

inline HttpHeaders GetHeaders(const std::string& path = "/a") {
  return {{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "localhost"}};
}

// The client's end.
class Http2Peer {
 public:
  struct Answer {
    HttpHeaders headers;  // Of all blocks before the body.
    HttpHeaders trailers;
    std::string body;
    bool is_closed = false;
    uint32_t error = 0;

    std::string Header(const std::string& name) const {
      const std::string* found = FindHeader(headers, name);
      return found == nullptr ? "" : *found;
    }
  };

  // With `takes_body` false no window is given back for bodies.
  explicit Http2Peer(bool takes_body = true) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
           const uint8_t* value, size_t value_size, uint8_t, void* self) {
          Answer& answer = static_cast<Http2Peer*>(self)->answers[frame->hd.stream_id];
          const bool is_trailer = frame->headers.cat == NGHTTP2_HCAT_HEADERS;
          (is_trailer ? answer.trailers : answer.headers)
              .emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                            std::string(reinterpret_cast<const char*>(value), value_size));
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks,
        [](nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* self) {
          static_cast<Http2Peer*>(self)->answers[id].body.append(
              reinterpret_cast<const char*>(data), size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks, [](nghttp2_session*, int32_t id, uint32_t error, void* self) {
          Answer& answer = static_cast<Http2Peer*>(self)->answers[id];
          answer.is_closed = true;
          answer.error = error;
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
          if (frame->hd.type == NGHTTP2_GOAWAY) {
            static_cast<Http2Peer*>(self)->goaways.push_back(
                {frame->goaway.error_code, frame->goaway.last_stream_id});
          }
          return 0;
        });
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_no_auto_window_update(options, takes_body ? 0 : 1);
    nghttp2_session_client_new2(&session, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Http2Peer() { nghttp2_session_del(session); }
  Http2Peer(const Http2Peer&) = delete;
  Http2Peer& operator=(const Http2Peer&) = delete;

  // Begins a stream. A null `body` ends it with its headers.
  int32_t Ask(const HttpHeaders& headers, const std::string* body = nullptr) {
    std::vector<nghttp2_nv> fields;
    for (const auto& [name, value] : headers) {
      fields.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                        reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                        value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = [](nghttp2_session*, int32_t id, uint8_t* into, size_t size,
                                uint32_t* flags, nghttp2_data_source*, void* self) -> ssize_t {
      Upload& upload = static_cast<Http2Peer*>(self)->uploads[id];
      const size_t taken = std::min(size, upload.waiting.size());
      std::copy_n(upload.waiting.data(), taken, into);
      upload.waiting.erase(0, taken);
      upload.sent += taken;
      if (upload.waiting.empty() && upload.ends) *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (taken == 0 && !upload.ends) return NGHTTP2_ERR_DEFERRED;
      return static_cast<ssize_t>(taken);
    };
    const int32_t id = nghttp2_submit_request(session, nullptr, fields.data(), fields.size(),
                                              body == nullptr ? nullptr : &provider, nullptr);
    if (body != nullptr) uploads[id] = {*body, true, 0};
    return id;
  }
  int32_t Get(const std::string& path = "/a") { return Ask(GetHeaders(path)); }
  int32_t Post(const std::string& body, HttpHeaders extra = {}) {
    HttpHeaders headers = GetHeaders("/p");
    headers[0].second = "POST";
    headers.insert(headers.end(), extra.begin(), extra.end());
    return Ask(headers, &body);
  }
  // A body that goes on with Upload().
  int32_t Begin(HttpHeaders extra = {}) {
    const int32_t id = Post("", std::move(extra));
    uploads[id].ends = false;
    return id;
  }
  void More(int32_t id, const std::string& bytes, bool ends) {
    uploads[id].waiting += bytes;
    uploads[id].ends = ends;
    nghttp2_session_resume_data(session, id);
  }
  void Reset(int32_t id, uint32_t error = NGHTTP2_CANCEL) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, error);
  }

  struct Upload {
    std::string waiting;
    bool ends = true;
    size_t sent = 0;
  };
  nghttp2_session* session = nullptr;
  std::map<int32_t, Answer> answers;
  std::map<int32_t, Upload> uploads;
  std::vector<std::pair<uint32_t, int32_t>> goaways;  // Error and last stream.
};

class Http2SessionTest : public ::testing::Test {
 protected:
  ~Http2SessionTest() override { session_.reset(); }

  void Serve(Http2Limits limits = {}, bool takes_body = true) {
    peer_ = std::make_unique<Http2Peer>(takes_body);
    session_ = std::make_unique<Http2Session>(limits, "peer", bytes_, log_, dialect_, now_,
                                              [this] { ++wakes_; });
  }
  // Passes bytes to and fro until nobody has any.
  void Exchange() {
    for (bool moved = true; moved;) {
      const uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(peer_->session, &bytes);
      moved = size > 0;
      if (moved)
        (void)session_->Receive({reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)},
                                now_);
      moved |= TakeOutput();
    }
  }
  // Of what the client does not say with nghttp2.
  absl::Status Raw(const std::string& bytes) {
    const absl::Status received = session_->Receive(bytes, now_);
    TakeOutput();
    return received;
  }
  bool TakeOutput() {
    std::string out;
    EXPECT_TRUE(session_->Send(out, 64 << 10, now_).ok());
    most_output_ = std::max(most_output_, out.size());
    LookForGoAway(out);
    nghttp2_session_mem_recv(peer_->session, reinterpret_cast<const uint8_t*>(out.data()),
                             out.size());
    return !out.empty();
  }
  void RawPreface() {
    ASSERT_TRUE(Raw(NGHTTP2_CLIENT_MAGIC + Frame(NGHTTP2_SETTINGS, 0, 0, "")).ok());
  }
  void Pass(absl::Duration time) {
    now_ += time;
    if (session_->next_deadline() <= now_) session_->Expire(now_);
    Exchange();
  }
  int64_t held() const { return bytes_.held(); }
  // The error of the last GOAWAY, or -1. A peer whose frames are made by hand may be past hearing
  // it.
  int64_t Error() const { return error_; }

  void LookForGoAway(const std::string& out) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(out[at]); };
    for (size_t at = 0; at + 9 <= out.size();
         at += 9 + (size_t{byte(at)} << 16 | size_t{byte(at + 1)} << 8 | byte(at + 2))) {
      if (byte(at + 3) == NGHTTP2_GOAWAY) error_ = byte(at + 16);
    }
  }

  static constexpr int64_t kMostBytes = 4 << 20;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  ByteBudget bytes_{kMostBytes};
  FakeLog log_;
  FakeDialect dialect_;
  std::unique_ptr<Http2Peer> peer_;
  std::unique_ptr<Http2Session> session_;
  int64_t error_ = -1;
  int64_t spare_ = 0;  // What others hold.
  int wakes_ = 0;
  size_t most_output_ = 0;
  std::vector<std::shared_ptr<Call>> calls_;
  std::function<void(const std::shared_ptr<Call>&)>& handler_ = dialect_.serve = Echo;
  // Keeps calls for the test to answer.
  const std::function<void(const std::shared_ptr<Call>&)> keep_ = [this](const auto& call) {
    calls_.push_back(call);
  };
};

}  // namespace corridor::gateway
