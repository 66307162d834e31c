#include "gateway/options.h"

#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(OptionsTest, AServiceIsNamedByHostsAndPorts) {
  Options options;
  options.max_message_bytes = 5000;
  options.max_streams = 70;
  options.eject_after = 3;
  options.services["memberstates"] = "ms.local:50051,127.0.0.2:50052";
  options.services["programmes"] = "[::1]:80";
  ASSERT_OK_AND_ASSIGN(const std::vector<PoolOptions> pools, options.Pools());
  ASSERT_THAT(pools, SizeIs(2));
  EXPECT_EQ(pools[0].service, "memberstates");
  ASSERT_EQ(pools[0].targets.size(), 2u);
  EXPECT_EQ(pools[0].targets[0].host, "ms.local");
  EXPECT_EQ(pools[0].targets[0].port, 50051);
  EXPECT_EQ(pools[0].targets[1].host, "127.0.0.2");
  EXPECT_EQ(pools[0].endpoint.client.session.message_bytes, 5000u);
  EXPECT_EQ(pools[0].endpoint.health.eject_after, 3);
  EXPECT_EQ(pools[0].retries_at_once, 70);
  EXPECT_EQ(pools[1].service, "programmes");
  ASSERT_EQ(pools[1].targets.size(), 1u);
  EXPECT_EQ(pools[1].targets[0].host, "::1");
}

TEST(OptionsTest, AServiceThatIsNoHostAndPortIsRefusedByName) {
  for (const char* target : {"ms.local", ":80", "ms.local:0", "ms.local:65536", "ms.local:http",
                             "ms.local:1,", "[::1:80"}) {
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

TEST(OptionsTest, TlsNeedsBothFiles) {
  Options options;
  EXPECT_THAT(options.SpeaksTls(), IsOkAndHolds(false));
  options.tls_certificate = "c.pem";
  EXPECT_THAT(options.SpeaksTls(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-key")));
  options.tls_key = "k.pem";
  EXPECT_THAT(options.SpeaksTls(), IsOkAndHolds(true));
  options.tls_certificate.clear();
  EXPECT_THAT(options.SpeaksTls(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-certificate")));
}

TEST(OptionsTest, LimitsHoldForBothVersionsOfHttp) {
  Options options;
  options.max_body_bytes = 5000;
  options.head_timeout = absl::Seconds(3);
  options.max_client_streams = 7;
  options.max_resets_per_second = 9;
  EXPECT_EQ(options.HttpLimits().message.body_bytes, 5000u);
  const Http2Limits limits = options.Http2LimitsOfClients();
  EXPECT_EQ(limits.body_bytes, 5000u);
  EXPECT_EQ(limits.head_timeout, absl::Seconds(3));
  EXPECT_EQ(limits.streams, 7u);
  EXPECT_EQ(limits.resets_per_second, 9);
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
