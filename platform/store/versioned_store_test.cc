#include "platform/store/versioned_store.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"
#include "platform/store/table_sql.h"

namespace corridor::store {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class VersionedStoreTest : public ::testing::Test {
 protected:
  AreaStore store_;
};

TEST_F(VersionedStoreTest, AnEmptyStoreIsReadAtVersionZero) {
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt({}, Soon()));
  EXPECT_EQ(reader->version(), 0);
  EXPECT_EQ(reader->commit_time(), absl::InfinitePast());
  EXPECT_THAT(AreaStore::Areas(*reader), IsEmpty());
  EXPECT_THAT(store_->Head(Soon()), IsOkAndHolds(0));
  EXPECT_THAT(store_->ReadAt(int64_t{0}, Soon()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("nothing is recorded yet")));
  EXPECT_THAT(store_->ReadAt(store_.now, Soon()),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("nothing is recorded yet")));
}

TEST_F(VersionedStoreTest, VersionsCountFromOneWithoutGaps) {
  for (int64_t version = 1; version <= 3; ++version) {
    ASSERT_OK_AND_ASSIGN(const Commit commit, store_.Put("ARM", absl::StrCat("name ", version)));
    EXPECT_EQ(commit.version, version);
    EXPECT_FALSE(store_
                     ->Write({}, Soon(),
                             [](Writer& writer) {
                               EXPECT_OK(AreaStore::PutArea(writer, "GEO", "Georgia"));
                               return absl::AbortedError("mine");
                             })
                     .ok());
    store_.Reopen();
  }
  EXPECT_THAT(store_->Head(Soon()), IsOkAndHolds(3));
}

TEST_F(VersionedStoreTest, EveryVersionStaysReadable) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  ASSERT_OK(store_.Put("ARM", "Republic of Armenia"));
  ASSERT_OK(store_->Write({}, Soon(),
                          [](Writer& writer) { return AreaStore::DeleteArea(writer, "GEO"); }));
  EXPECT_THAT(store_.AreasAt(int64_t{1}), ElementsAre("ARM=Armenia@1"));
  EXPECT_THAT(store_.AreasAt(int64_t{2}), ElementsAre("ARM=Armenia@1", "GEO=Georgia@2"));
  EXPECT_THAT(store_.AreasAt(int64_t{3}),
              ElementsAre("ARM=Republic of Armenia@3", "GEO=Georgia@2"));
  EXPECT_THAT(store_.AreasAt(int64_t{4}), ElementsAre("ARM=Republic of Armenia@3"));
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=Republic of Armenia@3"));
}

TEST_F(VersionedStoreTest, AReaderStaysAtItsVersionWhileOthersWrite) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt({}, Soon()));
  ASSERT_OK(store_.Put("ARM", "Republic of Armenia"));
  EXPECT_EQ(reader->version(), 1);
  EXPECT_THAT(AreaStore::Areas(*reader), ElementsAre("ARM=Armenia@1"));
}

TEST_F(VersionedStoreTest, ATimeResolvesToTheLastVersionAtOrBeforeIt) {
  const absl::Time start = store_.now;
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  store_.now = start + absl::Seconds(10);
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  const auto version_at = [&](absl::Time time) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const auto reader, store_->ReadAt(time, Soon()));
    return reader->version();
  };
  EXPECT_THAT(version_at(start), IsOkAndHolds(1));
  EXPECT_THAT(version_at(start + absl::Seconds(9)), IsOkAndHolds(1));
  EXPECT_THAT(version_at(start + absl::Seconds(10)), IsOkAndHolds(2));
  EXPECT_THAT(version_at(start - absl::Microseconds(1)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("2023-11-14T22:13:19.999999Z is before the first commit, version 1"
                                 " of 2023-11-14T22:13:20.000000Z")));
  EXPECT_THAT(version_at(start + absl::Seconds(11)),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("2023-11-14T22:13:31.000000Z is in the future")));
}

