// What a process of a service does before it serves, and when it cannot.
#include "platform/service/process.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/sqlite_tables.h"
#include "platform/testing/temp_dir.h"

namespace corridor::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class ServiceProcessTest : public ::testing::Test {
 protected:
  // Runs a service without tables, with `options` beside its store.
  int Run(std::vector<std::string> options,
          absl::FunctionRef<absl::StatusOr<int>(Process&)> serve) {
    options.insert(options.begin(), {"service", "--store=sqlite:" + folder_.File("service.db")});
    std::vector<char*> argv;
    argv.reserve(options.size());
    for (std::string& option : options) argv.push_back(option.data());
    return service::Run({.name = "service",
                         .purpose = "Serves a test.",
                         .engines = {.sqlite = store::OpenSqlite,
                                     .postgres = store::OpenPostgres,
                                     .tables_of_sqlite = store::SqliteTables},
                         .migrations = {},
                         .tables = {}},
                        static_cast<int>(argv.size()), argv.data(), serve);
  }

  TempDir folder_;
};

TEST_F(ServiceProcessTest, EndsAsServingDid) {
  EXPECT_EQ(Run({}, [](Process&) { return 7; }), 7);
}

TEST_F(ServiceProcessTest, AFailureBeforeServingIsOneLine) {
  CaptureStderr();
  EXPECT_EQ(Run({}, [](Process&) { return absl::UnavailableError("no areas"); }), 1);
  EXPECT_EQ(GetCapturedStderr(), "service: no areas\n");
}

TEST_F(ServiceProcessTest, MigrateOnlyDoesNotServe) {
  EXPECT_EQ(Run({"--migrate=only"}, [](Process&) { return 7; }), 0);
}

TEST_F(ServiceProcessTest, DefaultDataAreLoadedWhenTheOptionsNameAFolder) {
  struct Loads {
    std::vector<std::string> folders;
  } loads;
  const auto serve = [&](Process& process) -> absl::StatusOr<int> {
    const LoadDefaultData<Loads> load = [](const std::string& folder, store::VersionedStore&,
                                           Loads& made, absl::Time) -> absl::StatusOr<int> {
      made.folders.push_back(folder);
      return 0;
    };
    RETURN_IF_ERROR(process.Load(load, loads));
    return 0;
  };
  EXPECT_EQ(Run({}, serve), 0);
  EXPECT_THAT(loads.folders, IsEmpty());
  EXPECT_EQ(Run({"--default-data=data"}, serve), 0);
  EXPECT_THAT(loads.folders, ElementsAre("data"));
}

}  // namespace
}  // namespace corridor::service
