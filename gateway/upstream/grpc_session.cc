// nghttp2's callbacks on an explicit state per stream. Calls end after nghttp2 has returned, never
// inside a callback, so that whoever is told may start others.
#include "gateway/upstream/grpc_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/grpc_status.h"
#include "gateway/upstream/grpc_stream.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr int32_t kStreamWindow = 64 << 10;
constexpr int32_t kConnectionWindow = 1 << 20;
constexpr char kUserAgent[] = "corridor-gateway";

// What is the same in all calls: both are literals, or live as long as the session.
constexpr uint8_t kFixed = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;

// `flags`: NGHTTP2_NV_FLAG_NO_INDEX for what differs from call to call and would only crowd the
// compression table.
nghttp2_nv Header(std::string_view name, std::string_view value,
                  uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

// What most calls of a connection have in common, so that the compression table should hold it.
bool IsSteady(std::string_view name) {
  return name == "content-type" || name == "user-agent" || name == "grpc-accept-encoding" ||
         name == "grpc-encoding";
}

}  // namespace

struct GrpcSession::State {
  State(std::string a, const Limits& l) : authority(std::move(a)), limits(l) {}
  ~State() { nghttp2_session_del(session); }

  GrpcStream* Find(int32_t id) {
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }

  // Ends a stream with an error of ours.
  void Reset(int32_t id, GrpcStream& stream, absl::Status why) {
    if (stream.failure.ok()) stream.failure = std::move(why);
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }

  void OnHeader(int32_t id, GrpcStream& stream, std::string_view name, std::string_view value) {
    stream.header_bytes += name.size() + value.size();
    if (stream.header_bytes > limits.header_bytes) {
      return Reset(id, stream,
                   absl::InternalError(absl::StrCat("the service sent more than ",
                                                    limits.header_bytes, " bytes of headers")));
    }
    stream.AddHeader(name, value);
  }

  void OnData(int32_t id, GrpcStream& stream, std::string_view data) {
    if (stream.is_dropped() || !stream.failure.ok()) return;
    if (stream.relay != nullptr) {
      stream.relay->unread += data;
      if (std::exchange(stream.wants_more, false)) arrived.push_back(id);
      return;
    }
    stream.received.Add(data);
    if (absl::Status wrong = stream.received.Check(); !wrong.ok()) {
      return Reset(id, stream, std::move(wrong));
    }
    if (!stream.arrived) {
      // A message is bounded by its prefix, so all of it may come as fast as it can.
      nghttp2_session_consume_stream(session, id, data.size());
      if (stream.received.excess() > 0) {
        Reset(id, stream, absl::InternalError("the service sent more than one answer"));
      }
      return;
    }
    MakeRoom(id, stream);
    if (!stream.received.has_message()) return;
    stream.has_message = true;
    if (std::exchange(stream.wants_more, false)) arrived.push_back(id);
  }

  // Lets the rest of the message at the front come.
  void MakeRoom(int32_t id, GrpcStream& stream) {
    if (const size_t bytes = stream.received.CountFront(); bytes > 0) {
      nghttp2_session_consume_stream(session, id, bytes);
    }
  }

  std::optional<std::string> Take(int32_t id, GrpcStream& stream) {
    if (!stream.received.has_message()) {
      stream.wants_more = true;
      return std::nullopt;
    }
    std::string message = stream.received.Take();
    if (absl::Status wrong = stream.received.Check(); !wrong.ok()) {
      Reset(id, stream, std::move(wrong));
    } else {
      MakeRoom(id, stream);
    }
    return message;
  }