TEST_F(VersionedStoreTest, AVersionBeforeTheFirstOrNotYetReachedIsAnErrorThatNamesTheBound) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  EXPECT_THAT(store_->ReadAt(int64_t{0}, Soon()),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("version 0 is before the first commit, version 1 of 2023-11-14")));
  EXPECT_THAT(store_->ReadAt(int64_t{2}, Soon()),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("version 2 is not reached yet, the last one is 1")));
}

TEST_F(VersionedStoreTest, CommitTimesRiseEvenWhenTheClockDoesNot) {
  ASSERT_OK_AND_ASSIGN(const Commit first, store_.Put("ARM", "a"));
  EXPECT_EQ(first.time, store_.now);
  ASSERT_OK_AND_ASSIGN(const Commit second, store_.Put("ARM", "b"));
  EXPECT_EQ(second.time, store_.now + absl::Microseconds(1));
  store_.now -= absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const Commit third, store_.Put("ARM", "c"));
  EXPECT_EQ(third.time, first.time + absl::Microseconds(2));
  EXPECT_THAT(store_.AreasAt(second.time), ElementsAre("ARM=b@2"));
}

TEST_F(VersionedStoreTest, OneCommitLeavesAtMostOneHistoryRowOfARow) {
  ASSERT_OK(store_.Put("ARM", "v1"));
  ASSERT_OK(store_->Write({}, Soon(), [](Writer& writer) {
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "a"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "b"));
    RETURN_IF_ERROR(AreaStore::DeleteArea(writer, "ARM"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "c"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "GEO", "new and gone"));
    return AreaStore::DeleteArea(writer, "GEO");
  }));
  EXPECT_EQ(store_.Count("areas_history"), 1);
  EXPECT_THAT(store_.AreasAt(int64_t{1}), ElementsAre("ARM=v1@1"));
  EXPECT_THAT(store_.AreasAt(int64_t{2}), ElementsAre("ARM=c@2"));
}

TEST_F(VersionedStoreTest, ARowPutAsItIsIsNoWrite) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK_AND_ASSIGN(const Commit commit, store_.Put("ARM", "Armenia"));
  EXPECT_EQ(commit.version, 1);
  EXPECT_THAT(store_->Head(Soon()), IsOkAndHolds(1));
  const auto put_member = [](Writer& writer) {
    return writer.Put(kMembers, {std::string_view("IOM"), std::string_view("ARM")},
                      "organisations/IOM/memberships/ARM");
  };
  ASSERT_OK(store_->Write({}, Soon(), put_member));
  ASSERT_OK_AND_ASSIGN(const Commit again, store_->Write({}, Soon(), put_member));
  EXPECT_EQ(again.version, 2);
}

TEST_F(VersionedStoreTest, ABodyThatWritesNothingMakesNoCommit) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK_AND_ASSIGN(const Commit commit,
                       store_->Write({}, Soon(), [](Writer&) { return absl::OkStatus(); }));
  EXPECT_EQ(commit.version, 1);
  EXPECT_THAT(store_->CommitsAfter(0, 10, Soon()), IsOkAndHolds(SizeIs(1)));
}

TEST_F(VersionedStoreTest, ABodySeesWhatItWrote) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_->Write({}, Soon(), [&](Writer& writer) {
    EXPECT_EQ(writer.version(), 2);
    EXPECT_EQ(writer.commit_time(), store_.now + absl::Microseconds(1));
    EXPECT_THAT(AreaStore::Areas(writer), ElementsAre("ARM=Armenia@1"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "GEO", "Georgia"));
    EXPECT_THAT(AreaStore::Areas(writer), ElementsAre("ARM=Armenia@1", "GEO=Georgia@2"));
    return absl::OkStatus();
  }));
}

TEST_F(VersionedStoreTest, AFailedBodyLeavesNoTrace) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  EXPECT_THAT(store_->Write({"", "", "", "r1", ""}, Soon(),
                            [](Writer& writer) {
                              RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "x"));
                              return absl::AbortedError("mine");
                            }),
              StatusIs(absl::StatusCode::kAborted, "mine"));
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=Armenia@1"));
  EXPECT_EQ(store_.Count("areas_history"), 0);
  ASSERT_OK_AND_ASSIGN(const Commit retried, store_.Put("ARM", "y", {"", "", "", "r1", ""}));
  EXPECT_EQ(retried.version, 2);
}

