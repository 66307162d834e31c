// Holds the tree to the dependency rules of layering.h, and each rule to a breach planted for it.
#include "tests/layering.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::layering {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LayeringTest, TheTreeKeepsTheRules) {
  const Tree tree = ReadTree(CORRIDOR_SOURCE_DIR);
  ASSERT_TRUE(tree.contains("tests/layering.h")) << "no tree at " << CORRIDOR_SOURCE_DIR;
  const std::vector<std::string> breaches = Breaches(tree);
  EXPECT_THAT(breaches, IsEmpty()) << absl::StrJoin(breaches, "\n");
}

// A file with one include, and why it is a breach; "" when it is allowed.
struct Include {
  const char* file;
  const char* include;
  const char* why;
};

// What gtest names a case by when it fails.
std::ostream& operator<<(std::ostream& os, const Include& c) {
  return os << c.file << " includes " << c.include;
}

class IncludeTest : public ::testing::TestWithParam<Include> {};

TEST_P(IncludeTest, IsReportedWithItsReason) {
  const auto& [file, include, why] = GetParam();
  const Tree tree = {{file, absl::StrCat("// A file.\n#include ", include, "\n")}};
  const std::vector<std::string> breaches = Breaches(tree);
  if (*why == '\0') {
    EXPECT_THAT(breaches, IsEmpty());
    return;
  }
  const std::string path(include + 1, std::char_traits<char>::length(include) - 2);
  EXPECT_THAT(breaches, ElementsAre(absl::StrCat(file, ":2: includes ", path, ": ", why)));
}

constexpr char kPlatformIsBelow[] = "platform stands below services, gateway and tests";
constexpr char kConcrete[] = "only main.cc names concrete types";
constexpr char kBoost[] = "Boost stays in the gateway's .cc files";

INSTANTIATE_TEST_SUITE_P(
    Planted, IncludeTest,
    ::testing::Values(
        Include{"platform/server/serve.cc", "\"services/indicators/store.h\"", kPlatformIsBelow},
        Include{"platform/server/serve.cc", "\"gateway/call.h\"", kPlatformIsBelow},
        Include{"platform/server/serve.cc", "\"tests/layering.h\"", kPlatformIsBelow},
        Include{"platform/server/serve.cc", "\"corridor/memberstates/v1/area.pb.h\"",
                "platform knows no contract but common and changes"},
        Include{"services/indicators/handler.cc", "\"services/memberstates/store.h\"",
                "services never include each other"},
        Include{"services/indicators/handler.cc", "\"gateway/call.h\"",
                "services never include the gateway"},
        Include{"services/indicators/handler.cc", "\"tests/layering.h\"",
                "only tests include tests"},
        Include{"gateway/main.cc", "\"services/memberstates/store.h\"",
                "the gateway never includes services"},
        Include{"gateway/call.cc", "\"tests/layering.h\"", "only tests include tests"},
        Include{"gateway/call.cc", "<grpcpp/grpcpp.h>", "the gateway does without gRPC"},
        Include{"gateway/call.cc", "\"corridor/memberstates/v1/area.grpc.pb.h\"",
                "the gateway does without gRPC"},
        Include{"services/memberstates/sql_store.cc", "<sqlite3.h>",
                "only platform/store/sqlite_* includes it"},
        Include{"platform/store/versioned_store.cc", "\"sqlite3.h\"",
                "only platform/store/sqlite_* includes it"},
        Include{"platform/store/sqlite_database.cc", "<libpq-fe.h>",
                "only platform/store/postgres_* includes it"},
        Include{"platform/cache/l1.cc", "<hiredis/hiredis.h>",
                "only platform/cache/redis_* includes it"},
        Include{"gateway/http/listener.h", "\"boost/asio.hpp\"", kBoost},
        Include{"platform/server/serve.cc", "<boost/asio.hpp>", kBoost},
        Include{"services/memberstates/handler.cc", "\"platform/store/sqlite_database.h\"",
                kConcrete},
        Include{"services/memberstates/handler.cc", "\"services/memberstates/sql_store.h\"",
                kConcrete},
        Include{"platform/store/versioned_store.cc", "\"platform/store/sqlite_database.h\"",
                kConcrete},
        Include{"services/memberstates/main.cc", "\"services/memberstates/fake_store.h\"",
                "it is for tests"},
        Include{"gateway/call.cc", "\"platform/testing/status_matchers.h\"", "it is for tests"},
        Include{"gateway/call.cc", "\"../services/memberstates/store.h\"",
                "includes are from the root, without `..`"}));

