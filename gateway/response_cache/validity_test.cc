#include "gateway/response_cache/validity.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

using Tags = std::vector<std::string>;

absl::Time At(int64_t milliseconds) { return absl::FromUnixMillis(milliseconds); }

class ValidityTest : public ::testing::Test {
 protected:
  ValidityTest() {
    validity_.Begin({"e", 5});
    validity_.KnowAt(At(100));
  }
  bool IsCurrent(int64_t version, const Tags& tags, const std::string& epoch = "e") const {
    return validity_.CurrentAt({epoch, version}, tags).has_value();
  }

  Validity validity_{4};
};

TEST_F(ValidityTest, NothingIsCurrentBeforeTheHeadIsKnown) {
  const Validity unknown;
  EXPECT_EQ(unknown.CurrentAt({"e", 5}, {"areas"}), std::nullopt);
  EXPECT_EQ(unknown.head(), std::nullopt);
}

TEST_F(ValidityTest, AnAnswerOfTheHeadIsCurrentAsOfWhenThatWasAskedFor) {
  EXPECT_EQ(validity_.CurrentAt({"e", 5}, {"areas"}), At(100));
  validity_.KnowAt(At(150));
  EXPECT_EQ(validity_.CurrentAt({"e", 5}, {}), At(150));
  // What is later than all that is known has all of it.
  EXPECT_EQ(validity_.CurrentAt({"e", 9}, {}), At(150));
}

TEST_F(ValidityTest, ACommitEndsWhatDependsOnWhatItTouched) {
  validity_.Add({6, {"areas/ARM", "areas"}});
  EXPECT_FALSE(IsCurrent(5, {"areas/ARM"}));
  EXPECT_FALSE(IsCurrent(5, {"organisations", "areas"}));
  EXPECT_FALSE(IsCurrent(5, {})) << "it depends on everything";
  EXPECT_TRUE(IsCurrent(5, {"areas/GEO"}));
  EXPECT_TRUE(IsCurrent(5, {"organisations"}));
  EXPECT_TRUE(IsCurrent(6, {"areas/ARM"}));
  EXPECT_TRUE(IsCurrent(6, {}));
}

TEST_F(ValidityTest, ACommitThatTouchedMoreThanItNamesEndsAll) {
  validity_.Add({6, {"areas"}, /*is_all=*/true});
  EXPECT_FALSE(IsCurrent(5, {"organisations"}));
  EXPECT_TRUE(IsCurrent(6, {"organisations"}));
}

TEST_F(ValidityTest, WhatIsBeforeTheFloorIsNotCurrent) { EXPECT_FALSE(IsCurrent(4, {"areas"})); }

TEST_F(ValidityTest, ForgottenTagsRaiseTheFloor) {
  for (int64_t version = 6; version <= 10; ++version) {
    validity_.Add({version, {absl::StrCat("areas/A", version)}});
  }
  EXPECT_FALSE(IsCurrent(5, {"areas/X"})) << "what version 6 to 8 touched is forgotten";
  EXPECT_FALSE(IsCurrent(7, {"areas/X"}));
  EXPECT_TRUE(IsCurrent(8, {"areas/X"}));
  EXPECT_FALSE(IsCurrent(8, {"areas/A9"}));
}

TEST_F(ValidityTest, AVersionThatWasHeardOfEndsWhatIsBeforeItUntilItsCommitIsKnown) {
  validity_.Hear({"another", 9});
  EXPECT_TRUE(IsCurrent(5, {"areas/GEO"}));
  validity_.Hear({"e", 6});
  EXPECT_FALSE(IsCurrent(5, {"areas/GEO"}));
  EXPECT_TRUE(IsCurrent(6, {}));
  validity_.Add({6, {"areas/ARM"}});
  EXPECT_TRUE(IsCurrent(5, {"areas/GEO"}));
  EXPECT_FALSE(IsCurrent(5, {"areas/ARM"}));
}

TEST_F(ValidityTest, AnotherStoreEndsAll) {
  validity_.Begin({"f", 5});
  EXPECT_FALSE(IsCurrent(5, {"areas"}));
  EXPECT_EQ(validity_.CurrentAt({"f", 5}, {"areas"}), absl::InfinitePast()) << "not asked yet";
  EXPECT_FALSE(validity_.WasRight({"e", 5}));
  EXPECT_TRUE(validity_.WasRight({"f", 5}));
}

TEST_F(ValidityTest, WhatIsOutdatedWasRightUnlessSomethingWasPurged) {
  validity_.Add({6, {"areas/ARM"}});
  EXPECT_TRUE(validity_.WasRight({"e", 5}));
  validity_.Add({7, {"areas/ARM"}, /*is_all=*/false, /*is_purge=*/true});
  EXPECT_FALSE(validity_.WasRight({"e", 6}));
  EXPECT_TRUE(validity_.WasRight({"e", 7}));
}

}  // namespace
}  // namespace corridor::gateway
