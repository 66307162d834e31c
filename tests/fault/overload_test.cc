// A service that does not come along with what it is asked: what is too much for it is turned away
// at once, a client that asks for little is not, other services are answered as ever, and all that
// was let in is answered in the end.
#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/e2e/suite.h"
#include "tests/fault/http2_frames.h"
#include "tests/fault/raw_http2.h"

namespace corridor::e2e {
namespace {

constexpr char kStuck[] = "/v1/indicators/POV_2USD";
constexpr char kOther[] = "/v1/areas/ARM";
constexpr size_t kConnections = 40;
constexpr size_t kCallsOfAConnection = 100;
// As many as a loop lets in at first. Beside these, each connection may have its share.
constexpr size_t kLetIn = 1000;
constexpr absl::Duration kPatience = absl::Seconds(30);

using Crowd = std::vector<std::unique_ptr<RawHttp2>>;

size_t Count(Crowd& crowd, bool (*is_counted)(const RawHttp2::Answer&)) {
  size_t count = 0;
  for (const auto& connection : crowd) {
    for (const auto& [stream, answer] : connection->answers()) count += is_counted(answer) ? 1 : 0;
  }
  return count;
}
bool IsWhole(const RawHttp2::Answer& answer) { return answer.is_whole; }
bool IsGood(const RawHttp2::Answer& answer) { return answer.is_whole && answer.is_200(); }
bool IsTurnedAway(const RawHttp2::Answer& answer) { return answer.is_whole && !answer.is_200(); }

// Reads until so many are counted.
void Await(Crowd& crowd, size_t count, bool (*is_counted)(const RawHttp2::Answer&)) {
  const absl::Time end = absl::Now() + kPatience;
  while (Count(crowd, is_counted) < count) {
    ASSERT_LT(absl::Now(), end) << Count(crowd, is_counted) << " of " << count;
    for (const auto& connection : crowd) {
      connection->Read(absl::Now());
    }
  }
}

TEST(OverloadTest, WhatIsTooMuchIsTurnedAwayAtOnceAndTheRestAnswered) {
  Suite suite({"memberstates", "indicators"},
              {.gateway_options = {"--loops=1", "--request-timeout=10m", "--ping-after=10m",
                                   "--response-cache-bytes=0"}});
  HttpClient other = suite.Client();
  suite.Suspend("indicators");

  Crowd crowd;
  for (size_t i = 0; i < kConnections; ++i) {
    // Windows for all answers at once.
    crowd.push_back(std::make_unique<RawHttp2>(
        suite.address("gateway"),
        Settings({{kSettingWindow, 1 << 24}}) + WindowUpdate(0, 1 << 24)));
    for (size_t call = 0; call < kCallsOfAConnection; ++call) {
      crowd.back()->Send(Get(StreamOf(call), kStuck));
    }
  }
  const size_t all = kConnections * kCallsOfAConnection;
  Await(crowd, kLetIn, &IsTurnedAway);

  HttpResponse modest;
  std::thread asks_once([&] { modest = suite.Client().Get(kStuck); });
  EXPECT_EQ(other.Get(kOther).status, 200);

  suite.Resume("indicators");
  asks_once.join();
  EXPECT_EQ(modest.status, 200) << modest.transport_error << modest.body;
  Await(crowd, all, &IsWhole);
  EXPECT_GE(Count(crowd, &IsGood), kLetIn);
  EXPECT_EQ(suite.Client().Get(kStuck).status, 200);
}

}  // namespace
}  // namespace corridor::e2e
