#include "platform/store/migrations.h"

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr EmbeddedFile kAreas = {
    "0001_areas.sql", "-- oldest binary: 1\nCREATE TABLE areas (code TEXT PRIMARY KEY);\n"};
constexpr EmbeddedFile kNames = {"0002_names.sql",
                                 "-- oldest binary: 1\nALTER TABLE areas ADD COLUMN name TEXT;\n"};
constexpr EmbeddedFile kGroups = {"0003_groups.sql",
                                  "-- oldest binary: 3\nCREATE TABLE groups (code TEXT);\n"};

class MigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK_AND_ASSIGN(database_, test_database_.Open()); }

  absl::Status Apply(const Migrations& migrations, Migrate mode = Migrate::kAuto) {
    return ApplyMigrations(*database_, {{"service", migrations}}, mode,
                           absl::FromUnixSeconds(1000));
  }
  std::vector<std::string> Names(std::string_view sql) {
    std::vector<std::string> names;
    const auto snapshot = database_->Read(absl::InfiniteFuture());
    EXPECT_OK(snapshot);
    EXPECT_OK((*snapshot)->Query(sql, {}, [&](const Row& row) {
      names.emplace_back(row.Text(0));
      return absl::OkStatus();
    }));
    return names;
  }
  bool HasTable(const std::string& name) {
    const auto snapshot = database_->Read(absl::InfiniteFuture());
    EXPECT_OK(snapshot);
    return (*snapshot)
        ->Query("SELECT 1 FROM " + name, {}, [](const Row&) { return absl::OkStatus(); })
        .ok();
  }
  std::vector<std::string> Applied() {
    return Names(
        "SELECT series || ' ' || name || ' ' || oldest_binary || ' ' || applied_at_us"
        " FROM schema_migrations ORDER BY series, number");
  }

  TestDatabase test_database_;
  std::unique_ptr<Database> database_;
};

TEST_F(MigrationsTest, AreAppliedInOrderAndOnce) {
  ASSERT_OK(Apply({kAreas}));
  ASSERT_OK(Apply({kAreas, kNames, kGroups}));
  ASSERT_OK(Apply({kAreas, kNames, kGroups}, Migrate::kOnly));
  EXPECT_THAT(Applied(), ElementsAre("service 0001_areas.sql 1 1000000000",
                                     "service 0002_names.sql 1 1000000000",
                                     "service 0003_groups.sql 3 1000000000"));
}

TEST_F(MigrationsTest, ProcessesThatApplyTheSameAtOnceApplyItOnce) {
  if (!TestDatabase::IsPostgres()) GTEST_SKIP() << "one process has a database of SQLite";
  std::vector<std::thread> processes;
  for (int i = 0; i < 4; ++i) {
    processes.emplace_back([this] {
      ASSERT_OK_AND_ASSIGN(const auto database, test_database_.Open());
      EXPECT_OK(ApplyMigrations(*database, {{"service", {kAreas, kNames, kGroups}}}, Migrate::kAuto,
                                absl::FromUnixSeconds(1000)));
    });
  }
  for (std::thread& process : processes) process.join();
  EXPECT_EQ(Applied().size(), 3);
}

TEST_F(MigrationsTest, SeriesAreNumberedByThemselves) {
  const Migrations first = {kAreas};
  const Migrations second = {
      {"0001_spells.sql", "-- oldest binary: 1\nCREATE TABLE spells (x TEXT);"}};
  ASSERT_OK(ApplyMigrations(*database_, {{"platform", first}, {"service", second}}, Migrate::kAuto,
                            absl::UnixEpoch()));
  EXPECT_THAT(Applied(), ElementsAre("platform 0001_areas.sql 1 0", "service 0001_spells.sql 1 0"));
}

