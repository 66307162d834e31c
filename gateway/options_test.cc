#include "gateway/options.h"

#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

TEST(OptionsTest, AServiceIsNamedByHostAndPort) {
  Options options;
  options.max_message_bytes = 5000;
  ASSERT_OK_AND_ASSIGN(const PoolOptions pool, options.PoolFor("memberstates", "ms.local:50051"));
  EXPECT_EQ(pool.service, "memberstates");
  EXPECT_EQ(pool.host, "ms.local");
  EXPECT_EQ(pool.port, 50051);
  EXPECT_EQ(pool.endpoint.client.session.message_bytes, 5000u);
  ASSERT_OK_AND_ASSIGN(const PoolOptions v6, options.PoolFor("memberstates", "[::1]:80"));
  EXPECT_EQ(v6.host, "::1");
}

TEST(OptionsTest, AServiceThatIsNoHostAndPortIsRefusedByName) {
  for (const char* target : {"ms.local", ":80", "ms.local:0", "ms.local:65536", "ms.local:http"}) {
    EXPECT_THAT(Options().PoolFor("memberstates", target),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--memberstates")));
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
  char* argv[] = {program, timeout, connections};
  EXPECT_EQ(options.Table().Parse(3, argv), std::nullopt);
  EXPECT_EQ(options.request_timeout, absl::Milliseconds(250));
  EXPECT_EQ(options.max_connections, 7);
}

}  // namespace
}  // namespace corridor::gateway
