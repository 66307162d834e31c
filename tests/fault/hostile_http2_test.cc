// Attackers over HTTP/2, with frames written by hand: each is cut off, in bounded memory, and
// others are answered all the while.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/raw_connection.h"
#include "tests/e2e/suite.h"
#include "tests/fault/bystanders.h"
#include "tests/fault/floods.h"
#include "tests/fault/http2_frames.h"
#include "tests/fault/raw_http2.h"
#include "tests/fault/resident_memory.h"

namespace corridor::e2e {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(30);
// Of the gateway here: for a head, a body, an answer to be taken, and between requests.
constexpr absl::Duration kTimeout = absl::Seconds(2);
// How often an attacker does a little, so as not to seem idle.
constexpr absl::Duration kDrip = absl::Milliseconds(20);
// Answers that each bystander gets while an attack is made again and again, and after each time.
constexpr size_t kAnswers = 20;
constexpr size_t kAnswersAfterEach = 5;
constexpr int64_t kBoundBytes = 32 << 20;

constexpr uint32_t kStreams = 40;

absl::Time InPatience() { return absl::Now() + kPatience; }

class HostileHttp2Test : public ::testing::Test {
 protected:
  // One loop: whatever holds it up holds up everybody.
  static void SetUpTestSuite() {
    std::vector<std::string> options = {"--loops=1"};
    for (const char* name : {"head", "body", "write", "idle"}) {
      options.push_back(absl::StrCat("--", name, "-timeout=", absl::FormatDuration(kTimeout)));
    }
    suite = new Suite({"memberstates"}, {.gateway_options = options});
    Bystanders warmed_up(suite->address("gateway"));
    warmed_up.AwaitAnswers(kAnswers);
  }
  static void TearDownTestSuite() { delete std::exchange(suite, nullptr); }

  static std::string address() { return suite->address("gateway"); }

  // Makes `attack` until the bystanders have had their answers, and judges what it did to them and
  // to the gateway.
  void ExpectHarmless(const std::function<void()>& attack, int64_t bound = kBoundBytes) {
    const ResidentMemory memory(suite->pid("gateway"));
    const Bystanders bystanders(address());
    do {
      attack();
      bystanders.AwaitAnswers(kAnswersAfterEach);
    } while (!HasFailure() && bystanders.answered() < kAnswers);
    EXPECT_LE(memory.growth(), bound);
    EXPECT_THAT(bystanders.Failures(), IsEmpty());
  }