TEST_F(VersionedStoreTest, AFailedPutFailsTheCommitEvenWhenTheBodyGoesOn) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  EXPECT_THAT(store_->Write({}, Soon(),
                            [](Writer& writer) {
                              // The name is unique, and ARM is archived before that is found.
                              // PostgreSQL may tell later.
                              AreaStore::PutArea(writer, "ARM", "Georgia").IgnoreError();
                              return AreaStore::PutArea(writer, "AZE", "Azerbaijan");
                            }),
              StatusIs(absl::StatusCode::kAlreadyExists, ContainsRegex("areas.name")));
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=Armenia@1", "GEO=Georgia@2"));
  EXPECT_EQ(store_.Count("areas_history"), 0);
}

TEST_F(VersionedStoreTest, AFailedPutIsWhatFailsTheCommitWhateverTheBodyMakesOfIt) {
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  const struct {
    bool validate_only;
    bool ask;
    absl::Status says;
  } bodies[] = {
      {false, false, absl::OkStatus()},
      {true, false, absl::OkStatus()},
      {false, true, absl::OkStatus()},
      {true, true, absl::OkStatus()},
      {false, false, absl::AbortedError("mine")},
      {false, true, absl::AbortedError("mine")},
  };
  for (const auto& body : bodies) {
    EXPECT_THAT(store_->Write({.validate_only = body.validate_only}, Soon(),
                              [&](Writer& writer) -> absl::Status {
                                RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia"));
                                RETURN_IF_ERROR(AreaStore::PutArea(writer, "AZE", "Georgia"));
                                if (body.ask) {
                                  writer
                                      .Query("SELECT code FROM {areas}", {},
                                             [](const Row&) { return absl::OkStatus(); })
                                      .IgnoreError();
                                }
                                return body.says;
                              }),
                StatusIs(absl::StatusCode::kAlreadyExists, ContainsRegex("areas.name")));
  }
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("GEO=Georgia@1"));
  EXPECT_OK(store_.Put("ARM", "Armenia"));
}

TEST_F(VersionedStoreTest, ResourcesAreThoseThatChangedInTheOrderOfTheirFirstTouch) {
  ASSERT_OK(store_->Write({}, Soon(), [](Writer& writer) {
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia"));
    return AreaStore::PutArea(writer, "GEO", "Georgia");
  }));
  ASSERT_OK_AND_ASSIGN(const Commit commit, store_->Write({}, Soon(), [](Writer& writer) {
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia"));  // As it is.
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "UKR", "Ukraine"));
    RETURN_IF_ERROR(AreaStore::DeleteArea(writer, "GEO"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "AZE", "Azerbaijan"));
    EXPECT_THAT(AreaStore::DeleteArea(writer, "XXX"), StatusIs(absl::StatusCode::kNotFound));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "UKR", "Ukraina"));
    return AreaStore::PutArea(writer, "GEO", "Georgia");
  }));
  EXPECT_THAT(commit.resources, ElementsAre("areas/UKR", "areas/GEO", "areas/AZE"));
  EXPECT_THAT(store_.AreasAt({}),
              ElementsAre("ARM=Armenia@1", "AZE=Azerbaijan@2", "GEO=Georgia@2", "UKR=Ukraina@2"));
  ASSERT_OK_AND_ASSIGN(const Commit unchanged, store_->Write({}, Soon(), [](Writer& writer) {
    return AreaStore::PutArea(writer, "UKR", "Ukraina");
  }));
  EXPECT_EQ(unchanged.version, 2);
}

TEST_F(VersionedStoreTest, AMistakeOfABatchIsToldToTheEntryThatMadeIt) {
  const std::string nul("a\0b", 3);
  const absl::Status written =
      store_
          ->Write({}, Soon(),
                  [&](Writer& writer) -> absl::Status {
                    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia"));
                    return AtField("requests[1].", AreaStore::PutArea(writer, "GEO", nul));
                  })
          .status();
  if (!TestDatabase::IsPostgres()) return;  // SQLite takes it.
  EXPECT_THAT(written, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("requests[1]: ")));
}