  static ssize_t ReadMessage(nghttp2_session*, int32_t id, uint8_t* out, size_t room,
                             uint32_t* flags, nghttp2_data_source* source, void*) {
    GrpcStream* stream = static_cast<State*>(source->ptr)->Find(id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const size_t size = std::min(room, stream->request.size() - stream->sent);
    std::copy_n(stream->request.data() + stream->sent, size, reinterpret_cast<char*>(out));
    stream->sent += size;
    if (stream->is_sent()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  // Says how much there is; WriteRelayed() moves it.
  static ssize_t ReadRelayed(nghttp2_session*, int32_t id, uint8_t*, size_t room, uint32_t* flags,
                             nghttp2_data_source* source, void*) {
    auto& state = *static_cast<State*>(source->ptr);
    GrpcStream* stream = state.Find(id);
    if (stream == nullptr || stream->relay == nullptr) return NGHTTP2_ERR_DEFERRED;
    KeptBody& body = stream->relay->body;
    const size_t size = body.Next(room).size();
    if (body.is_cut_off()) {
      state.Reset(id, *stream,
                  ErrorWithReason(absl::StatusCode::kInvalidArgument, "TRUNCATED_REQUEST",
                                  "the body of the request is cut off, or malformed"));
      return NGHTTP2_ERR_DEFERRED;
    }
    if (body.ends_after(size)) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    } else if (size == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
    if (size > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return static_cast<ssize_t>(size);
  }

  int WriteRelayed(const nghttp2_frame& frame, const uint8_t* head, size_t size) {
    constexpr size_t kFrameHeadBytes = 9;
    if (out->size() >= enough) return NGHTTP2_ERR_WOULDBLOCK;
    GrpcStream* stream = Find(frame.hd.stream_id);
    if (stream == nullptr || stream->relay == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    out->append(reinterpret_cast<const char*>(head), kFrameHeadBytes);
    *out += stream->relay->body.Next(size);
    stream->relay->body.Advance(size);
    return 0;
  }

  void OnClose(int32_t id, uint32_t error_code) {
    const auto node = streams.extract(id);
    if (node.empty()) return;
    GrpcStream& stream = node.mapped();
    if (stream.is_dropped()) return;
    Outcome outcome = stream.Conclude(error_code);
    finished.emplace_back(std::move(stream.done), std::move(outcome));
  }

  void OnFrame(const nghttp2_frame& frame) {
    switch (frame.hd.type) {
      case NGHTTP2_HEADERS: {
        if (GrpcStream* stream = Find(frame.hd.stream_id)) OnHeaders(frame, *stream);
        return OnEnd(frame);
      }
      case NGHTTP2_DATA:
        return OnEnd(frame);
      case NGHTTP2_PING:
        if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) awaits_pong = false;
        return;
      case NGHTTP2_SETTINGS:
        settled = true;
        return;
      case NGHTTP2_GOAWAY:
        retired = true;
        return;
      default:
        return;
    }
  }

  void OnHeaders(const nghttp2_frame& frame, GrpcStream& stream) {
    if (stream.is_dropped() || !stream.failure.ok()) return;
    const bool is_head = !stream.has_headers;
    const bool ends_stream = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    absl::Status wrong = stream.EndHeaders(ends_stream);
    if (!wrong.ok()) return Reset(frame.hd.stream_id, stream, std::move(wrong));
    if (stream.relay != nullptr && is_head && stream.relay->head) {
      stream.wants_more = false;
      arrived.push_back(frame.hd.stream_id);
    }
  }

  // A service that has answered wants no more of the request, whether it says so or not.
  void OnEnd(const nghttp2_frame& frame) {
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
    const GrpcStream* stream = Find(frame.hd.stream_id);
    if (stream == nullptr || stream->is_sent()) return;
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame.hd.stream_id, NGHTTP2_CANCEL);
  }

  void TellWhatHappened() {
    for (const int32_t id : std::exchange(arrived, {})) {
      GrpcStream* stream = Find(id);
      if (stream == nullptr || !stream->arrived) continue;
      const Arrived tell = stream->arrived;  // It may cancel the stream.
      tell();
    }
    std::list<std::pair<Done, Outcome>> now = std::exchange(finished, {});
    for (auto& [done, outcome] : now) done(std::move(outcome));
  }

  const std::string authority;
  const Limits limits;
  nghttp2_session* session = nullptr;
  std::unordered_map<int32_t, GrpcStream> streams;
  std::vector<int32_t> arrived;                  // Streams with a message that was waited for.
  std::list<std::pair<Done, Outcome>> finished;  // A list: outcomes are large to move.
  bool settled = false;
  bool awaits_pong = false;
  bool retired = false;
  std::string* out = nullptr;  // Of Send(), while it runs.
  size_t enough = 0;           // Likewise.
};

namespace {

std::string_view View(nghttp2_rcbuf* buffer) {
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(bytes.base), bytes.len};
}

}  // namespace

GrpcSession::GrpcSession(std::string authority, const Limits& limits)
    : state_(std::make_unique<State>(std::move(authority), limits)) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback2(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                    nghttp2_rcbuf* value, uint8_t, void* self) {
        auto& state = *static_cast<State*>(self);
        GrpcStream* stream = state.Find(frame->hd.stream_id);
        if (stream != nullptr && stream->failure.ok()) {
          state.OnHeader(frame->hd.stream_id, *stream, View(name), View(value));
        }
        return 0;
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session* session, uint8_t, int32_t id, const uint8_t* data, size_t size,
                    void* self) {
        auto& state = *static_cast<State*>(self);
        if (GrpcStream* stream = state.Find(id)) {
          state.OnData(id, *stream, {reinterpret_cast<const char*>(data), size});
        }
        // Not for the stream: one that is not taken must not hold up the others.
        nghttp2_session_consume_connection(session, size);
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
        static_cast<State*>(self)->OnFrame(*frame);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, int32_t id, uint32_t error_code, void* self) {
        static_cast<State*>(self)->OnClose(id, error_code);
        return 0;
      });
  nghttp2_session_callbacks_set_send_data_callback(
      callbacks, [](nghttp2_session*, nghttp2_frame* frame, const uint8_t* head, size_t size,
                    nghttp2_data_source*, void* self) {
        return static_cast<State*>(self)->WriteRelayed(*frame, head, size);
      });
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_session_client_new2(&state_->session, callbacks, state_.get(), options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);

  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(limits.header_bytes)},
  };
  nghttp2_submit_settings(state_->session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(state_->session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

GrpcSession::~GrpcSession() = default;

int32_t GrpcSession::Start(const UnaryCall& call, absl::Duration timeout, Done done,
                           Arrived arrived, std::shared_ptr<RelayedExchange> relay) {
  if (!accepts_calls()) return 0;
  constexpr size_t kMostOfOurs = 8;
  std::vector<nghttp2_nv> headers;
  headers.reserve(kMostOfOurs + call.metadata.size());
  headers.push_back(Header(":method", "POST", kFixed));
  headers.push_back(Header(":scheme", "http", kFixed));
  headers.push_back(Header(":path", call.method, NGHTTP2_NV_FLAG_NO_COPY_NAME));
  headers.push_back(Header(":authority", state_->authority, kFixed));
  headers.push_back(Header("te", "trailers", kFixed));
  if (relay == nullptr) {
    headers.push_back(Header("content-type", "application/grpc", kFixed));
    headers.push_back(Header("user-agent", kUserAgent, kFixed));
  }
  std::string grpc_timeout;
  if (timeout != absl::InfiniteDuration()) {
    grpc_timeout = GrpcTimeout(timeout);
    headers.push_back(Header("grpc-timeout", grpc_timeout,
                             NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_INDEX));
  }
  for (const auto& [name, value] : call.metadata) {
    headers.push_back(
        Header(name, value, IsSteady(name) ? NGHTTP2_NV_FLAG_NONE : NGHTTP2_NV_FLAG_NO_INDEX));
  }

  nghttp2_data_provider body;
  body.source.ptr = state_.get();
  body.read_callback = relay == nullptr ? &State::ReadMessage : &State::ReadRelayed;
  const int32_t id = nghttp2_submit_request(state_->session, nullptr, headers.data(),
                                            headers.size(), &body, nullptr);
  if (id < 0) {
    state_->retired = true;  // Stream ids ran out.
    return 0;
  }
  GrpcStream& stream = state_->streams[id];
  if (relay == nullptr) stream.request = Enveloped(call.message);
  stream.relay = std::move(relay);
  stream.received = MessageBuffer(state_->limits.message_bytes);
  stream.done = std::move(done);
  stream.arrived = std::move(arrived);
  return id;
}

std::optional<std::string> GrpcSession::Take(int32_t id) {
  GrpcStream* stream = state_->Find(id);
  return stream == nullptr ? std::nullopt : state_->Take(id, *stream);
}

void GrpcSession::Read(int32_t id, std::string& out, size_t enough) {
  GrpcStream* stream = state_->Find(id);
  if (stream == nullptr || stream->relay == nullptr) return;
  const size_t bytes = stream->relay->Read(out, enough);
  if (bytes > 0) nghttp2_session_consume_stream(state_->session, id, bytes);
  if (stream->relay->unread.empty()) stream->wants_more = true;
}

void GrpcSession::Resume(int32_t id) { nghttp2_session_resume_data(state_->session, id); }

void GrpcSession::Cancel(int32_t id) {
  if (GrpcStream* stream = state_->Find(id)) {
    stream->Drop();
    nghttp2_submit_rst_stream(state_->session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }
}

absl::Status GrpcSession::Receive(std::string_view bytes) {
  const ssize_t used = nghttp2_session_mem_recv(
      state_->session, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  state_->TellWhatHappened();
  if (used >= 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the service broke HTTP/2: ", nghttp2_strerror(static_cast<int>(used))));
}

absl::Status GrpcSession::Send(std::string& out, size_t enough) {
  state_->out = &out;
  state_->enough = enough;
  while (out.size() < enough) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(state_->session, &bytes);
    if (size < 0) {
      return absl::InternalError(
          absl::StrCat("HTTP/2 cannot go on: ", nghttp2_strerror(static_cast<int>(size))));
    }
    if (size == 0) break;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  }
  // Sending a reset ends its stream, too.
  state_->TellWhatHappened();
  return absl::OkStatus();
}

void GrpcSession::Lose(const absl::Status& why) {
  state_->retired = true;
  std::unordered_map<int32_t, GrpcStream> lost = std::exchange(state_->streams, {});
  for (auto& [id, stream] : lost) {
    if (stream.is_dropped()) continue;
    const bool was_begun = nghttp2_session_find_stream(state_->session, id) != nullptr;
    Outcome outcome = stream.ConcludeLost(why, was_begun);
    state_->finished.emplace_back(std::move(stream.done), std::move(outcome));
  }
  state_->TellWhatHappened();
}

void GrpcSession::Drop() {
  const std::unordered_map<int32_t, GrpcStream> dropped = std::exchange(state_->streams, {});
}

void GrpcSession::Ping() {
  state_->awaits_pong = true;
  nghttp2_submit_ping(state_->session, NGHTTP2_FLAG_NONE, nullptr);
}

bool GrpcSession::is_settled() const { return state_->settled; }
bool GrpcSession::awaits_pong() const { return state_->awaits_pong; }
bool GrpcSession::is_retired() const { return state_->retired; }
void GrpcSession::Retire() { state_->retired = true; }
size_t GrpcSession::active() const { return state_->streams.size(); }

bool GrpcSession::accepts_calls() const {
  const uint32_t allowed =
      nghttp2_session_get_remote_settings(state_->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  return !state_->retired && nghttp2_session_check_request_allowed(state_->session) != 0 &&
         active() < std::min<size_t>(allowed, state_->limits.streams);
}

bool GrpcSession::is_broken() const {
  return !state_->retired && nghttp2_session_want_read(state_->session) == 0;
}

bool GrpcSession::is_over() const {
  return nghttp2_session_want_read(state_->session) == 0 &&
         nghttp2_session_want_write(state_->session) == 0;
}

}  // namespace corridor::gateway
