// The contract of the dialect gRPC-Web, against services that answer as a test says.
#include "gateway/dialects/grpc_web.h"

#include "gateway/dialects/grpc_fixture.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kBinary[] = "application/grpc-web+proto";
constexpr char kText[] = "application/grpc-web-text+proto";
constexpr size_t kPiece = 64 << 10;

// The frame that ends an answer.
std::string TrailersFrame(const std::string& lines) {
  std::string frame = Frame(lines);
  frame[0] = '\x80';
  return frame;
}

class GrpcWebTest : public GrpcTest {
 protected:
  HttpResponse Answer(HttpRequest request) {
    connection_->responses.clear();
    Serve(web_, std::move(request))->Finish(0, true);
    return Response();
  }
  // Of a text in padded pieces.
  static std::string Decoded(const std::string& text) {
    std::string out;
    size_t begin = 0;
    while (begin < text.size()) {
      size_t end = text.find('=', begin);
      while (end < text.size() && text[end] == '=') ++end;
      end = std::min(end, text.size());
      std::string piece;
      EXPECT_TRUE(absl::Base64Unescape(text.substr(begin, end - begin), &piece));
      out += piece;
      begin = end;
    }
    return out;
  }

  GrpcWeb web_{Parts()};
};

TEST_F(GrpcWebTest, TheAnswerEndsWithItsTrailersInEitherFormAndVersion) {
  memberstates_.on_relay = [](FakeRelay& relay) {
    relay.Head({{"content-type", "application/grpc"}, {"corridor-version", "v"}});
    relay.Send(Frame("one") + Frame("two"));
    relay.End({{{"grpc-status", "0"}, {"x-bin", "AAE"}}, {}});
  };
  const std::string binary =
      Frame("one") + Frame("two") + TrailersFrame("grpc-status:0\r\nx-bin:AAE\r\n");
  struct Case {
    std::string type;
    std::string accept;
    std::string answered;
  };
  const Case cases[] = {
      {kBinary, "", kBinary},    {"application/grpc-web", "", "application/grpc-web"},
      {kText, "", kText},        {kText, kText, kText},
      {kBinary, kText, kText},   {kText, "application/grpc-web", "application/grpc-web"},
      {kBinary, "*/*", kBinary}, {"Application/GRPC-Web+proto; charset=utf-8", "", kBinary},
  };
  for (const Case& c : cases) {
    for (const bool is_http2 : {false, true}) {
      const bool is_asked_in_text = c.type == kText;
      HttpRequest request =
          Post(kGet, c.type, is_asked_in_text ? absl::Base64Escape(Frame("ask")) : Frame("ask"));
      request.is_http2 = is_http2;
      if (!c.accept.empty()) request.headers.emplace_back("accept", c.accept);
      EXPECT_TRUE(web_.TakesBodyAsItComes(request));
      const HttpResponse response = Answer(request);
      EXPECT_EQ(memberstates_.relays.back()->ReadBody(), Frame("ask"));
      EXPECT_THAT(memberstates_.relays.back()->call.metadata,
                  Contains(Pair("content-type", "application/grpc+proto")));
      EXPECT_EQ(response.status, 200);
      EXPECT_EQ(HeaderOf(response.headers, "content-type"), c.answered);
      EXPECT_EQ(HeaderOf(response.headers, "corridor-version"), "v");
      std::string bytes;
      EXPECT_FALSE(response.source->Read(bytes, kPiece));
      EXPECT_THAT(response.source->TakeTrailers(), IsEmpty());
      EXPECT_EQ(c.answered == kText ? Decoded(bytes) : bytes, binary);
    }
  }
}