TEST_F(VersionedStoreTest, DeletingWhatIsNotThereIsNotFoundAndTheBodyMayGoOn) {
  EXPECT_OK(store_->Write({}, Soon(), [](Writer& writer) {
    EXPECT_THAT(AreaStore::DeleteArea(writer, "ARM"),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("areas/ARM")));
    return AreaStore::PutArea(writer, "GEO", "Georgia");
  }));
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("GEO=Georgia@1"));
}

TEST_F(VersionedStoreTest, ARepeatedRequestAnswersTheFirstCommitWithoutRunning) {
  const WriteContext context = {"ann", "why", "/areas/Put", "r1", "hash"};
  ASSERT_OK_AND_ASSIGN(const Commit first, store_.Put("ARM", "Armenia", context));
  ASSERT_OK(store_.Put("ARM", "changed since"));
  store_.Reopen();
  ASSERT_OK_AND_ASSIGN(const Commit again, store_->Write(context, Soon(), [](Writer&) {
    ADD_FAILURE() << "ran again";
    return absl::OkStatus();
  }));
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(again.time, first.time);
  EXPECT_EQ(again.request_id, "r1");
  EXPECT_THAT(again.resources, ElementsAre("areas/ARM"));
  EXPECT_THAT(store_->Head(Soon()), IsOkAndHolds(2));
}

TEST_F(VersionedStoreTest, ARequestIdWithAnotherPayloadIsRefusedAndWithAnotherActorOrMethodIsNew) {
  ASSERT_OK(store_.Put("ARM", "1", {"ann", "", "/areas/Put", "r1", "hash"}));
  EXPECT_THAT(store_.Put("ARM", "2", {"ann", "", "/areas/Put", "r1", "other"}),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("request_id: \"r1\" was used for another request, version 1")));
  ASSERT_OK_AND_ASSIGN(const Commit by_bob,
                       store_.Put("ARM", "3", {"bob", "", "/areas/Put", "r1", "other"}));
  EXPECT_EQ(by_bob.version, 2);
  ASSERT_OK_AND_ASSIGN(const Commit elsewhere,
                       store_.Put("ARM", "4", {"ann", "", "/areas/Set", "r1", "other"}));
  EXPECT_EQ(elsewhere.version, 3);
}

