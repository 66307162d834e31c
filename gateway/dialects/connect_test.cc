#include "gateway/dialects/connect.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/fake_call.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/fake_upstream.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kPackage = "transcoding.testdata.v1";
const std::string kLibrary = "/transcoding.testdata.v1.Library/";
const std::string kArchive = "/transcoding.testdata.v1.Archive/";

class FakeOwn : public OwnMethod, public OwnStream {
 public:
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override {
    called = std::move(call);
    done(reply);
    return [] {};
  }
  absl::StatusOr<std::unique_ptr<OwnEvents>> Open(StreamingCall call,
                                                  std::function<void()>) override {
    called = std::move(call);
    if (!refusal.ok()) return refusal;
    return std::make_unique<One>(reply.message);
  }

  UnaryCall called;
  OwnReply reply;
  absl::Status refusal;

 private:
  // One message, and no end.
  class One : public OwnEvents {
   public:
    explicit One(std::string message) : event_(OwnEvent{std::move(message), "id", "name"}) {}
    std::optional<OwnEvent> Take() override { return std::exchange(event_, std::nullopt); }
    std::optional<absl::Status> End() const override { return std::nullopt; }

   private:
    std::optional<OwnEvent> event_;
  };
};

class ConnectTest : public ::testing::Test {
 protected:
  std::shared_ptr<Call> Serve(HttpRequest request) {
    connection_->responses.clear();
    library_.relays.clear();
    if (FindHeader(request.headers, "host") == nullptr) {
      request.headers.emplace_back("host", "localhost");
    }
    auto call = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    connect_.Serve(call);
    return call;
  }
  std::shared_ptr<Call> Post(const std::string& path, const std::string& body,
                             HttpHeaders headers = {},
                             const std::string& type = "application/json") {
    headers.emplace_back("content-type", type);
    return Serve({"POST", path, "", std::move(headers), body});
  }
  HttpResponse& Answer() {
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.at(0);
  }
  FakeRelay& Relay() { return *library_.relays.at(0); }
  std::string Bytes(const std::string& type, const std::string& text) {
    return contract_.Parse(kPackage + "." + type, text)->SerializeAsString();
  }
  // The request message that the service got, as text format.
  std::string Asked(const std::string& type = "GetRequest") {
    const std::string body = Relay().ReadBody();
    EXPECT_TRUE(Relay().is_body_over);
    std::string_view left = body;
    const auto envelope = TakeEnvelope(left);
    EXPECT_EQ(left, "");
    return contract_.Text(kPackage + "." + type, std::string(envelope->message));
  }
  void Reply(const std::string& message, const Headers& trailers = {{"grpc-status", "0"}}) {
    Relay().Head({{":status", "200"},
                  {"content-type", "application/grpc"},
                  {"corridor-version", "p1"},
                  {"some-bin", "AQI"}});
    Relay().Send(Enveloped(message));
    Relay().End({trailers, absl::OkStatus()});
  }
  // What a connection would send now.
  std::string Read() {
    std::string out;
    has_more_ = Answer().source->Read(out, 64 << 10);
    return out;
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeUpstream library_;
  FakeOwn own_;
  KnownHosts hosts_{""};
  ContractPool contract_{LibraryContract()};
  std::unique_ptr<Transcoder> transcoder_ = *Transcoder::Create(LibraryContract());
  std::unique_ptr<Reflection> reflection_ = *Reflection::Create(LibraryContract());
  Connect connect_{RpcParts{*transcoder_,
                            hosts_,
                            {{kPackage, &library_}},
                            {{kLibrary + "GetTopShelf", &own_}},
                            {{kArchive + "Download", &own_}},
                            absl::Seconds(10),
                            1000},
                   *reflection_, 1000};
  bool has_more_ = true;
};

TEST_F(ConnectTest, AUnaryCallInJson) {
  const auto call = Post(kLibrary + "GetBook", R"({"name":"a","depth":2})",
                         {{"connect-protocol-version", "1"},
                          {"connect-timeout-ms", "250"},
                          {"authorization", "Bearer x"},
                          {"trace-bin", "AQI="},
                          {"user-agent", "connect-es"},
                          {"accept-encoding", "gzip"},
                          {"corridor-min-version", "v"},
                          {"cookie", "c"},
                          {"x-request-id", "mine"}});
  EXPECT_EQ(Relay().call.method, kLibrary + "GetBook");
  EXPECT_LE(Relay().call.deadline, call->arrived() + absl::Milliseconds(250));
  EXPECT_TRUE(Relay().call.is_repeatable);
  EXPECT_EQ(Asked(), R"(name: "a" depth: 2)");
  const Headers& metadata = Relay().call.metadata;
  EXPECT_THAT(metadata, Contains(Pair("content-type", "application/grpc")));
  EXPECT_THAT(metadata, Contains(Pair("authorization", "Bearer x")));
  EXPECT_THAT(metadata, Contains(Pair("trace-bin", "AQI=")));
  EXPECT_THAT(metadata, Contains(Pair("corridor-min-version", "v")));
  EXPECT_THAT(metadata, Contains(Pair("x-request-id", "mine")));
  EXPECT_THAT(metadata, Contains(Key("traceparent")));
  EXPECT_THAT(metadata, SizeIs(6));
  Reply(Bytes("Book", "name: 'a' title: 't'"),
        {{"grpc-status", "0"}, {"later", "x"}, {"later-bin", "AQ"}});
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p1")));
  EXPECT_THAT(Answer().headers, Contains(Pair("some-bin", "AQI")));
  EXPECT_THAT(Answer().headers, Contains(Pair("trailer-later", "x")));
  EXPECT_THAT(Answer().headers, Contains(Pair("trailer-later-bin", "AQ")));
  EXPECT_THAT(Answer().headers, Not(Contains(Key(HasSubstr("grpc-status")))));
  EXPECT_THAT(Answer().headers, Not(Contains(Key(":status"))));
  EXPECT_THAT(Answer().body, StartsWith(R"({"name":"a","title":"t")"));
  call->Finish(1, /*sent=*/true);
  EXPECT_EQ(log_.lines.at(0), "POST " + kLibrary + "GetBook OK");
}

TEST_F(ConnectTest, AUnaryCallInProtobuf) {
  const auto call =
      Post(kLibrary + "GetBook", Bytes("GetRequest", "name: 'a'"), {}, "application/proto");
  EXPECT_EQ(Asked(), R"(name: "a")");
  Reply(Bytes("Book", "title: 't'"));
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/proto")));
  EXPECT_EQ(Answer().body, Bytes("Book", "title: 't'"));
}

TEST_F(ConnectTest, AUnaryCallByGet) {
  const auto call = Serve({"GET",
                           kLibrary + "GetBook",
                           "connect=v1&encoding=json&message=%7B%22name%22:%22a%22%7D",
                           {},
                           ""});
  EXPECT_EQ(Asked(), R"(name: "a")");
  Reply(Bytes("Book", "title: 't'"));
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().body, HasSubstr(R"("title":"t")"));
  const auto other = Serve(
      {"GET", kLibrary + "GetBook", "connect=v1&encoding=proto&base64=1&message=CgFi", {}, ""});
  EXPECT_EQ(Asked(), R"(name: "b")");
  other->Cancel();
}