TEST_F(GrpcWebTest, TextComesAndGoesInPiecesThatArePaddedEach) {
  HttpRequest request = Post(kWatch, kText, "");
  const auto body = std::make_shared<GrowingBody>();
  request.source = body;
  const auto call = Serve(web_, request);
  FakeRelay& relay = *memberstates_.relays[0];
  const std::string ask = Frame("ask");
  body->Add(absl::Base64Escape(ask.substr(0, 4)));
  EXPECT_EQ(relay.ReadBody(), ask.substr(0, 4));
  body->Add(absl::Base64Escape(ask.substr(4)).substr(0, 3));
  body->Add(absl::Base64Escape(ask.substr(4)).substr(3));
  body->End();
  EXPECT_EQ(relay.ReadBody(), ask.substr(4));
  EXPECT_TRUE(relay.is_body_over);

  relay.Head({});
  const std::shared_ptr<BodySource> source = Response().source;
  source->Start([] {});
  std::string text;
  for (const std::string message : {"a", "bc", "def"}) {
    relay.Send(Frame(message));
    std::string piece;
    EXPECT_TRUE(source->Read(piece, kPiece));
    EXPECT_EQ(Decoded(piece), Frame(message));
    text += piece;
  }
  relay.Send(std::string(100'000, 'x'));
  std::string piece;
  EXPECT_TRUE(source->Read(piece, kPiece));
  EXPECT_LE(piece.size(), kPiece);
  EXPECT_GE(piece.size(), kPiece - 4);
}

TEST_F(GrpcWebTest, TextThatIsMalformedIsNotAWholeBody) {
  const auto call = Serve(web_, Post(kGet, kText, "AAAA*"));
  FakeRelay& relay = *memberstates_.relays[0];
  relay.ReadBody();
  EXPECT_TRUE(relay.is_body_over);
  EXPECT_FALSE(relay.call.body->is_whole());
}

TEST_F(GrpcWebTest, AnErrorWithoutAnswerIsAFrameInTheBody) {
  memberstates_.on_relay = [](FakeRelay& relay) {
    relay.End({{{"grpc-status", "5"}, {"grpc-message", "no"}}, {}});
  };
  const std::string frame = TrailersFrame("grpc-status:5\r\ngrpc-message:no\r\n");
  HttpResponse response = Answer(Post(kGet, kBinary));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, frame);
  EXPECT_EQ(HeaderOf(response.headers, "content-type"), kBinary);
  response = Answer(Post(kGet, kText, ""));
  EXPECT_EQ(response.body, absl::Base64Escape(frame));
  EXPECT_EQ(log_.lines.back(), std::string("POST ") + kGet + " NOT_FOUND");
}

TEST_F(GrpcWebTest, WhatIsRefusedHereIsSaidInTheSameForm) {
  struct Case {
    std::string path;
    std::string type;
    std::string body;  // Of the answer, a part.
  };
  const Case cases[] = {
      {"/no.Such/Method", kBinary, "grpc-status:12\r\ngrpc-message:there is no method /no.Such"},
      {kGet, "application/grpc-web+json", "grpc-status:12\r\ngrpc-message:Content-Type: \"appl"},
      {kElsewhere, kBinary, "grpc-status:14\r\n"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Answer(Post(c.path, c.type)).body, HasSubstr(c.body)) << c.path;
  }
  HttpRequest get = Post(kGet, kBinary);
  get.method = "GET";
  EXPECT_FALSE(web_.TakesBodyAsItComes(get));
  EXPECT_EQ(Answer(get).status, 405);
  const HttpResponse refusal = web_.Refusal(Post(kGet, kText), {413, "TOO_LARGE", "no", {}});
  EXPECT_EQ(refusal.status, 200);
  EXPECT_THAT(Decoded(refusal.body), HasSubstr("grpc-status:8\r\ngrpc-message:no\r\n"));
}

TEST_F(GrpcWebTest, HeadersOfBrowsersAreNotMetadata) {
  HttpRequest request = Post(kGet, kBinary);
  request.headers.insert(request.headers.end(), {{"accept", "*/*"},
                                                 {"accept-language", "hy"},
                                                 {"origin", "http://localhost"},
                                                 {"referer", "http://localhost/"},
                                                 {"x-grpc-web", "1"},
                                                 {"x-user-agent", "grpc-web-javascript/0.1"}});
  const auto call = Serve(web_, request);
  const Headers& metadata = memberstates_.relays[0]->call.metadata;
  EXPECT_THAT(metadata, SizeIs(4));
  EXPECT_THAT(metadata, Contains(Pair("x-user-agent", "grpc-web-javascript/0.1")));
}

TEST_F(GrpcWebTest, TheGatewaysOwnStreamIsAnsweredToo) {
  const auto call = Serve(web_, Post(kOwnStream, kBinary));
  own_stream_.Send("one");
  const std::shared_ptr<BodySource> source = Response().source;
  source->Start([] {});
  std::string bytes;
  EXPECT_TRUE(source->Read(bytes, kPiece));
  EXPECT_EQ(bytes, Frame("one"));
  source->Drain();
  bytes.clear();
  EXPECT_FALSE(source->Read(bytes, kPiece));
  EXPECT_THAT(bytes, HasSubstr("grpc-status:14\r\n"));
}

}  // namespace
}  // namespace corridor::gateway
