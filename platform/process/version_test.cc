#include "platform/process/version.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::process {
namespace {

using ::testing::MatchesRegex;

TEST(VersionTest, IsThatOfTheFileVersion) {
  std::string line;
  ASSERT_TRUE(std::getline(std::ifstream(CORRIDOR_VERSION_FILE), line));
  EXPECT_EQ(Version(), line);
}

TEST(VersionTest, CommitIsHexOrUnknown) {
  EXPECT_THAT(std::string(Commit()), MatchesRegex("[0-9a-f]+|unknown"));
}

}  // namespace
}  // namespace corridor::process