TEST_F(ConnectTest, ErrorsHaveTheirCodeAndStatus) {
  const struct {
    const char* grpc_status;
    const char* code;
    int http;
  } rows[] = {
      {"1", "canceled", 499},
      {"2", "unknown", 500},
      {"3", "invalid_argument", 400},
      {"4", "deadline_exceeded", 504},
      {"5", "not_found", 404},
      {"6", "already_exists", 409},
      {"7", "permission_denied", 403},
      {"8", "resource_exhausted", 429},
      {"9", "failed_precondition", 400},
      {"10", "aborted", 409},
      {"11", "out_of_range", 400},
      {"12", "unimplemented", 501},
      {"13", "internal", 500},
      {"14", "unavailable", 503},
      {"15", "data_loss", 500},
      {"16", "unauthenticated", 401},
  };
  for (const auto& row : rows) {
    const auto call = Post(kLibrary + "GetBook", "{}");
    Relay().End(
        {{{"grpc-status", row.grpc_status}, {"grpc-message", "why"}, {"corridor-version", "p"}},
         absl::OkStatus()});
    EXPECT_EQ(Answer().status, row.http) << row.code;
    EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(Answer().headers, Contains(Pair("trailer-corridor-version", "p")));
    EXPECT_THAT(Answer().body, StartsWith(absl::StrCat("{\"code\":\"", row.code,
                                                       "\",\"message\":\"why\",\"details\":[")));
  }
}

