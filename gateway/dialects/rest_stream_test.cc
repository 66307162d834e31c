// REST over the contract of the tests: answers that are streams, and bodies that are no JSON.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/dialects/raw_body.h"
#include "gateway/dialects/rest.h"
#include "gateway/fake_call.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/upstream/envelope.h"
#include "gateway/upstream/fake_upstream.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kPackage = "transcoding.testdata.v1";

// A body that comes as a test says.
class FakeBody : public BodySource {
 public:
  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    const size_t most = std::min(coming.size(), enough - std::min(enough, out.size()));
    most_asked = std::max(most_asked, enough);
    out.append(coming, 0, most);
    coming.erase(0, most);
    return !is_over || !coming.empty();
  }
  bool is_whole() const override { return !is_cut; }

  void Come(const std::string& bytes) {
    coming += bytes;
    if (wake_) wake_();
  }

  std::string coming;
  size_t most_asked = 0;
  bool is_over = false;
  bool is_cut = false;

 private:
  std::function<void()> wake_;
};

class RestStreamTest : public ::testing::Test {
 protected:
  std::shared_ptr<Call> Serve(HttpRequest request) {
    connection_->responses.clear();
    request.headers.emplace_back("host", "localhost");
    auto call = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    rest_.Serve(call);
    return call;
  }
  std::shared_ptr<Call> Get(const std::string& path, const HttpHeaders& headers = {},
                            const std::string& query = "") {
    return Serve({"GET", path, query, headers, ""});
  }
  HttpResponse& Answer() {
    EXPECT_THAT(connection_->responses, SizeIs(1));
    return connection_->responses.at(0);
  }
  std::string Read(size_t enough = 64 << 10) {
    std::string out;
    has_more_ = Answer().source->Read(out, enough);
    return out;
  }
  std::string Bytes(const std::string& type, const std::string& text) {
    return contract_.Parse(kPackage + "." + type, text)->SerializeAsString();
  }
  std::string Book(const std::string& name) {
    return Bytes("Book", absl::StrCat("name: '", name, "' position { row: 1 }"));
  }
  // An HttpBody.
  static std::string Raw(const std::string& type, const std::string& data) {
    std::string message;
    AppendRaw(type, data, 0, message);
    return message;
  }
  FakeStream& Stream() { return *library_.streams.at(0); }
  FakeRelay& Relay() { return *library_.relays.at(0); }
  // The messages of the request that the service has got, as text format.
  std::vector<std::string> Uploaded(const std::string& type) {
    const std::string bytes = Relay().ReadBody();
    std::string_view left = bytes;
    std::vector<std::string> messages;
    while (const auto envelope = TakeEnvelope(left)) {
      EXPECT_EQ(envelope->flags, 0);
      messages.push_back(contract_.Text(type, std::string(envelope->message)));
    }
    EXPECT_EQ(left, "");
    return messages;
  }
  void ReplyToRelay(const std::string& message) {
    std::string frame;
    AppendEnvelope(0, message, frame);
    Relay().Head({{"corridor-version", "p1"}, {"content-type", "application/grpc"}});
    Relay().Send(frame);
    Relay().End({{{"grpc-status", "0"}}, absl::OkStatus()});
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeUpstream library_;
  KnownHosts hosts_{""};
  ContractPool contract_{LibraryContract()};
  std::unique_ptr<Transcoder> transcoder_ = *Transcoder::Create(LibraryContract());
  Rest rest_{RpcParts{*transcoder_, hosts_, {{kPackage, &library_}}, {}}};
  bool has_more_ = true;
};

TEST_F(RestStreamTest, AStreamOfAServiceIsAnArrayUnlessAskedOtherwise) {
  const auto call = Get("/v1/shelves/a/books:watch");
  EXPECT_EQ(Stream().call.method, "/transcoding.testdata.v1.Archive/WatchBooks");
  EXPECT_EQ(Stream().call.deadline, absl::InfiniteFuture());
  EXPECT_TRUE(Stream().call.is_read);
  EXPECT_THAT(connection_->responses, IsEmpty());
  Stream().Send(Book("x"));
  EXPECT_EQ(Answer().status, 200);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(Read(), StartsWith(R"([{"name":"x","title":"","authors":[],"position":{"row":1)"));
  Stream().Send(Book("y"));
  EXPECT_THAT(Read(), StartsWith(",\n{\"name\":\"y\""));
  Stream().End(absl::OkStatus());
  EXPECT_EQ(Read(), "]\n");
  EXPECT_FALSE(has_more_);
  EXPECT_TRUE(Answer().source->is_whole());
}

TEST_F(RestStreamTest, AStreamWithoutMessagesIsEmptyInEveryForm) {
  const struct {
    const char* accept;
    const char* body;
  } rows[] = {{"application/json", "[]\n"},
              {"text/html", "[]\n"},
              {"application/x-ndjson", ""},
              {"text/event-stream", "retry: 1000\n\n"}};
  for (const auto& row : rows) {
    library_.on_stream = [](FakeStream& stream) { stream.End(absl::OkStatus()); };
    Get("/v1/shelves/a/books:watch", {{"accept", row.accept}});
    EXPECT_EQ(Read(), row.body) << row.accept;
    EXPECT_FALSE(has_more_);
    EXPECT_TRUE(Answer().source->is_whole());
  }
}

TEST_F(RestStreamTest, WhatFailsMidwaySaysSoAndNeverEndsAsIfItWereWhole) {
  const struct {
    const char* accept;
    const char* begin;
    const char* end;
  } rows[] = {
      {"application/json", "[{\"name\":\"x\"",
       ",\n{\"error\":{\"code\":409,\"status\":\"ABORTED\""},
      {"application/x-ndjson", "{\"name\":\"x\"", "}\n{\"error\":{\"code\":409,"},
      {"text/event-stream", "retry: 1000\n\ndata: {\"name\":\"x\"",
       "}\n\nevent: error\ndata: {\"error\":{\"code\":409,"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.accept);
    library_.on_stream = [this](FakeStream& stream) {
      stream.Send(Book("x"));
      stream.End(absl::AbortedError("another epoch"));
    };
    const auto call = Get("/v1/shelves/a/books:watch", {{"accept", row.accept}});
    EXPECT_EQ(Answer().status, 200);
    const std::string body = Read();
    EXPECT_THAT(body, StartsWith(row.begin));
    EXPECT_THAT(body, HasSubstr(row.end));
    EXPECT_THAT(body, Not(EndsWith("]\n")));
    EXPECT_FALSE(has_more_);
    EXPECT_FALSE(Answer().source->is_whole());
    connection_->responses.clear();
    call->Finish(1, /*sent=*/true);
    EXPECT_EQ(log_.lines.back(), "GET /v1/{name=shelves/*}/books:watch ABORTED");
  }
}

TEST_F(RestStreamTest, WhatFailsBeforeTheFirstMessageIsAnHttpError) {
  library_.on_stream = [](FakeStream& stream) { stream.End(NoSuchResource("shelves/a")); };
  Get("/v1/shelves/a/books:watch", {{"accept", "text/event-stream"}});
  EXPECT_EQ(Answer().status, 404);
  EXPECT_THAT(Answer().body, StartsWith("{\"error\":{\"code\":404,"));
}

TEST_F(RestStreamTest, MessagesAreTakenOnlyAsTheClientReads) {
  const auto call = Get("/v1/shelves/a/books:watch");
  for (int i = 0; i < 5; ++i) Stream().Send(Book("x"));
  EXPECT_THAT(Stream().messages, SizeIs(4));  // One was taken to see that there is one.
  Read(2);
  EXPECT_THAT(Stream().messages, SizeIs(4));
  Read(1);
  EXPECT_THAT(Stream().messages, SizeIs(3));
  connection_->responses.clear();
  EXPECT_TRUE(Stream().is_dropped);
}

TEST_F(RestStreamTest, TheStreamOfAServiceMayFinishWhenTheGatewayDrains) {
  const auto call = Get("/v1/shelves/a/books:watch");
  Stream().Send(Book("x"));
  Answer().source->Drain();
  Read();
  EXPECT_TRUE(has_more_);
  Stream().End(absl::OkStatus());
  EXPECT_EQ(Read(), "]\n");
}

TEST_F(RestStreamTest, AFieldOfTheMethodGoesBeforeTheMask) {
  Get("/v1/shelves/a/books:watch", {}, "fields=title");
  EXPECT_EQ(contract_.Text(kPackage + ".WatchBooksRequest", Stream().call.message),
            "name: \"shelves/a\" fields: \"title\"");
}

TEST_F(RestStreamTest, RawAnswersLeaveWithTheirTypeAndTheirBytes) {
  const std::string image("\x89PNG\0", 5);
  library_.reply = UnaryReply{absl::OkStatus(), Raw("image/png", image), {}};
  library_.reply->headers = {{"corridor-version", "p1"}};
  Get("/v1/covers/a");
  EXPECT_EQ(Answer().status, 200);
  EXPECT_EQ(Answer().body, image);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "image/png")));
  EXPECT_THAT(Answer().headers, Contains(Pair("x-content-type-options", "nosniff")));
  EXPECT_THAT(Answer().headers,
              Contains(Pair("content-security-policy", "default-src 'none'; sandbox")));
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p1")));
}

