#include "gateway/options.h"

#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(OptionsTest, AServiceIsNamedByHostAndPort) {
  Options options;
  options.max_message_bytes = 5000;
  options.services["memberstates"] = "ms.local:50051";
  options.services["programmes"] = "[::1]:80";
  ASSERT_OK_AND_ASSIGN(const std::vector<PoolOptions> pools, options.Pools());
  ASSERT_THAT(pools, SizeIs(2));
  EXPECT_EQ(pools[0].service, "memberstates");
  EXPECT_EQ(pools[0].host, "ms.local");
  EXPECT_EQ(pools[0].port, 50051);
  EXPECT_EQ(pools[0].endpoint.client.session.message_bytes, 5000u);
  EXPECT_EQ(pools[1].service, "programmes");
  EXPECT_EQ(pools[1].host, "::1");
}

TEST(OptionsTest, AServiceThatIsNoHostAndPortIsRefusedByName) {
  for (const char* target : {"ms.local", ":80", "ms.local:0", "ms.local:65536", "ms.local:http"}) {
    Options options;
    options.services["indicators"] = target;
    EXPECT_THAT(options.Pools(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--indicators")));
  }
}

TEST(OptionsTest, OnlyLoopbackIsListenedOn) {
  Options options;
  EXPECT_OK(options.ListenAddress());
  options.listen = "0.0.0.0:8080";
  EXPECT_THAT(options.ListenAddress(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--listen")));
}

TEST(OptionsTest, TheCommandLineFillsThem) {
  Options options;
  char program[] = "gateway";
  char timeout[] = "--request-timeout=250ms";
  char connections[] = "--max-connections=7";
  char service[] = "--programmes=pr.local:50053";
  char* argv[] = {program, timeout, connections, service};
  EXPECT_EQ(options.Table().Parse(4, argv), std::nullopt);
  EXPECT_EQ(options.request_timeout, absl::Milliseconds(250));
  EXPECT_EQ(options.max_connections, 7);
  EXPECT_EQ(options.services["programmes"], "pr.local:50053");
}

}  // namespace
}  // namespace corridor::gateway
