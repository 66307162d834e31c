#include "gateway/cpu_limit.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

class CpuLimitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/cpu_limit_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void SetMax(const std::string& group, const std::string& text) {
    std::filesystem::create_directories(root_ + group);
    std::ofstream(root_ + group + "/cpu.max") << text;
  }

  std::string root_;
};

TEST_F(CpuLimitTest, RoundsTheQuotaUp) {
  SetMax("/pod", "150000 100000\n");
  EXPECT_EQ(CgroupQuotaCores(root_, "0::/pod\n"), 2);
}

TEST_F(CpuLimitTest, TakesTheSmallestOfAllGroupsAbove) {
  SetMax("/slice/pod", "800000 100000\n");
  SetMax("/slice", "300000 100000\n");
  EXPECT_EQ(CgroupQuotaCores(root_, "0::/slice/pod\n"), 3);
}

TEST_F(CpuLimitTest, MaxAndMissingAndBrokenFilesDoNotLimit) {
  SetMax("/free", "max 100000\n");
  SetMax("/broken", "0 0\n");
  EXPECT_EQ(CgroupQuotaCores(root_, "0::/free\n"), std::nullopt);
  EXPECT_EQ(CgroupQuotaCores(root_, "0::/broken\n"), std::nullopt);
  EXPECT_EQ(CgroupQuotaCores(root_, "0::/absent\n"), std::nullopt);
  EXPECT_EQ(CgroupQuotaCores(root_, "1:cpu:/v1\n"), std::nullopt);
}

TEST_F(CpuLimitTest, ThereIsAlwaysACore) { EXPECT_GE(UsableCores(), 1); }

}  // namespace
}  // namespace corridor::gateway
