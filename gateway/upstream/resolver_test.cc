#include "gateway/upstream/resolver.h"

#include <future>
#include <memory>

#include "gateway/loop.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Result = absl::StatusOr<std::vector<Address>>;

// The first answer for `host`.
Result Resolve(const std::string& host) {
  Loop loop;
  std::promise<Result> first;
  bool told = false;
  Resolver resolver(loop, host, 80, absl::Minutes(1), [&](const Result& result) {
    if (!std::exchange(told, true)) first.set_value(result);
  });
  loop.Start();
  Result result = first.get_future().get();
  loop.Stop();
  return result;
}

TEST(ResolverTest, ANameBecomesItsAddresses) {
  EXPECT_THAT(Resolve("localhost"), IsOkAndHolds(Contains(Address{"127.0.0.1", 80})));
}

TEST(ResolverTest, ANumericAddressIsItself) {
  EXPECT_THAT(Resolve("127.0.0.9"), IsOkAndHolds(ElementsAre(Address{"127.0.0.9", 80})));
  EXPECT_THAT(Resolve("::1"), IsOkAndHolds(ElementsAre(Address{"::1", 80})));
}

TEST(ResolverTest, AnUnknownNameIsAnErrorThatNamesIt) {
  EXPECT_THAT(
      Resolve("no-such-host.invalid"),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot resolve no-such-host.invalid: ")));
}

TEST(ResolverTest, AsksAgainEveryPeriod) {
  Loop loop;
  int answers = 0;
  std::promise<void> third;
  Resolver resolver(loop, "localhost", 80, absl::Milliseconds(1), [&](const Result&) {
    if (++answers == 3) third.set_value();
  });
  loop.Start();
  third.get_future().wait();
  loop.Stop();
  EXPECT_GE(answers, 3);
}

TEST(AddressTest, TextBracketsIpv6) {
  EXPECT_EQ((Address{"127.0.0.1", 80}.Text()), "127.0.0.1:80");
  EXPECT_EQ((Address{"::1", 80}.Text()), "[::1]:80");
}

}  // namespace
}  // namespace corridor::gateway
