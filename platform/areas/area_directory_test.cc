#include "platform/areas/area_directory.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "platform/areas/area_copy_fixture.h"
#include "platform/areas/fake_area_source.h"
#include "platform/status/status.h"

namespace corridor::areas {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string ReasonOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(ToRpcStatus(status).details(0).UnpackTo(&info));
  return info.reason();
}

class AreaDirectoryTest : public AreaCopyTest {
 protected:
  AreaDirectoryTest() {
    source_.Put(AreaOf("ARM", "Armenia"));
    source_.Put(AreaOf("GEO", "Georgia"));
  }
  void SetUp() override {
    AreaCopyTest::SetUp();
    directory_.emplace(*versions_, source_, [this] { return now_; });
  }
  absl::Status Ensure(std::string_view name) {
    return directory_->EnsureKnown(name, "series.area", Soon());
  }
  std::vector<store::Commit> Commits() { return versions_->CommitsAfter(0, 100, Soon()).value(); }

  absl::Time now_ = absl::UnixEpoch();
  FakeAreaSource source_;
  std::optional<AreaDirectory> directory_;
};

TEST_F(AreaDirectoryTest, AnAreaOfTheCopyIsKnownWithoutAskingAnybody) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_OK(Ensure("areas/ARM"));
  EXPECT_THAT(directory_->ReadArea("areas/ARM", "area", Soon()), IsOkAndHolds("ARM"));
  EXPECT_THAT(directory_->ReadArea("GEO", "area", Soon()), IsOkAndHolds("GEO"));
  EXPECT_EQ(source_.asks(), 0);
}

TEST_F(AreaDirectoryTest, AnAreaThatOnlyMemberstatesHasBringsTheCopyUpToDateByACommit) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.Put(AreaOf("XKX", "Kosovo"));
  EXPECT_OK(Ensure("areas/XKX"));
  EXPECT_TRUE(Knows("XKX"));
  EXPECT_EQ(Position(), source_.head());
  ASSERT_EQ(Commits().size(), 2U);
  EXPECT_EQ(Commits()[1].actor, "area-copy");
  EXPECT_EQ(Commits()[1].reason, "Areas of memberstates, version 3");
  EXPECT_OK(Ensure("areas/XKX"));
  EXPECT_EQ(source_.asks(), 1);
}

TEST_F(AreaDirectoryTest, AnAreaThatMemberstatesHasNotIsAnErrorOfTheRequest) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  EXPECT_THAT(Ensure("areas/XYZ"),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("\"areas/XYZ\" is no area that memberstates knows")),
                    HasFieldViolation("series.area")));
  EXPECT_THAT(directory_->ReadArea("XYZ", "area", Soon()),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"XYZ\"")),
                    HasFieldViolation("area")));
  EXPECT_EQ(source_.fetches(), 1);  // That of EnsureLoaded.
}

TEST_F(AreaDirectoryTest, WhatIsNoNameOfAnAreaIsNotAskedFor) {
  for (const char* name : {"", "ARM", "areas/arm", "areas/ARM/members/GEO", "areas/-"}) {
    EXPECT_THAT(Ensure(name), AllOf(StatusIs(absl::StatusCode::kInvalidArgument),
                                    HasFieldViolation("series.area")))
        << name;
  }
  for (const char* text : {"", "arm", "areas/", "countries/ARM"}) {
    EXPECT_THAT(directory_->ReadArea(text, "area", Soon()),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument), HasFieldViolation("area")))
        << text;
  }
  EXPECT_EQ(source_.asks(), 0);
}

TEST_F(AreaDirectoryTest, WhileMemberstatesIsDownAnUnknownAreaIsUnavailableNotGuessed) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.Fail(absl::UnavailableError("connection refused"));
  const absl::Status unknown = Ensure("areas/XKX");
  EXPECT_THAT(unknown, StatusIs(absl::StatusCode::kUnavailable,
                                "series.area: areas/XKX is not known here yet, and memberstates "
                                "cannot be asked: UNAVAILABLE"));
  EXPECT_EQ(ReasonOf(unknown), "AREA_UNKNOWN_HERE");
}

TEST_F(AreaDirectoryTest, AnAreaThatExistsButCannotBeCopiedIsUnavailable) {
  source_.FailFetches(1, absl::DeadlineExceededError("too slow"));
  EXPECT_THAT(Ensure("areas/ARM"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("DEADLINE_EXCEEDED")));
  EXPECT_OK(Ensure("areas/ARM"));
}

