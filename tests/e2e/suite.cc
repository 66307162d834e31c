#include "tests/e2e/suite.h"

#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "corridor/gateway/v1/status.pb.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::e2e {
namespace {

// Sanitized binaries on a busy machine take their time to load the default data.
constexpr absl::Duration kStart = absl::Seconds(60);

// Starts `binary` and answers its listen address; empty, and a failed test, when it does not come
// up.
std::string StartAndWait(const std::string& binary, const std::vector<std::string>& options,
                         const std::string& output, std::unique_ptr<ChildProcess>& process) {
  absl::StatusOr<std::unique_ptr<ChildProcess>> started =
      ChildProcess::Start(binary, options, output);
  EXPECT_OK(started);
  if (!started.ok()) return "";
  process = *std::move(started);
  const auto ready = process->WaitReady(absl::Now() + kStart);
  EXPECT_OK(ready) << binary;
  return ready.ok() ? ready->at("listen") : "";
}

}  // namespace

std::string MemberstatesBinary() { return CORRIDOR_MEMBERSTATES; }
std::string DefaultData() { return CORRIDOR_DEFAULT_DATA; }

Suite::Suite(const std::vector<std::string>& options) : options_(options) {
  StartMemberstates();
  gateway_address_ =
      StartAndWait(CORRIDOR_GATEWAY,
                   {"--listen=127.0.0.1:0", absl::StrCat("--memberstates=", memberstates_address_)},
                   folder_.path() + "/gateway", gateway_);
  WaitUntilNothingIsMissing();
}

HttpClient Suite::Client() const { return HttpClient(absl::StrCat("http://", gateway_address_)); }

void Suite::StartMemberstates() {
  std::vector<std::string> options = {
      absl::StrCat("--listen=", memberstates_address_),
      absl::StrCat("--store=sqlite:", folder_.path(), "/memberstates.sqlite"),
      absl::StrCat("--default-data=", DefaultData())};
  options.insert(options.end(), options_.begin(), options_.end());
  memberstates_address_ =
      StartAndWait(MemberstatesBinary(), options, folder_.path() + "/memberstates", memberstates_);
}

void Suite::KillMemberstates() { memberstates_->Kill(); }

void Suite::RestartMemberstates() { StartMemberstates(); }

void Suite::WaitUntilNothingIsMissing() {
  HttpClient client = Client();
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  gateway::v1::Readiness readiness;
  do {
    readiness = Answer<gateway::v1::Readiness>(client.Get("/readyz"));
    if (readiness.missing().empty()) return;
    std::this_thread::yield();
  } while (absl::Now() < limit && !::testing::Test::HasFailure());
  ADD_FAILURE() << "still missing: " << readiness.ShortDebugString();
}

}  // namespace corridor::e2e