TEST_F(ConnectTest, BadRequestsAreRefusedAsTheProtocolHasIt) {
  const HttpHeaders json = {{"content-type", "application/json"}};
  const HttpHeaders connect_json = {{"content-type", "application/connect+json"}};
  const auto with = [](HttpHeaders headers, const char* name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
  };
  const struct {
    const char* promise;
    HttpRequest request;
    int http;
    const char* code;
    const char* message;
  } rows[] = {
      {"a method that is none",
       {"POST", kLibrary + "Nope", "", json, "{}"},
       404,
       "unimplemented",
       "there is no method /transcoding.testdata.v1.Library/Nope"},
      {"a verb",
       {"PUT", kLibrary + "GetBook", "", json, "{}"},
       405,
       "unimplemented",
       "has no PUT; it has GET, HEAD, POST"},
      {"GET of a write",
       {"GET", kLibrary + "CreateBook", "connect=v1&encoding=json&message={}", {}, ""},
       405,
       "unimplemented",
       "has no GET; it has POST"},
      {"GET of a stream",
       {"GET", kArchive + "WatchBooks", "connect=v1", {}, ""},
       405,
       "unimplemented",
       "has no GET; it has POST"},
      {"GET without a request",
       {"GET", kLibrary + "GetBook", "", {}, ""},
       400,
       "invalid_argument",
       "connect: \\\"\\\" is not v1"},
      {"the type of a stream for what is none",
       {"POST", kLibrary + "GetBook", "", connect_json, Enveloped("{}")},
       415,
       "invalid_argument",
       "there are application/json, application/proto"},
      {"the type of a unary call for a stream",
       {"POST", kArchive + "WatchBooks", "", json, "{}"},
       415,
       "invalid_argument",
       "there are application/connect+json, application/connect+proto"},
      {"a codec that is not known",
       {"POST", kArchive + "WatchBooks", "", {{"content-type", "application/connect+thrift"}}, ""},
       415,
       "invalid_argument",
       "content-type: \\\"application/connect+thrift\\\" is none"},
      {"a version",
       {"POST", kLibrary + "GetBook", "", with(json, "connect-protocol-version", "2"), "{}"},
       400,
       "invalid_argument",
       "connect-protocol-version: \\\"2\\\""},
      {"a timeout",
       {"POST", kLibrary + "GetBook", "", with(json, "connect-timeout-ms", "1s"), "{}"},
       400,
       "invalid_argument",
       "connect-timeout-ms: \\\"1s\\\""},
      {"JSON",
       {"POST", kLibrary + "GetBook", "", json, "{\"nme\":1}"},
       400,
       "invalid_argument",
       "nme"},
      {"bytes",
       {"POST", kLibrary + "GetBook", "", {{"content-type", "application/proto"}}, "\xFF"},
       400,
       "invalid_argument",
       "body: \\\"1 bytes\\\" are no protobuf message"},
      {"an encoding",
       {"POST", kLibrary + "GetBook", "", with(json, "content-encoding", "br"), "{}"},
       501,
       "unimplemented",
       "content-encoding: \\\"br\\\" is not taken; there are gzip and identity"},
      {"metadata",
       {"POST", kLibrary + "GetBook", "", with(json, "x", "caf\xC3\xA9"), "{}"},
       400,
       "invalid_argument",
       "x: "},
      {"too much metadata",
       {"POST", kLibrary + "GetBook", "", with(json, "x", std::string(4097, 'x')), "{}"},
       429,
       "resource_exhausted",
       "up to x, are more than 4096 bytes"},
      {"a choice",
       {"POST", kLibrary + "GetBook", "", with(json, "corridor-json", "int64=x"), "{}"},
       400,
       "invalid_argument",
       "corridor-json: \\\"x\\\""},
      {"a page from elsewhere that writes",
       {"POST", kLibrary + "CreateBook", "", with(json, "origin", "https://evil.example"), "{}"},
       403,
       "permission_denied",
       "https://evil.example"},
      {"a rebound name that writes",
       {"POST", kLibrary + "CreateBook", "", with(json, "host", "evil.example"), "{}"},
       403,
       "permission_denied",
       "evil.example"},
      {"a package without a service",
       {"POST", kLibrary + "GetBook", "", json, "{}"},
       503,
       "unavailable",
       "this gateway was started without the service testdata"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.promise);
    if (row.http == 503) {
      Connect bare(RpcParts{*transcoder_, hosts_, {}, {}}, *reflection_, 1000);
      connection_->responses.clear();
      bare.Serve(std::make_shared<Call>(row.request, "", absl::Now(), connection_, log_));
    } else {
      Serve(row.request);
    }
    EXPECT_THAT(library_.relays, IsEmpty());
    EXPECT_EQ(Answer().status, row.http);
    EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/json")));
    EXPECT_THAT(Answer().body,
                StartsWith(absl::StrCat("{\"code\":\"", row.code, "\",\"message\":")));
    EXPECT_THAT(Answer().body, HasSubstr(row.message));
    const auto has = [this](const char* name) {
      return FindHeader(Answer().headers, name) != nullptr;
    };
    EXPECT_EQ(has("allow"), row.http == 405);
    EXPECT_EQ(has("accept-post"), row.http == 415);
    EXPECT_EQ(has("accept-encoding"), row.http == 501);
    EXPECT_EQ(has("retry-after"), row.http == 503);
  }
}

