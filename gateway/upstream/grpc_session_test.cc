#include "gateway/upstream/grpc_session.h"

#include <nghttp2/nghttp2.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using Retry = GrpcSession::Retry;
using Fields = std::vector<std::pair<std::string, std::string>>;

const Fields kOkHeaders = {{":status", "200"}, {"content-type", "application/grpc"}};

// A service that does exactly what a test says, on the other side of the session under test.
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
  // Headers, one DATA frame after another with `body`, trailers.
  void Answer(int32_t id, const std::string& body, const Fields& trailers) {
    pending_[id] = {body, trailers};
    nghttp2_data_provider provider;
    provider.source.ptr = this;
    provider.read_callback = [](nghttp2_session* s, int32_t stream, uint8_t* out, size_t room,
                                uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
      auto& [text, trailer] = static_cast<ScriptedService*>(source->ptr)->pending_[stream];
      const size_t size = std::min(room, text.size());
      std::copy_n(text.data(), size, reinterpret_cast<char*>(out));
      text.erase(0, size);
      if (text.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!trailer.empty()) {
          *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
          nghttp2_submit_trailer(s, stream, Pairs(trailer).data(), trailer.size());
        }
      }
      return static_cast<ssize_t>(size);
    };
    nghttp2_submit_response(session, id, Pairs(kOkHeaders).data(), kOkHeaders.size(), &provider);
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
  std::map<int32_t, std::pair<std::string, Fields>> pending_;
};

class GrpcSessionTest : public ::testing::Test {
 protected:
  int32_t Start() {
    return session_.Start({"/a.B/C", "hello", {{"x-request-id", "r1"}}, absl::InfiniteFuture()},
                          absl::Seconds(1),
                          [this](GrpcSession::Outcome outcome) { outcomes_.push_back(outcome); });
  }
  // Carries bytes both ways until nothing moves.
  absl::Status Exchange() {
    while (true) {
      std::string out;
      RETURN_IF_ERROR(session_.Send(out, 1 << 20));
      nghttp2_session_mem_recv(service_.session, reinterpret_cast<const uint8_t*>(out.data()),
                               out.size());
      std::string in;
      const uint8_t* bytes = nullptr;
      while (const ssize_t size = nghttp2_session_mem_send(service_.session, &bytes)) {
        if (size < 0) break;
        in.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
      }
      RETURN_IF_ERROR(session_.Receive(in));
      if (out.empty() && in.empty()) return absl::OkStatus();
    }
  }
  static std::string Framed(std::string message) {
    return std::string("\0\0\0\0", 4) + static_cast<char>(message.size()) + message;
  }

  GrpcSession session_{"service:1", {.message_bytes = 200, .header_bytes = 1000, .streams = 2}};
  ScriptedService service_;
  std::vector<GrpcSession::Outcome> outcomes_;
};

TEST_F(GrpcSessionTest, CarriesACallAndItsAnswer) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  EXPECT_TRUE(session_.is_settled());
  EXPECT_THAT(service_.requests[id], Contains(Pair(":path", "/a.B/C")));
  EXPECT_THAT(service_.requests[id], Contains(Pair(":authority", "service:1")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("te", "trailers")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("grpc-timeout", "1000000u")));
  EXPECT_THAT(service_.requests[id], Contains(Pair("x-request-id", "r1")));
  EXPECT_EQ(service_.bodies[id], Framed("hello"));

  service_.Answer(id, Framed("world"), {{"grpc-status", "0"}, {"corridor-version", "v"}});
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_OK(outcomes_[0].reply.status);
  EXPECT_EQ(outcomes_[0].reply.message, "world");
  EXPECT_THAT(outcomes_[0].reply.headers, Contains(Pair("corridor-version", "v")));
  EXPECT_EQ(session_.active(), 0u);
}

struct BadAnswer {
  const char* promise;
  std::string body;
  Fields trailers;
  absl::StatusCode code;
  const char* message;
};

TEST_F(GrpcSessionTest, AnswersThatAreNotGrpcsAreErrors) {
  const std::vector<BadAnswer> rows = {
      {"no status", Framed("x"), {}, absl::StatusCode::kInternal, "without a status"},
      {"no message", "", {{"grpc-status", "0"}}, absl::StatusCode::kInternal, "truncated"},
      {"half a message",
       std::string("\0\0\0\0\5ab", 7),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "truncated"},
      {"two messages",
       Framed("a") + Framed("b"),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "more than one answer"},
      {"a compressed message",
       std::string("\1\0\0\0\1a", 6),
       {{"grpc-status", "0"}},
       absl::StatusCode::kInternal,
       "compressed"},
      {"a large message",
       std::string("\0\0\1\0\0", 5),
       {{"grpc-status", "0"}},
       absl::StatusCode::kResourceExhausted,
       "limit of 200 bytes"},
      {"large trailers",
       Framed("a"),
       {{"grpc-status", "0"}, {"x", std::string(2000, 'y')}},
       absl::StatusCode::kInternal,
       "1000 bytes of headers"}};
  for (const BadAnswer& row : rows) {
    outcomes_.clear();
    const int32_t id = Start();
    ASSERT_OK(Exchange());
    service_.Answer(id, row.body, row.trailers);
    ASSERT_OK(Exchange());
    ASSERT_EQ(outcomes_.size(), 1u) << row.promise;
    EXPECT_THAT(outcomes_[0].reply.status, StatusIs(row.code, HasSubstr(row.message)))
        << row.promise;
    EXPECT_FALSE(outcomes_[0].from_service) << row.promise;
  }
}