TEST_F(VersionedStoreTest, CommitsSayWhoWhyAndWhat) {
  ASSERT_OK(store_->Write({"ann", "census", "/m", "r9", "h"}, Soon(), [](Writer& writer) {
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "GEO", "Georgia"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia"));
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "GEO", "Sakartvelo"));
    return writer.Put(kMembers, {std::string_view("IOM"), std::string_view("ARM")},
                      "organisations/IOM/memberships/ARM");
  }));
  ASSERT_OK(store_.Put("AZE", "Azerbaijan"));
  ASSERT_OK_AND_ASSIGN(const auto commits, store_->CommitsAfter(0, 10, Soon()));
  ASSERT_THAT(commits, SizeIs(2));
  EXPECT_EQ(commits[0].version, 1);
  EXPECT_EQ(commits[0].time, store_.now);
  EXPECT_EQ(commits[0].actor, "ann");
  EXPECT_EQ(commits[0].reason, "census");
  EXPECT_EQ(commits[0].request_id, "r9");
  EXPECT_THAT(commits[0].resources,
              ElementsAre("areas/GEO", "areas/ARM", "organisations/IOM/memberships/ARM"));
  EXPECT_THAT(commits[0].collections, ElementsAre("areas", "organisations/-/memberships"));
  EXPECT_FALSE(commits[0].resources_omitted);
  EXPECT_THAT(store_->CommitsAfter(1, 10, Soon()), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(store_->CommitsAfter(0, 1, Soon()), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(store_->CommitsAfter(2, 10, Soon()), IsOkAndHolds(IsEmpty()));
}

TEST_F(VersionedStoreTest, ALargeCommitNamesItsCollectionsOnly) {
  const auto put = [&](int count) {
    return store_->Write({}, Soon(), [&](Writer& writer) {
      const std::string name = absl::StrCat("of ", count, " number ");
      for (int i = 0; i < count; ++i) {
        RETURN_IF_ERROR(AreaStore::PutArea(writer, absl::StrCat("A", i), absl::StrCat(name, i)));
      }
      return absl::OkStatus();
    });
  };
  ASSERT_OK_AND_ASSIGN(const Commit most, put(kMaxResourcesPerCommit));
  EXPECT_THAT(most.resources, SizeIs(kMaxResourcesPerCommit));
  EXPECT_FALSE(most.resources_omitted);
  ASSERT_OK(put(kMaxResourcesPerCommit + 1));
  ASSERT_OK_AND_ASSIGN(const auto commits, store_->CommitsAfter(1, 1, Soon()));
  EXPECT_TRUE(commits[0].resources_omitted);
  EXPECT_THAT(commits[0].resources, IsEmpty());
  EXPECT_THAT(commits[0].collections, ElementsAre("areas"));
}

TEST_F(VersionedStoreTest, QuestionsWithParametersAndJoinsAnswerAtEveryVersion) {
  ASSERT_OK(store_->Write({}, Soon(), [](Writer& writer) {
    RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Armenia", int64_t{29743}));
    return writer.Put(kMembers, {std::string_view("IOM"), std::string_view("ARM")}, "m/ARM");
  }));
  ASSERT_OK(store_.Put("ARM", "Hayastan"));
  ASSERT_OK(store_->Write({}, Soon(), [](Writer& writer) {
    return writer.Delete(kMembers, {std::string_view("IOM"), std::string_view("ARM")}, "m/ARM");
  }));
  const auto name_at = [&](const KnownAt& at) {
    std::string name = "nobody";
    const auto reader = store_->ReadAt(at, Soon());
    EXPECT_OK(reader);
    EXPECT_OK(
        (*reader)->Query("SELECT a.name FROM {members} AS m JOIN {areas} a ON a.code = m.area"
                         " WHERE m.organisation = ?1",
                         {std::string_view("IOM")}, [&](const Row& row) {
                           name = std::string(row.Text(0));
                           return absl::OkStatus();
                         }));
    return name;
  };
  EXPECT_EQ(name_at(int64_t{1}), "Armenia");
  EXPECT_EQ(name_at(int64_t{2}), "Hayastan");
  EXPECT_EQ(name_at({}), "nobody");
}

TEST_F(VersionedStoreTest, AKeyIsFoundByIndexAtEveryVersion) {
  if (TestDatabase::IsPostgres()) GTEST_SKIP() << "it scans tables as small as this";
  ASSERT_OK(store_.Put("ARM", "a"));
  ASSERT_OK(store_.Put("ARM", "b"));
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt(int64_t{1}, Soon()));
  std::vector<std::string> plan;
  ASSERT_OK(reader->Query("EXPLAIN QUERY PLAN SELECT name FROM {areas} WHERE code = ?1",
                          {std::string_view("ARM")}, [&](const Row& row) {
                            plan.emplace_back(row.Text(3));
                            return absl::OkStatus();
                          }));
  EXPECT_THAT(plan, ::testing::Contains(HasSubstr("SEARCH areas USING")));
  EXPECT_THAT(plan, ::testing::Contains(HasSubstr("SEARCH areas_history USING")));
  EXPECT_THAT(plan, ::testing::Not(::testing::Contains(HasSubstr("SCAN"))));
}

TEST_F(VersionedStoreTest, OurOwnMistakesAreInternal) {
  const auto write = [&](const Table& table, absl::Span<const Param> values,
                         std::string_view resource) {
    return store_
        ->Write({}, Soon(), [&](Writer& writer) { return writer.Put(table, values, resource); })
        .status();
  };
  EXPECT_THAT(write({"spells", {"a"}, {}}, {int64_t{1}}, "spells/1"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("spells is no versioned table")));
  EXPECT_THAT(write(kAreas, {int64_t{1}}, "areas/1"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("1 values given for 3")));
  EXPECT_THAT(write(kMembers, {int64_t{1}, int64_t{1}}, "a\nb"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("no name of a resource")));
}