TEST_F(RestStreamTest, ARawAnswerWithoutATypeIsBytesAndOneWithABadTypeIs502) {
  library_.reply = UnaryReply{absl::OkStatus(), Raw("", "x"), {}};
  Get("/v1/covers/a");
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/octet-stream")));
  for (const std::string& bad : {Raw("text/plain\r\nset-cookie: a=b", "x"), std::string("\xFF")}) {
    library_.reply = UnaryReply{absl::OkStatus(), bad, {}};
    Get("/v1/covers/a");
    EXPECT_EQ(Answer().status, 502);
    EXPECT_THAT(Answer().body, HasSubstr("\"service\":\"testdata\""));
  }
}

TEST_F(RestStreamTest, AMemberMayBeTheRawAnswerAndTheWholeRequestTheRawBody) {
  std::string reply;
  AppendRaw("text/plain", "he", 1, reply);
  AppendRaw("", "llo", 1, reply);  // Messages merge: of bytes the last remain.
  library_.reply = UnaryReply{absl::OkStatus(), reply, {}};
  Serve({"POST", "/v1/covers:scan", "", {{"content-type", "image/png"}}, "pixels"});
  EXPECT_EQ(Answer().status, 200) << Answer().body;
  EXPECT_EQ(Answer().body, "llo");
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "text/plain")));
  EXPECT_EQ(contract_.Text("google.api.HttpBody", library_.calls.at(0).message),
            "content_type: \"image/png\" data: \"pixels\"");
}