TEST_F(AreaDirectoryTest, AnAreaThatIsGoneIsStillRead) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.DeleteArea("GEO");
  ASSERT_OK(directory_->CatchUp(source_.head(), Soon(), {}));
  EXPECT_THAT(directory_->ReadArea("GEO", "area", Soon()), IsOkAndHolds("GEO"));
  EXPECT_THAT(Ensure("areas/GEO"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AreaDirectoryTest, WhileOneRequestAsksOthersAreRefusedAndKnownAreasAreNot) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.Put(AreaOf("XKX", "Kosovo"));
  source_.Hold(true);
  std::thread asking([&] { EXPECT_OK(Ensure("areas/XKX")); });
  source_.WaitUntilAsking(1);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(Ensure("areas/XYZ"), StatusIs(absl::StatusCode::kUnavailable,
                                              HasSubstr("is being asked by another request")));
  }
  EXPECT_OK(Ensure("areas/ARM"));
  EXPECT_EQ(source_.asks(), 1);
  source_.Hold(false);
  asking.join();
  EXPECT_THAT(Ensure("areas/XYZ"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AreaDirectoryTest, ForASecondAfterMemberstatesDidNotAnswerItIsNotAsked) {
  source_.Fail(absl::DeadlineExceededError("stopped"));
  EXPECT_THAT(Ensure("areas/ARM"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("DEADLINE_EXCEEDED")));
  source_.Fail(absl::OkStatus());
  now_ += absl::Milliseconds(999);
  const absl::Status refused = Ensure("areas/GEO");
  EXPECT_THAT(refused,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("did not answer a moment ago")));
  EXPECT_EQ(ReasonOf(refused), "AREA_UNKNOWN_HERE");
  EXPECT_EQ(source_.asks(), 1);
  now_ += absl::Milliseconds(1);
  EXPECT_OK(Ensure("areas/GEO"));
}

TEST_F(AreaDirectoryTest, ARequestInAHurryDoesNotStopOthersFromAsking) {
  source_.Fail(absl::DeadlineExceededError("stopped"));
  EXPECT_THAT(
      directory_->EnsureKnown("areas/ARM", "series.area", absl::Now() + absl::Milliseconds(900)),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("DEADLINE_EXCEEDED")));
  source_.Fail(absl::OkStatus());
  EXPECT_OK(Ensure("areas/ARM"));
}

TEST_F(AreaDirectoryTest, TheFirstCopyIsTriedAgainUntilItIsThere) {
  source_.FailFetches(2, absl::UnavailableError("starting"));
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  EXPECT_TRUE(Knows("ARM"));
  EXPECT_EQ(source_.fetches(), 3);
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  EXPECT_EQ(source_.fetches(), 3);
}

TEST_F(AreaDirectoryTest, AFirstCopyThatCannotBeMadeInTimeSaysWhy) {
  source_.Fail(absl::UnavailableError("connection refused"));
  const absl::Status late = directory_->EnsureLoaded(absl::Now() + absl::Milliseconds(20));
  EXPECT_THAT(late, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("connection refused")));
  EXPECT_EQ(ReasonOf(late), "AREAS_NOT_COPIED");
}

TEST_F(AreaDirectoryTest, AFirstCopyWhoseStoreIsNotReadInTimeSaysThatItIsTheCopy) {
  const absl::Status late = directory_->EnsureLoaded(absl::Now());
  EXPECT_THAT(late,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("copied from memberstates")));
  EXPECT_EQ(ReasonOf(late), "AREAS_NOT_COPIED");
}

TEST_F(AreaDirectoryTest, ACopyOfAStoreWithoutAreasIsACopy) {
  source_.Restore({{"fedcba9876543210", 0}, {}, {}});
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  EXPECT_EQ(Position(), (Cursor{"fedcba9876543210", 0}));
}

TEST_F(AreaDirectoryTest, CatchingUpWithWhatTheCopyCoversFetchesNothing) {
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  EXPECT_THAT(directory_->CatchUp({source_.head().epoch, 1}, Soon(), {}),
              IsOkAndHolds(source_.head()));
  EXPECT_EQ(source_.fetches(), 1);
}

TEST_F(AreaDirectoryTest, ASnapshotFromBeforeTheCommitWantedIsNoCatchingUp) {
  const Cursor next = {source_.head().epoch, 3};
  EXPECT_THAT(directory_->CatchUp(next, Soon(), {}),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("version 2 of store 0123456789abcdef, not from 3")));
}

TEST_F(AreaDirectoryTest, OnlyCopyingAnewGoesBackToAnOlderVersion) {
  const AreaSnapshot older = source_.snapshot();
  source_.Put(AreaOf("XKX", "Kosovo"));
  ASSERT_OK(directory_->EnsureLoaded(Soon()));
  source_.Restore(older);
  EXPECT_THAT(directory_->CatchUp({older.cursor.epoch, 4}, Soon(), {}),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(Knows("XKX"));
  EXPECT_THAT(directory_->CopyAnew(Soon(), {}), IsOkAndHolds(older.cursor));
  EXPECT_FALSE(Knows("XKX"));
}

}  // namespace
}  // namespace corridor::areas
