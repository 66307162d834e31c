// Clients that nobody here wrote, each in a process of its own, against the one port of a suite.
// Skipped, with the reason, where a client is not installed.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLongest = absl::Seconds(55);

struct Outcome {
  int exit_code = -1;
  std::string output;  // And what it wrote to stderr.
};

class InteropTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite(AllServices(), {.gateway_options = {"--cors-origins=*"}});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string Address() { return suite_->address("gateway"); }
  static std::string Url(const std::string& target) {
    return absl::StrCat("http://", Address(), target);
  }

  // Runs a command found on the path, whose words have no quotes; 127 when there is none.
  static Outcome Run(const std::vector<std::string>& command) {
    const TempDir home;
    // By a shell, which takes the option that every process of the suite is given.
    std::string line = absl::StrCat("HOME='", home.path(), "' exec");
    for (const std::string& word : command) absl::StrAppend(&line, " '", word, "'");
    const auto process = ChildProcess::Start("/bin/sh", {"-c", line}, home.File("client"));
    EXPECT_OK(process);
    if (!process.ok()) return {};
    const absl::StatusOr<int> exit_code = (*process)->Wait(absl::Now() + kLongest);
    const std::string output = absl::StrCat((*process)->Stdout(), (*process)->Stderr());
    EXPECT_OK(exit_code) << output;
    return {exit_code.value_or(-1), output};
  }
  static bool IsThere(const std::vector<std::string>& command) {
    return Run(command).exit_code == 0;
  }
  static std::string Client(const std::string& file) {
    return absl::StrCat(CORRIDOR_SOURCE_DIR, "/tests/interop/", file);
  }

  // Runs a client written for Node.js with packages of npm.
  static void RunNodeClient(const std::string& file, int oldest_node) {
    const std::string modules =
        absl::StrCat(CORRIDOR_SOURCE_DIR, "/.corridor/interop/node_modules");
    const std::string is_new_enough =
        absl::StrCat("process.exit(parseInt(process.versions.node) < ", oldest_node, " ? 1 : 0)");
    if (!IsThere({"node", "-e", is_new_enough})) {
      GTEST_SKIP() << "there is no Node.js from " << oldest_node << " on";
    }
    if (!IsThere({"test", "-d", modules})) GTEST_SKIP() << "npm could not bring the clients";
    const Outcome outcome =
        Run({"node", Client(file), Address(), CORRIDOR_DESCRIPTOR_SET, modules});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  }

  static Suite* suite_;
};

Suite* InteropTest::suite_ = nullptr;

TEST_F(InteropTest, PythonsGrpcioIsServed) {
  if (!IsThere({"/usr/bin/python3", "-c", "import grpc, google.protobuf"})) {
    GTEST_SKIP() << "python3-grpcio is not installed";
  }
  const Outcome outcome =
      Run({"/usr/bin/python3", Client("grpcio_client.py"), Address(), CORRIDOR_DESCRIPTOR_SET});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(InteropTest, GrpcJsIsServed) { RunNodeClient("grpc_js_client.mjs", 18); }

TEST_F(InteropTest, ConnectNodeIsServedInEachOfItsProtocols) {
  RunNodeClient("connect_node_client.mjs", 18);
}

TEST_F(InteropTest, ConnectWebIsServedInABrowser) {
  if (!IsThere({"chromium", "--version"})) GTEST_SKIP() << "Chromium is not installed";
  RunNodeClient("connect_web_client.mjs", 20);
}

TEST_F(InteropTest, CurlIsServedOverHttp2WithPriorKnowledge) {
  const Outcome outcome = Run({"curl", "--noproxy", "*", "-s", "-o", "/dev/null", "-w",
                               "%{http_version} %{response_code}", "--http2-prior-knowledge",
                               Url("/v1/organisations/IOM")});
  EXPECT_EQ(outcome.output, "2 200");
}

TEST_F(InteropTest, CurlThatAsksToUpgradeIsServedOverHttp11) {
  const Outcome outcome =
      Run({"curl", "--noproxy", "*", "-s", "-o", "/dev/null", "-w",
           "%{http_version} %{response_code}", "--http2", Url("/v1/organisations/IOM")});
  EXPECT_EQ(outcome.output, "1.1 200");
}

TEST_F(InteropTest, NghttpIsServed) {
  if (!IsThere({"nghttp", "--version"})) GTEST_SKIP() << "nghttp2-client is not installed";
  const Outcome outcome = Run({"nghttp", "--no-dep", Url("/v1/organisations/IOM")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("organisations/IOM"));
}

TEST_F(InteropTest, H2loadIsServedOnManyStreams) {
  if (!IsThere({"h2load", "--version"})) GTEST_SKIP() << "nghttp2-client is not installed";
  const Outcome outcome =
      Run({"h2load", "-n", "2000", "-c", "4", "-m", "16", Url("/v1/organisations/IOM")});
  EXPECT_THAT(outcome.output, HasSubstr("2000 done, 2000 succeeded, 0 failed, 0 errored"));
  EXPECT_THAT(outcome.output, HasSubstr("status codes: 2000 2xx"));
}

}  // namespace
}  // namespace corridor::e2e