INSTANTIATE_TEST_SUITE_P(
    Allowed, IncludeTest,
    ::testing::Values(
        Include{"platform/server/serve.cc", "\"corridor/changes/v1/changes.grpc.pb.h\"", ""},
        Include{"services/memberstates/handler.cc", "\"services/memberstates/store.h\"", ""},
        Include{"services/memberstates/handler.cc", "\"platform/status/status.h\"", ""},
        Include{"services/memberstates/main.cc", "\"platform/store/sqlite_database.h\"", ""},
        Include{"services/memberstates/main.cc", "\"services/memberstates/sql_store.h\"", ""},
        Include{"services/memberstates/sql_store_areas.cc", "\"services/memberstates/sql_store.h\"",
                ""},
        Include{"services/memberstates/sql_store_test.cc", "\"platform/store/sqlite_database.h\"",
                ""},
        Include{"platform/store/sqlite_database.cc", "<sqlite3.h>", ""},
        Include{"gateway/http/listener.cc", "\"boost/asio.hpp\"", ""},
        Include{"gateway/upstream/http2_client_test.cc", "<grpcpp/grpcpp.h>", ""},
        Include{"gateway/call_test.cc", "\"platform/testing/status_matchers.h\"", ""},
        Include{"tests/e2e/grpc_test.cc", "<grpcpp/grpcpp.h>", ""}));

TEST(LayeringTest, AnIncludeBesideTheFileCountsAsThatFile) {
  const Tree tree = {{"services/memberstates/handler.cc", "#include \"sql_store.h\"\n"},
                     {"services/memberstates/sql_store.h", ""}};
  EXPECT_THAT(Breaches(tree),
              ElementsAre("services/memberstates/handler.cc:1: includes "
                          "services/memberstates/sql_store.h: only main.cc names concrete types"));
}

TEST(LayeringTest, AMainOfSixtyLinesIsReported) {
  const std::string line = "// Wiring.\n";
  std::string text;
  for (int i = 0; i < 59; ++i) text += line;
  EXPECT_THAT(Breaches({{"gateway/main.cc", text}}), IsEmpty());
  EXPECT_THAT(Breaches({{"gateway/main.cc", text + line}}),
              ElementsAre("gateway/main.cc:1: has 60 lines: wiring only, under 60"));
}

TEST(LayeringTest, AContractOfSixtyOneMessagesIsReported) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    absl::StrAppend(&text, i % 2 == 0 ? "" : "  ", "message M", i, " {}\n");
  const std::string file = "proto/corridor/programmes/v1/project.proto";
  EXPECT_THAT(Breaches({{file, text}}), IsEmpty());
  EXPECT_THAT(Breaches({{file, text + "message Last {}\n"}}),
              ElementsAre(absl::StrCat(
                  file, ":1: has 61 messages: at most 60 compile in reasonable time")));
}

TEST(LayeringTest, AContractThatImportsAnotherSubjectIsReported) {
  const std::string own = "import \"corridor/memberstates/v1/area.proto\";\n";
  const std::string common =
      "import public \"corridor/common/v1/date.proto\";\nimport \"google/api/http.proto\";\n"
      "import \"corridor/changes/v1/versions.proto\";\n";
  EXPECT_THAT(Breaches({{"proto/corridor/memberstates/v1/membership.proto", own + common}}),
              IsEmpty());
  EXPECT_THAT(
      Breaches({{"proto/corridor/common/v1/date.proto", own}}),
      ElementsAre(
          "proto/corridor/common/v1/date.proto:1: imports corridor/memberstates/v1/area.proto: "
          "a contract knows its own package, common and changes"));
}

}  // namespace
}  // namespace corridor::layering