TEST_F(RestStreamTest, ARawBodyOfAnyTypeIsPutBesideWhatPathAndQuerySay) {
  library_.reply = UnaryReply{};
  Serve({"PUT", "/v1/covers/a", "checksum=c", {{"content-type", "text/plain"}}, "no {json}"});
  EXPECT_EQ(Answer().status, 200) << Answer().body;
  EXPECT_EQ(contract_.Text(kPackage + ".UploadRequest", library_.calls.at(0).message),
            "name: \"covers/a\" file { content_type: \"text/plain\" data: \"no {json}\" } "
            "checksum: \"c\"");
}

TEST_F(RestStreamTest, ARawBodyFallsUnderTheRulesOfWrites) {
  Serve({"PUT", "/v1/covers/a", "", {{"origin", "https://evil.example"}}, "x"});
  EXPECT_EQ(Answer().status, 403);
  EXPECT_THAT(library_.calls, IsEmpty());
}

TEST_F(RestStreamTest, ADownloadIsPassedOnPieceByPieceWithTheFirstType) {
  const auto call = Get("/v1/scans/a:download", {{"accept", "text/html"}});
  Stream().Send(Raw("application/pdf", "%PDF"));
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "application/pdf")));
  EXPECT_EQ(Read(), "%PDF");
  for (int i = 0; i < 5; ++i) Stream().Send(Raw("", std::string(1 << 16, 'x')));
  EXPECT_THAT(Read(), SizeIs(1 << 16));
  EXPECT_THAT(Stream().messages, SizeIs(4));
  Stream().messages.clear();
  Stream().End(absl::OkStatus());
  EXPECT_EQ(Read(), "");
  EXPECT_FALSE(has_more_);
  EXPECT_TRUE(Answer().source->is_whole());
}