TEST_F(VersionedStoreTest, TheEpochStaysWithTheStoreAndDiffersBetweenStores) {
  const std::string epoch = store_->epoch();
  EXPECT_THAT(epoch, MatchesRegex("[0-9a-f]{16}"));
  store_.Reopen();
  EXPECT_EQ(store_->epoch(), epoch);
  AreaStore other;
  EXPECT_NE(other->epoch(), epoch);
}

TEST_F(VersionedStoreTest, ASchemaThatIsNotAsItsMigrationsSayIsDataLoss) {
  store_.Close();
  ASSERT_OK_AND_ASSIGN(auto database, store_.database().Open());
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(Soon()));
    ASSERT_OK(transaction->ExecuteScript("ALTER TABLE areas_history DROP COLUMN size"));
    ASSERT_OK(transaction->Commit());
  }
  EXPECT_THAT(VersionedStore::Open(std::move(database), {{kServiceSeries, kAreaMigrations}},
                                   Migrate::kAuto, {kAreas, kMembers}, absl::Now),
              StatusIs(absl::StatusCode::kDataLoss,
                       AllOf(HasSubstr("not as its migrations say"), HasSubstr("areas"))));
}

TEST_F(VersionedStoreTest, ADeadlinePassedWhileAnotherWritesIsDeadlineExceeded) {
  EXPECT_OK(store_->Write({}, Soon(), [&](Writer& writer) {
    EXPECT_THAT(store_->Write({}, absl::Now() + absl::Milliseconds(5),
                              [](Writer&) { return absl::OkStatus(); }),
                StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other writes")));
    return AreaStore::PutArea(writer, "ARM", "Armenia");
  }));
}

TEST_F(VersionedStoreTest, ConcurrentWritersMakeOneSequenceAndReadersSeeWholeVersions) {
  constexpr int kWriters = 8;
  constexpr int kCommits = 20;
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < kCommits; ++i) {
        // Two rows that must always be seen with the same number.
        EXPECT_OK(store_->Write({}, absl::InfiniteFuture(), [&](Writer& writer) {
          RETURN_IF_ERROR(
              AreaStore::PutArea(writer, absl::StrCat("L", w), absl::StrCat("l", w, "/", i)));
          return AreaStore::PutArea(writer, absl::StrCat("R", w), absl::StrCat("r", w, "/", i));
        }));
        ASSERT_OK_AND_ASSIGN(const int64_t head, store_->Head(Soon()));
        for (const int64_t version : {head, head / 2 + 1}) {
          ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt(version, Soon()));
          const std::vector<std::string> areas = AreaStore::Areas(*reader);
          for (size_t k = 0; k < areas.size() / 2; ++k) {
            std::string left = areas[k];
            left[0] = 'R';
            left[3] = 'r';
            EXPECT_EQ(left, areas[k + areas.size() / 2]) << "at version " << version;
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_OK_AND_ASSIGN(const auto commits, store_->CommitsAfter(0, 1000, Soon()));
  ASSERT_THAT(commits, SizeIs(kWriters * kCommits));
  for (size_t i = 0; i < commits.size(); ++i) {
    EXPECT_EQ(commits[i].version, static_cast<int64_t>(i) + 1);
    if (i == 0) continue;
    EXPECT_GT(commits[i].time, commits[i - 1].time);
  }
}

TEST_F(VersionedStoreTest, WhatIsOnlyValidatedIsNotRecorded) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  bool was_trial = false;
  const WriteContext context = {.request_id = "r1", .payload_hash = "p", .validate_only = true};
  ASSERT_OK_AND_ASSIGN(const Commit commit,
                       store_->Write(context, Soon(), [&](Writer& writer) -> absl::Status {
                         was_trial = writer.is_trial();
                         RETURN_IF_ERROR(AreaStore::PutArea(writer, "ARM", "Hayastan"));
                         EXPECT_THAT(AreaStore::Areas(writer), ElementsAre("ARM=Hayastan@2"));
                         return absl::OkStatus();
                       }));
  EXPECT_TRUE(was_trial);
  EXPECT_EQ(commit.version, 1);
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=Armenia@1"));
  // Its request id is free.
  ASSERT_OK_AND_ASSIGN(const Commit real,
                       store_.Put("ARM", "Hayastan", {.request_id = "r1", .payload_hash = "q"}));
  EXPECT_EQ(real.version, 2);
  // And is not looked at by a validation.
  ASSERT_OK_AND_ASSIGN(const Commit again, store_.Put("ARM", "Armenia", context));
  EXPECT_EQ(again.version, 2);
}

TEST_F(VersionedStoreTest, ARequestThatChangedNothingIsAnsweredTheSameLater) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  const WriteContext context = {.actor = "ann", .request_id = "r1", .payload_hash = "p"};
  ASSERT_OK_AND_ASSIGN(const Commit first, store_.Put("ARM", "Armenia", context));
  EXPECT_EQ(first.version, 1);
  ASSERT_OK(store_.Put("ARM", "Hayastan"));
  store_.Reopen();
  ASSERT_OK_AND_ASSIGN(const Commit again, store_.Put("ARM", "Armenia", context));
  EXPECT_EQ(again.version, 1);
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=Hayastan@2"));
  EXPECT_THAT(
      store_.Put("ARM", "Armenia", {.actor = "ann", .request_id = "r1", .payload_hash = "other"}),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"r1\" was used")));
}