TEST_F(ConnectTest, AReadIsForPagesFromAnywhere) {
  const auto call = Post(kLibrary + "GetBook", "{}",
                         {{"origin", "https://any.example"}, {"host", "any.example"}});
  EXPECT_THAT(library_.relays, SizeIs(1));
  call->Cancel();
}

TEST_F(ConnectTest, AStreamIsEnvelopesAndAnEnd) {
  const auto call = Post(kArchive + "WatchBooks", Enveloped(R"({"name":"a"})"),
                         {{"connect-timeout-ms", "60000"}}, "application/connect+json");
  EXPECT_EQ(Relay().call.deadline, call->arrived() + absl::Minutes(1));
  EXPECT_TRUE(Relay().call.is_streaming);
  EXPECT_EQ(Asked("WatchBooksRequest"), R"(name: "a")");
  EXPECT_THAT(connection_->responses, IsEmpty());
  Relay().Head({{"corridor-version", "p1"}, {"content-type", "application/grpc"}});
  Relay().Send(Enveloped(Bytes("Book", "title: 't'")));
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/connect+json")));
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p1")));
  const std::string first = Read();
  EXPECT_EQ(first, Enveloped(first.substr(5)));
  EXPECT_THAT(first.substr(5), HasSubstr(R"("title":"t")"));
  Relay().Send(Enveloped(Bytes("Book", "title: 'u'")));
  EXPECT_THAT(Read(), HasSubstr(R"("title":"u")"));
  Relay().End({{{"grpc-status", "0"}, {"later", "x"}}, absl::OkStatus()});
  EXPECT_EQ(Read(), Enveloped(R"({"metadata":{"later":["x"]}})", 2));
  EXPECT_FALSE(has_more_);
}

TEST_F(ConnectTest, AStreamInProtobufIsPassedOn) {
  const auto call = Post(kArchive + "WatchBooks", Enveloped(Bytes("WatchBooksRequest", "")), {},
                         "application/connect+proto");
  Relay().Send(Enveloped(Bytes("Book", "title: 't'")));
  Relay().End({{{"grpc-status", "0"}}, absl::OkStatus()});
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/connect+proto")));
  EXPECT_EQ(Read(), Enveloped(Bytes("Book", "title: 't'")) + Enveloped("{}", 2));
}

TEST_F(ConnectTest, AStreamThatFailsEndsWithTheError) {
  for (const bool has_begun : {false, true}) {
    auto call = Post(kArchive + "WatchBooks", Enveloped("{}"), {}, "application/connect+json");
    if (has_begun) Relay().Send(Enveloped(Bytes("Book", "")));
    Relay().End(
        {{{"grpc-status", "10"}, {"grpc-message", "why"}, {"later", "x"}}, absl::OkStatus()});
    EXPECT_EQ(Answer().status, 200);
    const std::string body = Read();
    EXPECT_THAT(body, HasSubstr(R"({"error":{"code":"aborted","message":"why","details":[)"));
    EXPECT_THAT(body, testing::EndsWith(R"(,"metadata":{"later":["x"]}})"));
    EXPECT_FALSE(has_more_);
    EXPECT_TRUE(Answer().source->is_whole());  // It says itself how it ended.
    connection_->responses.clear();
    call->Finish(1, /*sent=*/true);
    EXPECT_EQ(log_.lines.back(), "POST " + kArchive + "WatchBooks ABORTED");
  }
}

