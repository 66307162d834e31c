// Clients over HTTP/1.1 who take their time, to keep the gateway from others: each is cut off at
// its timeout, and others are answered all the while.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http/test_certificate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/raw_connection.h"
#include "tests/e2e/suite.h"
#include "tests/fault/bystanders.h"
#include "tests/fault/resident_memory.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr absl::Duration kPatience = absl::Seconds(60);
// Of the gateway here, each of them.
constexpr absl::Duration kTimeout = absl::Seconds(2);
// How often each of them does a little.
constexpr absl::Duration kDrip = absl::Milliseconds(50);
constexpr size_t kClientsOfEach = 60;
constexpr size_t kAnswers = 20;
constexpr int64_t kBoundBytes = 64 << 20;

struct Slow {
  std::string name;
  std::string opening;
  std::string drip;    // A byte of it at a time; the last one never.
  std::string answer;  // What it begins with; empty: closed without a word.
  std::string reason = {};
};

// A head that is long in coming.
std::string LongHead() {
  return absl::StrCat("GET /v1/areas/ARM HTTP/1.1\r\nHost: localhost\r\nX: ",
                      std::string(10'000, 'x'));
}

std::vector<Slow> SlowRequests() {
  const std::string write =
      "POST /v1/areas:resolve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const std::string coded = absl::StrCat(write, "Transfer-Encoding: chunked\r\n\r\n");
  const std::string head_timeout = "HEAD_TIMEOUT", body_timeout = "BODY_TIMEOUT";
  const std::string timed_out = "HTTP/1.1 408 ";
  // A record of a handshake, and the start of what would be a ClientHello of 512 bytes.
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  return {
      {"nothing", "", "", ""},
      {"one byte", "G", "", timed_out, head_timeout},
      {"half a head", "GET /v1/areas/ARM HTTP/1.1\r\nHost: local", "", timed_out, head_timeout},
      {"a head byte by byte", "", LongHead(), timed_out, head_timeout},
      {"empty lines", "", std::string(10'000, '\n'), "HTTP/1.1 400 "},
      {"no body", absl::StrCat(write, "Content-Length: 19\r\n\r\n"), "", timed_out, body_timeout},
      {"a body byte by byte", absl::StrCat(write, "Content-Length: 10000\r\n\r\n"),
       std::string(10'000, ' '), timed_out, body_timeout},
      {"a chunk byte by byte", absl::StrCat(coded, "2710\r\n"), std::string(10'000, ' '), timed_out,
       body_timeout},
      {"an extension byte by byte", coded, absl::StrCat("1;", std::string(250, 'e')), timed_out,
       body_timeout},
      {"trailers byte by byte", absl::StrCat(coded, "0\r\n"),
       absl::StrCat("a: ", std::string(10'000, 't')), timed_out, body_timeout},
      {"nothing after an answer", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "",
       "HTTP/1.1 200 "},
      {"half a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", "", ""},
      {"half a handshake of TLS", hello, "", ""},
      {"a handshake of TLS byte by byte", hello, std::string(501, '\x01'), ""},
  };
}

class SlowlorisTest : public ::testing::Test {
 protected:
  // One loop: whatever holds it up holds up everybody.
  static void SetUpTestSuite() {
    folder = new TempDir;
    gateway::WriteTestCertificate(folder->path(), "localhost");
    std::vector<std::string> options = {
        "--loops=1", absl::StrCat("--tls-certificate=", folder->File("certificate.pem")),
        absl::StrCat("--tls-key=", folder->File("key.pem"))};
    for (const char* name : {"head", "body", "write", "idle"}) {
      options.push_back(absl::StrCat("--", name, "-timeout=", absl::FormatDuration(kTimeout)));
    }
    suite = new Suite({"memberstates"}, {.gateway_options = options});
    Bystanders warmed_up(address());
    warmed_up.AwaitAnswers(kAnswers);
  }
  static void TearDownTestSuite() {
    delete std::exchange(suite, nullptr);
    delete std::exchange(folder, nullptr);
  }

  static std::string address() { return suite->address("gateway"); }

  // Makes `attack`, and judges what it did to others and to the gateway.
  static void ExpectHarmless(const std::function<void()>& attack, int64_t bound = kBoundBytes) {
    const ResidentMemory memory(suite->pid("gateway"));
    const Bystanders bystanders(address());
    attack();
    EXPECT_GE(bystanders.answered(), kAnswers);
    EXPECT_LE(memory.growth(), bound);
    EXPECT_THAT(bystanders.Failures(), IsEmpty());
  }

  static TempDir* folder;
  static Suite* suite;
};
TempDir* SlowlorisTest::folder = nullptr;
Suite* SlowlorisTest::suite = nullptr;

TEST_F(SlowlorisTest, RequestsThatTakeTheirTimeAreCutOff) {
  const std::vector<Slow> attacks = SlowRequests();
  std::vector<std::vector<RawConnection>> clients(attacks.size());
  ExpectHarmless([&] {
    for (size_t a = 0; a < attacks.size(); ++a) {
      for (size_t i = 0; i < kClientsOfEach; ++i) {
        clients[a].emplace_back(address()).Send(attacks[a].opening, absl::Now() + kPatience);
      }
    }
    const absl::Time limit = absl::Now() + kPatience;
    bool is_any_left = true;
    for (size_t turn = 0; is_any_left && absl::Now() < limit; ++turn) {
      const absl::Time next = absl::Now() + kDrip;
      is_any_left = false;
      for (size_t a = 0; a < attacks.size(); ++a) {
        for (RawConnection& client : clients[a]) {
          if (client.has_ended()) continue;
          if (turn + 1 < attacks[a].drip.size()) {
            client.SendSome(attacks[a].drip.substr(turn, 1));
          }
          while (client.Receive(is_any_left ? absl::InfinitePast() : next)) {
          }
          is_any_left = true;
        }
      }
    }
  });
  for (size_t a = 0; a < attacks.size(); ++a) {
    SCOPED_TRACE(attacks[a].name);
    for (RawConnection& client : clients[a]) {
      ASSERT_TRUE(client.has_ended());
      const std::string& answer = client.received();
      if (attacks[a].answer.empty()) {
        ASSERT_EQ(answer, "");
      }
      ASSERT_THAT(answer, StartsWith(attacks[a].answer));
      ASSERT_THAT(answer, HasSubstr(attacks[a].reason));
    }
  }
}

// Each has asked for an answer of some megabytes, and takes it at a tenth of the pace that the
// timeout asks for.
TEST_F(SlowlorisTest, AnswersThatAreTakenSlowlyAreCutOff) {
  constexpr size_t kReaders = 10;
  constexpr size_t kBytesAtOnce = 4096;
  constexpr char kTarget[] = "/v1/areas?pageSize=1000&view=FULL";
  HttpClient whole(absl::StrCat("http://", address()));
  const size_t length = whole.Get(kTarget).body.size();
  ASSERT_GT(length, 1 << 20);
  std::vector<RawConnection> readers;
  ExpectHarmless(
      [&] {
        for (size_t i = 0; i < kReaders; ++i) {
          readers.emplace_back(address(), RawOptions{.holds_little = true})
              .Send(absl::StrCat("GET ", kTarget, " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                    absl::Now() + kPatience);
        }
        const absl::Time limit = absl::Now() + kPatience;
        for (size_t left = kReaders; left > 0 && absl::Now() < limit;) {
          left = 0;
          for (RawConnection& reader : readers) {
            reader.Receive(absl::InfinitePast(), kBytesAtOnce);
            left += reader.has_ended() ? 0 : 1;
          }
          absl::SleepFor(kDrip);  // It is what is tested that they are slow.
        }
      },
      // Answer and message, while it is made.
      kBoundBytes + static_cast<int64_t>(4 * kReaders * length));
  for (RawConnection& reader : readers) {
    EXPECT_TRUE(reader.has_ended());
    EXPECT_LT(reader.received().size(), length);
  }
}

}  // namespace
}  // namespace corridor::e2e
