// Clients who ask for much and stop reading, in every dialect and over both versions of HTTP, and
// some who stop sending: what each holds in the gateway is bounded, and others are answered
// meanwhile. CORRIDOR_READERS is how many there are (1,000 without it).
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/raw_connection.h"
#include "tests/e2e/suite.h"
#include "tests/fault/bystanders.h"
#include "tests/fault/http2_frames.h"
#include "tests/fault/number_of.h"
#include "tests/fault/raw_http2.h"
#include "tests/fault/resident_memory.h"

namespace corridor::e2e {
namespace {

using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr size_t kAnswers = 50;
// HTTP/2's own window of a stream, which none of the readers widens.
constexpr int64_t kWindowBytes = (64 << 10) - 1;
// What a reader may hold in the gateway: its window, and one piece of as much.
constexpr int64_t kBytesOfAReader = 128 << 10;
// Connections, the compression tables of each, the bystanders.
constexpr int64_t kSlackBytes = 32 << 20;
constexpr size_t kReadersOfAConnection = 100;
constexpr size_t kReadersAtOnce = 10;

// Areas of which one page, and whose commits, are much more than that.
constexpr size_t kCommits = 8;
constexpr size_t kAreasOfACommit = 1000;
constexpr size_t kIdBytes = 60;
constexpr size_t kDescriptionBytes = 1500;

constexpr char kListAreas[] = "/corridor.memberstates.v1.Areas/ListAreas";
constexpr char kResolveAreas[] = "/corridor.memberstates.v1.Areas/ResolveAreas";
constexpr char kWatchChanges[] = "/corridor.gateway.v1.Changes/WatchChanges";
constexpr char kResolve[] = "/v1/areas:resolve";
constexpr char kChanges[] = "/v1/changes?since=0";

std::string Area(const std::string& id, const std::string& description) {
  return absl::StrCat(R"({"areaId":")", id, R"(","area":{"kind":"GROUP","displayName":")", "Area",
                      R"(","description":")", description,
                      R"(","citations":[{"source":"TEST","kind":"INFERRED","claimant":"test",)",
                      R"("title":"t","reasoning":"r"}]}})");
}

void CreateAreas(HttpClient client) {
  const auto create = [&client](const std::vector<std::string>& areas) {
    const HttpResponse response =
        client.SendJson("POST", "/v1/areas:batchCreate",
                        absl::StrCat(R"({"requests":[)", absl::StrJoin(areas, ","), "]}"));
    ASSERT_EQ(response.status, 200) << response.transport_error << response.body;
  };
  ASSERT_NO_FATAL_FAILURE(create({Area("ARM", "for bystanders")}));
  const std::string description(kDescriptionBytes, 'd');
  for (size_t commit = 0; commit < kCommits; ++commit) {
    std::vector<std::string> areas;
    for (size_t i = 0; i < kAreasOfACommit; ++i) {
      std::string id = absl::StrCat("A", commit, "_", i, "_");
      id.resize(kIdBytes, 'A');
      areas.push_back(Area(id, description));
    }
    ASSERT_NO_FATAL_FAILURE(create(areas));
  }
}

// A message as gRPC frames it, and Connect's streams.
std::string Framed(const std::string& message) {
  return absl::StrCat(std::string(4, '\0'), std::string(1, static_cast<char>(message.size())),
                      message);
}
// WatchChangesRequest{since: "0"}
std::string SinceTheBeginning() { return Framed("\x0a\x01\x30"); }

// Of a megabyte 16 KB.
std::string BegunMessage() {
  return absl::StrCat(std::string("\0\0\x10\0\0", 5), std::string(16'000, 'u'));
}

std::string Post(uint32_t stream, const std::string& method, const std::string& type,
                 const std::string& body, uint8_t flags = kEndStream) {
  return absl::StrCat(
      Written({FrameType::kHeaders, kEndHeaders, stream,
               RequestBlock("POST", method, {{"te", "trailers"}, {"content-type", type}})}),
      Written({FrameType::kData, flags, stream, body}));
}

std::string Read(uint32_t stream, const std::string& target, const std::string& accept) {
  return Written({FrameType::kHeaders, kEndHeaders | kEndStream, stream,
                  RequestBlock("GET", target, {{"accept", accept}})});
}

// A kind of reader over HTTP/2.
struct Form {
  std::string name;
  size_t share;  // Of 100 readers.
  std::function<std::string(uint32_t stream)> request;
  bool is_upload = false;
};

std::vector<Form> Http2Forms() {
  return {
      {"gRPC", 25, [](uint32_t s) { return Post(s, kListAreas, "application/grpc", Framed("")); }},
      {"gRPC-Web", 15,
       [](uint32_t s) { return Post(s, kListAreas, "application/grpc-web+proto", Framed("")); }},
      {"gRPC-Web as text", 10,
       [](uint32_t s) { return Post(s, kListAreas, "application/grpc-web-text", "AAAAAAA="); }},
      {"gRPC of the gateway's own", 5,
       [](uint32_t s) { return Post(s, kWatchChanges, "application/grpc", SinceTheBeginning()); }},
      {"Connect", 5,
       [](uint32_t s) {
         return Post(s, kWatchChanges, "application/connect+proto", SinceTheBeginning());
       }},
      {"lines of JSON", 4, [](uint32_t s) { return Read(s, kChanges, "application/x-ndjson"); }},
      {"events", 3, [](uint32_t s) { return Read(s, kChanges, "text/event-stream"); }},
      {"a JSON array", 3, [](uint32_t s) { return Read(s, kChanges, "application/json"); }},
      {"gRPC upload", 4,
       [](uint32_t s) { return Post(s, kResolveAreas, "application/grpc", BegunMessage(), 0); },
       true},
      {"gRPC-Web upload", 2,
       [](uint32_t s) {
         return Post(s, kResolveAreas, "application/grpc-web+proto", BegunMessage(), 0);
       },
       true},
      {"Connect upload", 2,
       [](uint32_t s) {
         return Post(s, kWatchChanges, "application/connect+proto", BegunMessage(), 0);
       },
       true},
      {"JSON upload", 2,
       [](uint32_t s) { return Post(s, kResolve, "application/json", BegunMessage(), 0); }, true},
  };
}

// Likewise over HTTP/1.1, where each has a connection of its own.
struct Http1Form {
  std::string name;
  size_t share;
  std::string request;
  bool is_upload = false;
};

std::vector<Http1Form> Http1Forms() {
  const auto get = [](const std::string& accept) {
    return absl::StrCat("GET ", kChanges, " HTTP/1.1\r\nHost: localhost\r\nAccept: ", accept,
                        "\r\n\r\n");
  };
  const std::string body = Framed("");
  return {
      {"events", 3, get("text/event-stream")},
      {"lines of JSON", 2, get("application/x-ndjson")},
      {"JSON upload", 2,
       absl::StrCat("POST ", kResolve, " HTTP/1.1\r\nHost: localhost\r\n",
                    "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n",
                    BegunMessage()),
       true},
      {"gRPC-Web", 13,
       absl::StrCat("POST ", kListAreas, " HTTP/1.1\r\nHost: localhost\r\n",
                    "Content-Type: application/grpc-web+proto\r\nContent-Length: ", body.size(),
                    "\r\n\r\n", body)},
  };
}

// Readers of one form on connections of their own. They read what HTTP/2 lets come, and give no
// window for more.
class Http2Readers {
 public:
  explicit Http2Readers(Form form) : form_(std::move(form)) {}

  // Returns when so many have used up their windows. They come a few at a time: this is not about
  // what the service can do at once.
  void Begin(const std::string& address, size_t count) {
    SCOPED_TRACE(form_.name);
    for (size_t made = 0; made < count; made += kReadersAtOnce) {
      if (made % kReadersOfAConnection == 0) {
        connections_.push_back(
            {std::make_unique<RawHttp2>(address, Settings() + WindowUpdate(0, 1 << 30)), 0});
      }
      Connection& connection = connections_.back();
      for (size_t i = made; i < std::min(count, made + kReadersAtOnce); ++i) {
        connection.http2->Send(form_.request(StreamOf(connection.readers++)));
      }
      const absl::Time limit = absl::Now() + kPatience;
      while (!form_.is_upload && !IsStalled(connection)) {
        ASSERT_LT(absl::Now(), limit) << connection.Bytes();
        ASSERT_FALSE(connection.http2->has_ended());
        connection.http2->ReadSome(limit);
      }
    }
  }

  void ExpectStillThere() {
    SCOPED_TRACE(form_.name);
    for (Connection& connection : connections_) {
      connection.http2->Read(absl::InfinitePast());
      EXPECT_FALSE(connection.http2->is_cut_off());
      for (const auto& [stream, answer] : connection.http2->answers()) {
        EXPECT_FALSE(answer.reset || answer.is_whole) << stream;
      }
    }
  }

 private:
  struct Connection {
    std::unique_ptr<RawHttp2> http2;
    size_t readers;

    std::string Bytes() const {
      std::string text;
      for (const auto& [stream, answer] : http2->answers()) {
        absl::StrAppend(&text, answer.data_bytes, " ");
      }
      return text;
    }
  };

  // Fails the test when one has an answer that is at its end.
  static bool IsStalled(Connection& connection) {
    for (size_t i = 0; i < connection.readers; ++i) {
      const RawHttp2::Answer& answer = connection.http2->answers()[StreamOf(i)];
      EXPECT_FALSE(answer.reset || answer.is_whole)
          << i << ": " << answer.data_bytes << " bytes, " << answer.head;
      if (answer.data_bytes < kWindowBytes && !answer.reset && !answer.is_whole) return false;
    }
    return true;
  }

  Form form_;
  std::vector<Connection> connections_;
};

// Readers of one form, which read the first bytes of the answer.
class Http1Readers {
 public:
  explicit Http1Readers(Http1Form form) : form_(std::move(form)) {}

  // Returns when so many have an answer that has begun; there is none to uploads. They come a few
  // at a time, likewise.
  void Begin(const std::string& address, size_t count) {
    constexpr size_t kFirstBytes = 512;
    SCOPED_TRACE(form_.name);
    for (size_t made = 0; made < count; made += kReadersAtOnce) {
      for (size_t i = made; i < std::min(count, made + kReadersAtOnce); ++i) {
        connections_.emplace_back(address, RawOptions{.holds_little = true});
        connections_.back().Send(form_.request, absl::Now() + kPatience);
      }
      for (size_t i = made; !form_.is_upload && i < connections_.size(); ++i) {
        ASSERT_TRUE(connections_[i].Receive(absl::Now() + kPatience, kFirstBytes));
        ASSERT_TRUE(absl::StartsWith(connections_[i].received(), "HTTP/1.1 200 "))
            << connections_[i].received();
      }
    }
  }

 private:
  Http1Form form_;
  std::vector<RawConnection> connections_;
};

TEST(SlowReadersTest, EachHoldsItsWindowAndAPieceAndSlowsNobodyDown) {
  const auto readers = static_cast<size_t>(NumberOf("CORRIDOR_READERS", 1000));
  Suite suite({"memberstates"},
              {.default_data = false,
               .gateway_options = {"--loops=1", "--max-streams=5000", "--write-timeout=1h",
                                   "--body-timeout=1h", "--request-timeout=1h"}});
  ASSERT_NO_FATAL_FAILURE(CreateAreas(suite.Client()));
  const std::string address = suite.address("gateway");
  Bystanders bystanders(address);
  bystanders.AwaitAnswers(kAnswers);
  const ResidentMemory memory(suite.pid("gateway"));

  const auto count = [readers](size_t share) { return std::max<size_t>(readers * share / 100, 1); };
  std::vector<Http2Readers> http2;
  for (Form& form : Http2Forms()) {
    const size_t count_of_form = count(form.share);
    http2.emplace_back(std::move(form));
    ASSERT_NO_FATAL_FAILURE(http2.back().Begin(address, count_of_form));
  }
  std::vector<Http1Readers> http1;
  for (Http1Form& form : Http1Forms()) {
    const size_t count_of_form = count(form.share);
    http1.emplace_back(std::move(form));
    ASSERT_NO_FATAL_FAILURE(http1.back().Begin(address, count_of_form));
  }

  bystanders.AwaitAnswers(kAnswers);
  for (Http2Readers& of_one_form : http2) of_one_form.ExpectStillThere();
  EXPECT_THAT(bystanders.Failures(), IsEmpty());
  const int64_t growth = memory.growth();
  std::cout << readers << " readers: " << growth / static_cast<int64_t>(readers)
            << " bytes of the gateway's memory each" << std::endl;
  EXPECT_LE(growth, static_cast<int64_t>(readers) * kBytesOfAReader + kSlackBytes);
}

}  // namespace
}  // namespace corridor::e2e