TEST_F(ConnectTest, AStreamThatCannotBeginIsItsEndAlone) {
  const struct {
    std::string path;
    std::string body;
    HttpHeaders headers;
    const char* code;
    const char* message;
  } rows[] = {
      {kArchive + "WatchBooks", "", {}, "invalid_argument", "are no whole message in its envelope"},
      {kArchive + "WatchBooks",
       Enveloped("{}") + Enveloped("{}"),
       {},
       "invalid_argument",
       "follow the one message that the method takes"},
      {kArchive + "WatchBooks",
       Enveloped("{}", 1),
       {{"connect-content-encoding", "br"}},
       "unimplemented",
       "there are gzip and identity"},
      {kArchive + "WatchBooks", Enveloped("{"), {}, "invalid_argument", ""},
      {kArchive + "Collect",
       Enveloped("{}"),
       {},
       "unimplemented",
       "takes a stream of messages, which is served to gRPC here"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.message);
    Post(row.path, row.body, row.headers, "application/connect+json");
    EXPECT_THAT(library_.relays, IsEmpty());
    EXPECT_EQ(Answer().status, 200);
    EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/connect+json")));
    const std::string end = Answer().body;
    EXPECT_EQ(end, Enveloped(end.substr(5), 2));
    EXPECT_THAT(end.substr(5), StartsWith(absl::StrCat("{\"error\":{\"code\":\"", row.code)));
    EXPECT_THAT(end, HasSubstr(row.message));
  }
}

TEST_F(ConnectTest, MessagesOfAStreamAreTakenOnlyAsTheClientReads) {
  const auto call = Post(kArchive + "WatchBooks", Enveloped("{}"), {}, "application/connect+json");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += Enveloped(Bytes("Book", "title: 't'"));
  Relay().Send(many);
  const size_t left = Relay().unread.size();
  EXPECT_GE(left, many.size() - (65U << 10));
  Read();
  EXPECT_GT(Relay().unread.size(), 0U);
  connection_->responses.clear();
  EXPECT_TRUE(Relay().is_dropped);
}

TEST_F(ConnectTest, AnAnswerThatIsNoneIs502) {
  auto call = Post(kLibrary + "GetBook", "{}");
  Reply("\xFF");
  EXPECT_EQ(Answer().status, 502);
  EXPECT_THAT(Answer().body, StartsWith(R"({"code":"internal","message":"testdata: )"));
  call = Post(kLibrary + "GetBook", "{}");
  Reply(std::string(1001, 'x'));
  EXPECT_EQ(Answer().status, 502);
  EXPECT_THAT(Answer().body, HasSubstr("larger than the limit of 1000 bytes"));
}

TEST_F(ConnectTest, MethodsOfTheGatewayAreAnsweredHere) {
  own_.reply = {{absl::OkStatus(), Bytes("Shelf", "name: 's'"), {{"corridor-version", "p"}}}, 503};
  Post(kLibrary + "GetTopShelf", R"({"name":"a"})");
  EXPECT_EQ(own_.called.method, kLibrary + "GetTopShelf");
  EXPECT_EQ(Answer().status, 200);
  EXPECT_EQ(Answer().body, R"({"name":"s"})");
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p")));
}

TEST_F(ConnectTest, StreamsOfTheGatewayEndWhenItDrains) {
  const auto call = Post(kArchive + "Download", Enveloped(""), {}, "application/connect+proto");
  EXPECT_EQ(Read(), Enveloped(""));
  EXPECT_TRUE(has_more_);
  Answer().source->Drain();
  EXPECT_THAT(Read(), HasSubstr(R"({"error":{"code":"unavailable","message":"the gateway shuts)"));
  EXPECT_FALSE(has_more_);
  own_.refusal = InvalidField("since", "x", "is none");
  Post(kArchive + "Download", Enveloped("{}"), {}, "application/connect+json");
  EXPECT_THAT(Answer().body, HasSubstr(R"({"error":{"code":"invalid_argument")"));
}

TEST_F(ConnectTest, AClientThatLeavesCancelsTheCall) {
  const auto call = Post(kLibrary + "GetBook", "{}");
  call->Cancel();
  EXPECT_TRUE(Relay().is_dropped);
  EXPECT_THAT(connection_->responses, IsEmpty());
}

TEST_F(ConnectTest, WhatHttpRefusesIsInTheFormOfTheRequest) {
  const HttpError error{413, "BODY_TOO_LARGE", "too large", {}};
  HttpRequest head{"POST", kLibrary + "GetBook", "", {{"content-type", "application/json"}}, ""};
  HttpResponse response = connect_.Refusal(head, error);
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, StartsWith(R"({"code":"resource_exhausted","message":"too large",)"));
  head.headers[0].second = "application/connect+proto";
  response = connect_.Refusal(head, error);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.headers, Contains(Pair("content-type", "application/connect+proto")));
  EXPECT_THAT(response.body.substr(5), StartsWith(R"({"error":{"code":"resource_exhausted")"));
}

}  // namespace
}  // namespace corridor::gateway
