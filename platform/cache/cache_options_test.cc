#include "platform/cache/cache_options.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor::cache {
namespace {

TEST(CacheOptionsTest, SeveralRedisMayBeGiven) {
  const auto addresses = ReadRedisAddresses("127.0.0.1:6379,cache.example:6380,unix:/run/r.sock");
  ASSERT_OK(addresses);
  ASSERT_EQ(addresses->size(), 3u);
  EXPECT_EQ((*addresses)[0].host, "127.0.0.1");
  EXPECT_EQ((*addresses)[0].port, 6379);
  EXPECT_EQ((*addresses)[1].host, "cache.example");
  EXPECT_EQ((*addresses)[2].host, "/run/r.sock");
  EXPECT_EQ((*addresses)[2].port, 0);
  EXPECT_EQ((*addresses)[2].text, "unix:/run/r.sock");
}

TEST(CacheOptionsTest, WhatIsNoAddressIsRefusedByName) {
  for (const char* text : {"", "localhost", "localhost:", ":6379", "localhost:0", "localhost:65536",
                           "localhost:redis", "unix:"}) {
    EXPECT_THAT(
        ReadRedisAddresses(text),
        Refuses("--redis", std::string("\"") + text + "\" is not HOST:PORT, unix:PATH or none"))
        << text;
  }
  EXPECT_THAT(ReadRedisAddresses("a:1,b"), Refuses("--redis", "\"b\" is not HOST:PORT"));
}

TEST(CacheOptionsTest, ASecretIsReadWithoutTheLinesEnd) {
  TempDir folder;
  const std::string path = folder.File("key");
  std::ofstream(path) << "sixteen bytes it is\n";
  EXPECT_THAT(ReadSecret(path, "--cache-key-file", 16), IsOkAndHolds("sixteen bytes it is"));
  EXPECT_THAT(ReadSecret(path, "--cache-key-file", 20),
              Refuses("--cache-key-file", "holds less than 20 bytes"));
  EXPECT_THAT(ReadSecret(folder.File("none"), "--cache-key-file", 16),
              Refuses("--cache-key-file", "cannot be read"));
}

}  // namespace
}  // namespace corridor::cache