  static Suite* suite;
};
Suite* HostileHttp2Test::suite = nullptr;

void Make(const Flood& flood, const std::string& address) {
  const absl::Time limit = InPatience();
  const auto attackers = Attack(address, flood, [limit] { return absl::Now() < limit; });
  for (const auto& attacker : attackers) ASSERT_TRUE(attacker->is_cut_off());
  for (const auto& attacker : attackers) {
    attacker->ReadToTheEnd();
    EXPECT_TRUE(attacker->has_ended());
    ASSERT_TRUE(attacker->goaway().has_value());
    EXPECT_THAT(flood.codes, Contains(*attacker->goaway()));
  }
}

TEST_F(HostileHttp2Test, AFloodIsCutOff) {
  for (const Flood& flood : Floods()) {
    SCOPED_TRACE(flood.name);
    ExpectHarmless([&] { Make(flood, address()); });
  }
}

// What the gateway says in answer to a flood would be kept for who does not read it.
TEST_F(HostileHttp2Test, AFloodOfWhoDoesNotReadIsCutOff) {
  ExpectHarmless([&] {
    const std::vector<Flood> floods = Floods();
    std::vector<RawConnection> attackers;
    for (const Flood& flood : floods) {
      attackers.emplace_back(address(), RawOptions{.holds_little = true});
      attackers.back().Send(absl::StrCat(std::string(kHttp2Preface), flood.opening), InPatience());
    }
    const absl::Time limit = InPatience();
    bool is_any_left = true;
    for (size_t i = 0; is_any_left && absl::Now() < limit; ++i) {
      is_any_left = false;
      for (size_t a = 0; a < attackers.size(); ++a) {
        is_any_left |= attackers[a].Send(floods[a].frames(i), absl::Now() + kDrip);
      }
    }
    for (size_t a = 0; a < attackers.size(); ++a) {
      EXPECT_TRUE(attackers[a].has_ended()) << floods[a].name;
    }
  });
}

// --- Attackers who are slow, all at once.

struct Slow {
  std::string name;
  std::string opening;
  std::function<std::string(size_t)> drip;  // For 0, 1, 2, …, every kDrip.
  std::optional<uint32_t> goaway = kNoError;
};

// Makes `attacks` until each has ended, which is not before the timeout; answers the attackers.
std::vector<std::unique_ptr<RawHttp2>> Make(const std::vector<Slow>& attacks,
                                            const std::string& address) {
  const absl::Time began = absl::Now();
  std::vector<std::unique_ptr<RawHttp2>> attackers;
  attackers.reserve(attacks.size());
  for (const Slow& attack : attacks) {
    attackers.push_back(std::make_unique<RawHttp2>(address, attack.opening));
  }
  size_t left = attackers.size();
  for (size_t i = 0; left > 0 && absl::Now() < began + kPatience; ++i) {
    const absl::Time next = absl::Now() + kDrip;
    left = 0;
    for (size_t a = 0; a < attackers.size(); ++a) {
      if (attackers[a]->has_ended()) continue;
      attackers[a]->Send(attacks[a].drip(i));
      attackers[a]->Read(left == 0 ? next : absl::InfinitePast());
      ++left;
      if (!attackers[a]->has_ended()) continue;
      // The gateway's clock is another one than the wall's.
      EXPECT_GE(absl::Now() - began, 0.9 * kTimeout) << attacks[a].name;
      EXPECT_EQ(attackers[a]->goaway(), attacks[a].goaway) << attacks[a].name;
    }
  }
  EXPECT_EQ(left, 0);
  return attackers;
}

std::function<std::string(size_t)> Nothing() {
  return [](size_t) { return ""; };
}
// All but the last.
std::function<std::string(size_t)> ByteByByte(std::string bytes) {
  return [bytes = std::move(bytes)](size_t i) {
    return i + 1 < bytes.size() ? bytes.substr(i, 1) : "";
  };
}

TEST_F(HostileHttp2Test, RequestsThatComeByteByByteAreCutOff) {
  const std::string head = RequestBlock("GET", kSmallAnswer);
  const std::string long_field = HeaderBlock({{"slow", std::string(10'000, 's')}});
  // Its head at once: nghttp2 counts the pieces in which that comes as so many CONTINUATIONs.
  const std::string continuation = Written({FrameType::kContinuation, 0, 1, long_field});
  const std::string upload = Settings() + Upload();
  const std::string body = Written({FrameType::kData, 0, 1, std::string(10'000, ' ')});
  ExpectHarmless([&] {
    Make({{"nothing after the preface", "", Nothing(), kSettingsTimeout},
          {"the first frame", "",
           ByteByByte(
               Settings(std::vector<std::pair<uint16_t, uint32_t>>(30, {kSettingWindow, 1000}))),
           kSettingsTimeout},
          {"nothing after the first frame", Settings(), Nothing()},
          {"a frame that does not begin", Settings(), ByteByByte(std::string(9, '\0'))},
          {"a header block", Settings(),
           ByteByByte(Begun(1, kEndStream | kEndHeaders, head + long_field)), kEnhanceYourCalm},
          {"a header block that goes on",
           Settings() + Begun(1, kEndStream, head) + continuation.substr(0, kFrameHeadBytes),
           ByteByByte(continuation.substr(kFrameHeadBytes)), kEnhanceYourCalm},
          // The stream ends with 408, and then the connection is idle.
          {"a body", upload, ByteByByte(body)},
          {"a body of which nothing comes", upload, Nothing()}},
         address());
  });
}

TEST_F(HostileHttp2Test, AnswersThatAreNotTakenAreGivenUp) {
  std::string requests;
  for (size_t i = 0; i < kStreams; ++i) requests += Get(StreamOf(i), kBigAnswer);
  const std::string without_window = Settings({{kSettingWindow, 0}}) + requests;
  const auto bytes = [](const std::string& drip) { return [drip](size_t) { return drip; }; };
  // As many answers wait, each made of a message, before it shows that nobody takes them.
  constexpr int64_t kAttacks = 4;
  HttpClient client(absl::StrCat("http://", address()));
  const auto size = static_cast<int64_t>(client.Get(kBigAnswer).body.size());
  ExpectHarmless(
      [&] {
        for (const auto& attacker :
             Make({{"no window of streams", without_window, Nothing()},
                   {"no window of streams, but a sign of life", without_window, bytes(Ping())},
                   {"no window of the connection", Settings({{kSettingWindow, 1 << 20}}) + requests,
                    Nothing()},
                   {"a window byte by byte", without_window, bytes(WindowUpdate(1, 1))}},
                  address())) {
          ASSERT_EQ(attacker->answers().size(), kStreams);
          for (const auto& [stream, answer] : attacker->answers()) {
            EXPECT_FALSE(answer.is_whole) << stream;
            EXPECT_EQ(answer.reset, kCancel) << stream;
          }
        }
      },
      kBoundBytes + 2 * kAttacks * int64_t{kStreams} * size);
}

}  // namespace
}  // namespace corridor::e2e