TEST_F(RestStreamTest, ADownloadThatFailsIsCutOff) {
  const auto call = Get("/v1/scans/a:download");
  Stream().Send(Raw("text/csv", "a,b\n"));
  Stream().End(absl::DataLossError("bad block"));
  EXPECT_EQ(Read(), "a,b\n");
  EXPECT_FALSE(has_more_);
  EXPECT_FALSE(Answer().source->is_whole());
}

TEST_F(RestStreamTest, ADownloadWhoseFirstMessageIsNoneIs502) {
  const auto call = Get("/v1/scans/a:download");
  Stream().Send("\xFF");
  EXPECT_EQ(Answer().status, 502);
}

TEST_F(RestStreamTest, AnUploadIsTakenAsItComes) {
  EXPECT_TRUE(rest_.TakesBodyAsItComes({"POST", "/v1/scans/a:upload", "", {}, ""}));
  EXPECT_TRUE(rest_.TakesBodyAsItComes({"POST", "/v1/scans:convert", "", {}, ""}));
  EXPECT_FALSE(rest_.TakesBodyAsItComes({"PUT", "/v1/covers/a", "", {}, ""}));
  EXPECT_FALSE(rest_.TakesBodyAsItComes({"GET", "/v1/nothing", "", {}, ""}));

  const auto body = std::make_shared<FakeBody>();
  HttpRequest request{
      "POST", "/v1/scans/a:upload", "checksum=c", {{"content-type", "text/csv"}}, ""};
  request.source = body;
  const auto call = Serve(std::move(request));
  EXPECT_EQ(Relay().call.method, "/transcoding.testdata.v1.Archive/Upload");
  EXPECT_EQ(Relay().call.deadline, absl::InfiniteFuture());
  EXPECT_THAT(Relay().call.metadata, Contains(Pair("content-type", "application/grpc")));
  EXPECT_FALSE(Relay().call.is_repeatable);
  const std::string type = kPackage + ".UploadRequest";
  EXPECT_THAT(Uploaded(type), IsEmpty());
  body->Come("a,b\n");
  EXPECT_EQ(Relay().wakes, 1);
  EXPECT_THAT(Uploaded(type),
              testing::ElementsAre("name: \"scans/a\" file { content_type: \"text/csv\" data: "
                                   "\"a,b\\n\" } checksum: \"c\""));
  body->Come("1,2\n");
  EXPECT_THAT(Uploaded(type), testing::ElementsAre("file { data: \"1,2\\n\" }"));
  body->is_over = true;
  EXPECT_THAT(Uploaded(type), IsEmpty());
  EXPECT_TRUE(Relay().is_body_over);
  EXPECT_TRUE(Relay().call.body->is_whole());
  EXPECT_THAT(connection_->responses, IsEmpty());
  ReplyToRelay(Bytes("Shelf", "name: 'scans/a'"));
  EXPECT_EQ(Answer().status, 200);
  EXPECT_EQ(Answer().body, R"({"name":"scans/a"})");
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p1")));
  EXPECT_THAT(Answer().headers, Not(Contains(Pair("content-type", "application/grpc"))));
}

TEST_F(RestStreamTest, AnUploadHoldsNoMoreThanItsReaderWants) {
  const auto body = std::make_shared<FakeBody>();
  HttpRequest request{"POST", "/v1/scans/a:upload", "", {}, ""};
  request.source = body;
  const auto call = Serve(std::move(request));
  body->coming = std::string(1 << 20, 'x');
  EXPECT_LE(Relay().ReadBody(16 << 10).size(), (16U << 10) + 64);
  EXPECT_LE(Relay().ReadBody(1 << 20).size(), (1U << 20) + 16 * 64);
  EXPECT_LE(body->most_asked, 64U << 10);
  call->Cancel();
}