TEST_F(GrpcSessionTest, AnHttpErrorIsMappedToACode) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  service_.Headers(id, {{":status", "503"}}, true);
  ASSERT_OK(Exchange());
  EXPECT_THAT(outcomes_.at(0).reply.status,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("HTTP status 503")));
}

TEST_F(GrpcSessionTest, ReadsMayBeRepeatedWhenTurnedAwayTrailersOnly) {
  for (const auto& [code, retry] : std::vector<std::pair<std::string, Retry>>{
           {"14", Retry::kRead}, {"1", Retry::kRead}, {"5", Retry::kNever}}) {
    outcomes_.clear();
    const int32_t id = Start();
    ASSERT_OK(Exchange());
    Fields headers = kOkHeaders;
    headers.emplace_back("grpc-status", code);
    headers.emplace_back("grpc-message", "so%20it%20is");
    service_.Headers(id, headers, true);
    ASSERT_OK(Exchange());
    ASSERT_EQ(outcomes_.size(), 1u);
    EXPECT_EQ(outcomes_[0].retry, retry) << code;
    EXPECT_EQ(outcomes_[0].reply.status.message(), "so it is");
  }
}

TEST_F(GrpcSessionTest, NothingIsRepeatedOnceHeadersCame) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  service_.Headers(id, kOkHeaders, false);
  ASSERT_OK(Exchange());
  session_.Lose("connection reset");
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].retry, Retry::kNever);
  EXPECT_THAT(outcomes_[0].reply.status,
              StatusIs(absl::StatusCode::kUnavailable, "connection reset"));
}

TEST_F(GrpcSessionTest, ALostConnectionLetsReadsBeRepeated) {
  Start();
  ASSERT_OK(Exchange());
  session_.Lose("connection reset");
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kRead);
  EXPECT_TRUE(outcomes_[0].connection_lost);
}

TEST_F(GrpcSessionTest, WhatWasNeverSentMayAlwaysBeRepeated) {
  Start();
  session_.Lose("connection refused");
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kAlways);
}

TEST_F(GrpcSessionTest, ARefusedStreamMayAlwaysBeRepeated) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  nghttp2_submit_rst_stream(service_.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
  ASSERT_OK(Exchange());
  EXPECT_EQ(outcomes_.at(0).retry, Retry::kAlways);
  EXPECT_EQ(outcomes_[0].reply.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(GrpcSessionTest, GoAwayEndsWhatIsAboveItsLastStreamAndLetsTheRestFinish) {
  const int32_t first = Start();
  ASSERT_OK(Exchange());
  Start();
  std::string above;
  ASSERT_OK(session_.Send(above, 1 << 20));  // Not yet seen by the service.
  nghttp2_submit_goaway(service_.session, NGHTTP2_FLAG_NONE, first, NGHTTP2_NO_ERROR, nullptr, 0);
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].retry, Retry::kAlways);
  EXPECT_TRUE(session_.is_retired());
  EXPECT_EQ(Start(), 0);

  service_.Answer(first, Framed("done"), {{"grpc-status", "0"}});
  ASSERT_OK(Exchange());
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_EQ(outcomes_[1].reply.message, "done");
}

TEST_F(GrpcSessionTest, ACancelledCallIsResetAndNotTold) {
  const int32_t id = Start();
  ASSERT_OK(Exchange());
  session_.Cancel(id);
  ASSERT_OK(Exchange());
  EXPECT_THAT(service_.resets, ElementsAre(id));
  EXPECT_TRUE(outcomes_.empty());
  EXPECT_EQ(session_.active(), 0u);
}

TEST_F(GrpcSessionTest, TakesNoMoreCallsThanStreams) {
  EXPECT_NE(Start(), 0);
  EXPECT_NE(Start(), 0);
  EXPECT_FALSE(session_.accepts_calls());
  EXPECT_EQ(Start(), 0);
}

TEST_F(GrpcSessionTest, ObeysTheServicesLimitOfStreams) {
  const nghttp2_settings_entry one{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1};
  nghttp2_submit_settings(service_.session, NGHTTP2_FLAG_NONE, &one, 1);
  ASSERT_OK(Exchange());
  EXPECT_NE(Start(), 0);
  EXPECT_EQ(Start(), 0);
}

TEST_F(GrpcSessionTest, APingIsAnswered) {
  session_.Ping();
  EXPECT_TRUE(session_.awaits_pong());
  ASSERT_OK(Exchange());
  EXPECT_FALSE(session_.awaits_pong());
}

TEST_F(GrpcSessionTest, WhatIsNotHttp2EndsTheSession) {
  Start();
  ASSERT_OK(session_.Receive("HTTP/1.1 400 Bad Request\r\n\r\n"));
  std::string out;
  ASSERT_OK(session_.Send(out, 1 << 20));  // A GOAWAY.
  EXPECT_TRUE(session_.is_over());
  session_.Lose("it broke HTTP/2");
  EXPECT_EQ(outcomes_.size(), 1u);
}

}  // namespace
}  // namespace corridor::gateway
