#include "platform/config/option_table.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

class OptionTableTest : public ::testing::Test {
 protected:
  ~OptionTableTest() override {
    for (const char* variable : {"CORRIDOR_LISTEN", "CORRIDOR_MAX_BYTES", "CORRIDOR_GRACE"}) {
      unsetenv(variable);
    }
  }

  std::optional<int> Parse(std::vector<std::string> arguments) {
    OptionTable table("corridor-test", "Tests options.");
    table.Text("listen", &listen_, "Where to listen.")
        .Address("admin-listen", &admin_listen_, "Where metrics are served.")
        .Choice("migrate", &migrate_, {"auto", "only", "check"}, "What to do.")
        .Integer("max-bytes", &max_bytes_, 1, 1024, "bytes", "Largest message.")
        .Duration("grace", &grace_, absl::ZeroDuration(), absl::Minutes(1), "Time to drain.");
    arguments.insert(arguments.begin(), "corridor-test");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    CaptureStdout();
    CaptureStderr();
    const std::optional<int> code = table.Parse(static_cast<int>(argv.size()), argv.data());
    out_ = GetCapturedStdout();
    err_ = GetCapturedStderr();
    return code;
  }

  std::string listen_ = "127.0.0.1:0";
  std::string admin_listen_ = "127.0.0.1:0";
  std::string migrate_ = "auto";
  int64_t max_bytes_ = 64;
  absl::Duration grace_ = absl::Seconds(10);
  std::string out_, err_;
};

TEST_F(OptionTableTest, WithoutArgumentsTheDefaultsStay) {
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(listen_, "127.0.0.1:0");
  EXPECT_EQ(max_bytes_, 64);
  EXPECT_EQ(out_ + err_, "");
}

TEST_F(OptionTableTest, FlagsTakeTheirValueBothWays) {
  EXPECT_EQ(Parse({"--listen=a=b", "--migrate", "check", "--max-bytes", "1024", "--grace=250ms"}),
            std::nullopt);
  EXPECT_EQ(listen_, "a=b");
  EXPECT_EQ(migrate_, "check");
  EXPECT_EQ(max_bytes_, 1024);
  EXPECT_EQ(grace_, absl::Milliseconds(250));
  EXPECT_EQ(Parse({"--listen="}), std::nullopt);
  EXPECT_EQ(listen_, "");
}

TEST_F(OptionTableTest, TheEnvironmentIsBelowTheFlags) {
  setenv("CORRIDOR_LISTEN", "from environment", 1);
  setenv("CORRIDOR_MAX_BYTES", "7", 1);
  setenv("CORRIDOR_GRACE", "", 1);
  EXPECT_EQ(Parse({"--max-bytes=8"}), std::nullopt);
  EXPECT_EQ(listen_, "from environment");
  EXPECT_EQ(max_bytes_, 8);
  EXPECT_EQ(grace_, absl::Seconds(10));
}

TEST_F(OptionTableTest, AWrongVariableIsNamed) {
  setenv("CORRIDOR_MAX_BYTES", "many", 1);
  EXPECT_EQ(Parse({}), 2);
  EXPECT_EQ(
      err_,
      "corridor-test: CORRIDOR_MAX_BYTES: \"many\" is not a whole number (bytes, 1 to 1024)\n");
}

TEST_F(OptionTableTest, EveryMistakeIsOneLineThatNamesOptionValueAndWhatIsAllowed) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--max-bytes=0"}, "--max-bytes: \"0\" is not a whole number (bytes, 1 to 1024)"},
      {{"--max-bytes=1025"}, "--max-bytes: \"1025\" is not a whole number (bytes, 1 to 1024)"},
      {{"--max-bytes=1x"}, "--max-bytes: \"1x\" is not a whole number (bytes, 1 to 1024)"},
      {{"--max-bytes="}, "--max-bytes: \"\" is not a whole number (bytes, 1 to 1024)"},
      {{"--grace=10"}, "--grace: \"10\" is not a time such as 250ms or 10s (duration, 0 to 1m)"},
      {{"--grace=2m"}, "--grace: \"2m\" is not a time such as 250ms or 10s (duration, 0 to 1m)"},
      {{"--migrate=never"}, "--migrate: \"never\" is none of auto|only|check"},
      {{"--admin-listen=0.0.0.0:1"},
       "--admin-listen: \"0.0.0.0:1\" is refused: until callers have identities, Corridor listens "
       "on 127.0.0.1 only"},
      {{"--listne=x"}, "--listne: there is no such option; the nearest is --listen"},
      {{"--hlep"}, "--hlep: there is no such option; the nearest is --help"},
      {{"--listen"}, "--listen: needs a value (text)"},
      {{"start"}, "\"start\" is not an option; see --help"},
      {{"-l"}, "\"-l\" is not an option; see --help"},
      {{"--"}, "\"--\" is not an option; see --help"},
  };
  for (const auto& [arguments, line] : cases) {
    EXPECT_EQ(Parse(arguments), 2);
    EXPECT_EQ(err_, "corridor-test: " + std::string(line) + "\n");
    EXPECT_EQ(out_, "");
  }
}

TEST_F(OptionTableTest, HelpNamesEveryOptionWithUnitDefaultAndVariable) {
  EXPECT_EQ(Parse({"--help"}), 0);
  EXPECT_THAT(out_,
              AllOf(StartsWith("corridor-test: Tests options.\n"),
                    HasSubstr("--max-bytes (bytes, 1 to 1024; default \"64\"; CORRIDOR_MAX_BYTES)\n"
                              "      Largest message.\n"),
                    HasSubstr("--migrate (auto|only|check; default \"auto\"; CORRIDOR_MIGRATE)"),
                    HasSubstr("--grace (duration, 0 to 1m; default \"10s\"; CORRIDOR_GRACE)"),
                    HasSubstr("--version")));
}

TEST_F(OptionTableTest, VersionNamesProgramVersionAndCommit) {
  EXPECT_EQ(Parse({"--version"}), 0);
  EXPECT_THAT(out_, ::testing::MatchesRegex("corridor-test [0-9]+\\.[0-9]+\\.[0-9]+.* \\(.+\\)\n"));
}

}  // namespace
}  // namespace corridor::config