TEST_F(RestStreamTest, AnEmptyUploadIsOneMessage) {
  const auto call = Serve({"POST", "/v1/scans/a:upload", "", {}, ""});
  EXPECT_THAT(Uploaded(kPackage + ".UploadRequest"),
              testing::ElementsAre("name: \"scans/a\" file { }"));
  EXPECT_TRUE(Relay().is_body_over);
  call->Cancel();
}

TEST_F(RestStreamTest, AnUploadThatIsCutOffIsNotWholeToTheService) {
  const auto body = std::make_shared<FakeBody>();
  HttpRequest request{"POST", "/v1/scans/a:upload", "", {}, ""};
  request.source = body;
  const auto call = Serve(std::move(request));
  body->is_over = body->is_cut = true;
  Relay().ReadBody();
  EXPECT_FALSE(Relay().call.body->is_whole());
  call->Cancel();
  EXPECT_TRUE(Relay().is_dropped);
}

TEST_F(RestStreamTest, AnUploadThatTheServiceRefusesIsAnError) {
  const auto call = Serve({"POST", "/v1/scans/a:upload", "", {}, "x"});
  Relay().End({{{"grpc-status", "8"}, {"grpc-message", "no%20room"}}, absl::OkStatus()});
  EXPECT_EQ(Answer().status, 429);
  EXPECT_THAT(Answer().body, HasSubstr("\"no room\""));
}

TEST_F(RestStreamTest, AnAnswerToAnUploadThatIsNoneIs502) {
  std::string frame;
  AppendEnvelope(0, Bytes("Shelf", ""), frame);
  const struct {
    std::string bytes;
    Headers trailers;
    const char* message;
  } rows[] = {
      {"", {{"grpc-status", "0"}}, "the service sent 0 messages where one is due"},
      {frame + frame, {{"grpc-status", "0"}}, "the service sent 2 messages where one is due"},
      {frame.substr(0, 3), {{"grpc-status", "0"}}, "the service sent a truncated answer"},
      {frame, {}, "the service ended the call without a status"},
      {std::string("\1\0\0\0\0", 5), {{"grpc-status", "0"}}, "compressed its answer unasked"},
  };
  for (const auto& row : rows) {
    library_.on_relay = [&row](FakeRelay& relay) {
      relay.Send(row.bytes);
      relay.End({row.trailers, absl::OkStatus()});
    };
    Serve({"POST", "/v1/scans/a:upload", "", {}, "x"});
    EXPECT_EQ(Answer().status, 502) << row.message;
    EXPECT_THAT(Answer().body, HasSubstr(row.message));
    EXPECT_THAT(Answer().body, HasSubstr("\"service\":\"testdata\""));
  }
}

TEST_F(RestStreamTest, BytesMayGoInAndOutAtTheSameTime) {
  const auto body = std::make_shared<FakeBody>();
  HttpRequest request{"POST", "/v1/scans:convert", "", {{"content-type", "image/png"}}, ""};
  request.source = body;
  const auto call = Serve(std::move(request));
  body->Come("in");
  EXPECT_THAT(Uploaded("google.api.HttpBody"),
              testing::ElementsAre("content_type: \"image/png\" data: \"in\""));
  std::string frame;
  AppendEnvelope(0, Raw("image/gif", "out"), frame);
  Relay().Head({{"corridor-version", "p1"}, {"x-secret", "s"}});
  Relay().Send(frame);
  EXPECT_THAT(Answer().headers, Contains(Pair("content-type", "image/gif")));
  EXPECT_THAT(Answer().headers, Contains(Pair("corridor-version", "p1")));
  EXPECT_THAT(Answer().headers, Not(Contains(Key("x-secret"))));
  EXPECT_EQ(Read(), "out");
  EXPECT_TRUE(has_more_);
  Relay().End({{{"grpc-status", "0"}}, absl::OkStatus()});
  EXPECT_EQ(Read(), "");
  EXPECT_FALSE(has_more_);
}

}  // namespace
}  // namespace corridor::gateway