TEST_F(MigrationsTest, CheckAppliesNothingAndNamesWhatIsMissing) {
  EXPECT_THAT(
      Apply({kAreas}, Migrate::kCheck),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("lacks migration 0001_areas.sql"), HasSubstr("--migrate=auto"))));
  EXPECT_FALSE(HasTable("areas"));
  EXPECT_FALSE(HasTable("schema_migrations"));
  ASSERT_OK(Apply({kAreas}));
  EXPECT_OK(Apply({kAreas}, Migrate::kCheck));
}

TEST_F(MigrationsTest, AFailedOneLeavesNoTraceAndIsNamed) {
  const EmbeddedFile broken = {"0002_broken.sql",
                               "-- oldest binary: 1\nCREATE TABLE half (x TEXT); CREATE nonsense;"};
  EXPECT_THAT(Apply({kAreas, broken}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("0002_broken.sql: ")));
  EXPECT_THAT(Applied(), ElementsAre("service 0001_areas.sql 1 1000000000"));
  EXPECT_FALSE(HasTable("half"));
}

TEST_F(MigrationsTest, ANewerSchemaIsServedByABinaryThatItsMigrationsAllow) {
  ASSERT_OK(Apply({kAreas, kNames}));
  EXPECT_OK(Apply({kAreas}));
  EXPECT_OK(Apply({kAreas}, Migrate::kCheck));
}

TEST_F(MigrationsTest, ANewerSchemaThatNeedsANewerBinaryIsRefused) {
  ASSERT_OK(Apply({kAreas, kNames, kGroups}));
  EXPECT_THAT(Apply({kAreas, kNames}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("newer than this program: 0003_groups.sql needs one with "
                                 "migration 3, this one ends at 2")));
}

TEST_F(MigrationsTest, ARefusedSeriesKeepsTheOthersUntouched) {
  ASSERT_OK(Apply({kAreas, kNames, kGroups}));
  const Migrations platform = {{"0001_x.sql", "-- oldest binary: 1\nCREATE TABLE x (x TEXT);"}};
  const Migrations service = {kAreas};
  EXPECT_THAT(ApplyMigrations(*database_, {{"platform", platform}, {"service", service}},
                              Migrate::kAuto, absl::UnixEpoch()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(HasTable("x"));
}

TEST_F(MigrationsTest, AChangedTextIsDataLossNamingIt) {
  ASSERT_OK(Apply({kAreas}));
  const EmbeddedFile changed = {kAreas.name, "-- oldest binary: 1\nCREATE TABLE areas (x TEXT);\n"};
  EXPECT_THAT(Apply({changed}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("0001_areas.sql was applied with another text")));
}

TEST_F(MigrationsTest, OneThatWasSkippedOrIsUnknownIsDataLossNamingIt) {
  ASSERT_OK(Apply({kAreas, kGroups}));
  EXPECT_THAT(Apply({kAreas, kNames, kGroups}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("0002_names.sql was skipped")));
  EXPECT_THAT(Apply({kGroups}), StatusIs(absl::StatusCode::kDataLoss,
                                         HasSubstr("0001_areas.sql is applied and unknown")));
}

TEST_F(MigrationsTest, MisnamedOrHeadlessFilesAreOurMistake) {
  const std::map<std::string, EmbeddedFile> wrong = {
      {"is not named NNNN_name.sql", {"1_x.sql", "-- oldest binary: 1\n"}},
      {"does not begin with", {"0001_x.sql", "CREATE TABLE x (x TEXT);"}},
      {"N from 1 to 1", {"0001_x.sql", "-- oldest binary: 2\n"}},
      {"`-- oldest binary: N`", {"0001_x.sql", "-- oldest binary: one\n"}},
  };
  for (const auto& [message, file] : wrong) {
    EXPECT_THAT(Apply({file}), StatusIs(absl::StatusCode::kInternal, HasSubstr(message)));
  }
  EXPECT_THAT(Apply({kNames, kAreas}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("0001_areas.sql comes after")));
}

}  // namespace
}  // namespace corridor::store
