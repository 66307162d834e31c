#include "tests/e2e/suite.h"

#include <csignal>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "corridor/gateway/v1/status.pb.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::e2e {
namespace {

// Sanitized binaries on a busy machine take their time to load the default data.
constexpr absl::Duration kStart = absl::Seconds(60);

constexpr char kGateway[] = "gateway";
constexpr char kMemberstates[] = "memberstates";

}  // namespace

const std::vector<std::string>& AllServices() {
  static const auto* services =
      new std::vector<std::string>{kMemberstates, "indicators", "programmes"};
  return *services;
}

std::string Binary(const std::string& name) { return absl::StrCat(CORRIDOR_BIN, "/", name); }
std::string DefaultData(const std::string& service) {
  return absl::StrCat(CORRIDOR_SOURCE_DIR, "/services/", service, "/data");
}

Suite::Suite(const std::vector<std::string>& services, const SuiteOptions& options)
    : options_(options) {
  if (TestsRunOnPostgres()) {
    auto started = PostgresServer::Start();
    EXPECT_OK(started);
    postgres_ = *std::move(started);
  }
  std::vector<std::string> targets = options_.gateway_options;
  LaunchService(kMemberstates);
  Await(kMemberstates);
  for (const std::string& service : services) {
    if (service != kMemberstates) LaunchService(service);
  }
  for (const std::string& service : services) {
    if (service != kMemberstates) Await(service);
    targets.push_back(absl::StrCat("--", service, "=", address(service)));
  }
  if (!options_.gateway) return;
  running_[kGateway].options = std::move(targets);
  Launch(kGateway);
  Await(kGateway);
  HttpClient client = Client();
  WaitUntilNothingIsMissing(client);
}

HttpClient Suite::Client() const { return HttpClient(absl::StrCat("http://", address(kGateway))); }

const std::string& Suite::address(const std::string& service) const {
  return running_.at(service).address;
}

pid_t Suite::pid(const std::string& service) const { return running_.at(service).process->pid(); }

void Suite::Kill(const std::string& service) { running_.at(service).process->Kill(); }
void Suite::Suspend(const std::string& service) { running_.at(service).process->Signal(SIGSTOP); }
void Suite::Resume(const std::string& service) { running_.at(service).process->Signal(SIGCONT); }

void Suite::Restart(const std::string& service) {
  Launch(service);
  Await(service);
}

void Suite::Wipe(const std::string& service) const {
  for (const char* end : {"", "-wal", "-shm"}) {
    std::filesystem::remove(absl::StrCat(folder_.path(), "/", service, ".sqlite", end));
  }
}

void Suite::LaunchService(const std::string& name) {
  std::vector<std::string> options = {
      postgres_ != nullptr ? absl::StrCat("--store=", postgres_->Uri())
                           : absl::StrCat("--store=sqlite:", folder_.path(), "/", name, ".sqlite")};
  if (options_.default_data) {
    options.push_back(absl::StrCat("--default-data=", DefaultData(name)));
  }
  if (name != kMemberstates) {
    options.push_back(absl::StrCat("--memberstates=", address(kMemberstates)));
  }
  running_[name].options = std::move(options);
  Launch(name);
}

void Suite::Launch(const std::string& name) {
  Running& running = running_.at(name);
  std::vector<std::string> options = running.options;
  options.push_back(absl::StrCat("--listen=", running.address));
  auto started =
      ChildProcess::Start(Binary(name), options, absl::StrCat(folder_.path(), "/", name));
  ASSERT_OK(started);
  running.process = *std::move(started);
}

void Suite::Await(const std::string& name) {
  Running& running = running_.at(name);
  ASSERT_NE(running.process, nullptr) << name;
  const auto ready = running.process->WaitReady(absl::Now() + kStart);
  ASSERT_OK(ready) << name;
  running.address = ready->at("listen");
}

void Suite::WaitUntilNothingIsMissing(HttpClient& client) const {
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
