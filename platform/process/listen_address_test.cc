#include "platform/process/listen_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::process {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ListenAddressTest, LoopbackWithAnyPortIsTaken) {
  for (const auto& [text, port] : {std::pair("127.0.0.1:8080", 8080), std::pair("127.0.0.1:0", 0),
                                   std::pair("127.0.0.1:65535", 65535)}) {
    ASSERT_OK_AND_ASSIGN(const ListenAddress address, ParseListenAddress(text, "--listen"));
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_EQ(address.port, port);
  }
}

TEST(ListenAddressTest, OtherHostsAreRefusedWithTheReason) {
  for (const std::string text : {"0.0.0.0:8080", "localhost:8080", "[::1]:8080", "[::]:8080",
                                 ":8080", "192.168.1.1:80", "127.0.0.2:1", "::1"}) {
    EXPECT_THAT(
        ParseListenAddress(text, "--listen"),
        AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("--listen: \"" + text + "\" is refused: until callers have")),
              HasFieldViolation("--listen")));
  }
}

TEST(ListenAddressTest, WhatIsNoPortIsRefused) {
  for (const std::string text :
       {"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80a", "127.0.0.1: 80"}) {
    EXPECT_THAT(ParseListenAddress(text, "--admin-listen"),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "--admin-listen: \"" + text + "\" has no port from 0 to 65535"));
  }
  EXPECT_THAT(
      ParseListenAddress("8080", "--listen"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not an address and port")));
}

}  // namespace
}  // namespace corridor::process