TEST_F(VersionedStoreTest, AVersionNotReachedIsToldApart) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  EXPECT_EQ(VersionNotReachedOf(store_->ReadAt(7, Soon()).status()), 7);
  EXPECT_EQ(VersionNotReachedOf(absl::UnavailableError("busy")), 0);
  EXPECT_EQ(VersionNotReachedOf(absl::OkStatus()), 0);
}

// Lists are read in another way where few rows were kept or few ended since the version.
TEST_F(VersionedStoreTest, AListIsTheSameHoweverMuchChangedSince) {
  constexpr int kMany = kFew + 200;
  const auto put = [&](int first, int count, const std::string& name) {
    return store_->Write({}, Soon(), [&](Writer& writer) -> absl::Status {
      for (int i = first; i < first + count; ++i) {
        RETURN_IF_ERROR(AreaStore::PutArea(writer, absl::StrCat(1000 + i), absl::StrCat(name, i)));
      }
      return absl::OkStatus();
    });
  };
  const auto called = [](int i, const std::string& name, int version) {
    return absl::StrCat(1000 + i, "=", name, i, "@", version);
  };
  ASSERT_OK(put(0, 2 * kMany, "first "));
  ASSERT_OK(put(0, kMany, "second "));
  ASSERT_OK(put(kMany, kMany, "third "));
  ASSERT_OK(store_.Put("1001", "fourth 1"));
  std::vector<std::string> first, second, third;
  for (int i = 0; i < 2 * kMany; ++i) {
    first.push_back(called(i, "first ", 1));
    second.push_back(i < kMany ? called(i, "second ", 2) : called(i, "first ", 1));
    third.push_back(i < kMany ? called(i, "second ", 2) : called(i, "third ", 3));
  }
  EXPECT_EQ(store_.AreasAt(1), first);   // Few kept, many ended.
  EXPECT_EQ(store_.AreasAt(2), second);  // Many of both.
  EXPECT_EQ(store_.AreasAt(3), third);   // Many kept, few ended.
  third[1] = "1001=fourth 1@4";
  EXPECT_EQ(store_.AreasAt(4), third);
}

TEST_F(VersionedStoreTest, AListOfFewRowsIsThatOfItsVersion) {
  ASSERT_OK(store_.Put("ARM", "Armenia"));
  ASSERT_OK(store_.Put("GEO", "Georgia"));
  ASSERT_OK(store_.Put("ARM", "Hayastan"));
  EXPECT_THAT(store_.AreasAt(2), ElementsAre("ARM=Armenia@1", "GEO=Georgia@2"));
}

}  // namespace
}  // namespace corridor::store
