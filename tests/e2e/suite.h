// One memberstates and one gateway in front of it, from this build tree: free ports, a store of
// their own. For tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/testing/process.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/http_client.h"

namespace corridor::e2e {

// Not thread-safe; clients may be used from any thread, one thread each.
class Suite {
 public:
  // Starts both and waits until the gateway reaches the service. Fails the test when that does not
  // happen. `options` go to memberstates, which loads the default data unless they say otherwise.
  explicit Suite(const std::vector<std::string>& options = {});

  HttpClient Client() const;
  // `127.0.0.1:41234`, the same after a restart.
  const std::string& memberstates_address() const { return memberstates_address_; }
  // SIGKILL; returns when the process is gone.
  void KillMemberstates();
  // Starts it again on the same address; returns when it answers.
  void RestartMemberstates();
  // Returns when the gateway says that it misses no service; fails the test after 20 s.
  void WaitUntilNothingIsMissing();

 private:
  // Starts memberstates on memberstates_address_, and learns it.
  void StartMemberstates();

  TempDir folder_;
  std::vector<std::string> options_;
  std::string memberstates_address_ = "127.0.0.1:0";
  std::string gateway_address_;
  std::unique_ptr<ChildProcess> memberstates_;
  std::unique_ptr<ChildProcess> gateway_;
};

// Paths of the binaries under test and of the default data.
std::string MemberstatesBinary();
std::string DefaultData();

}  // namespace corridor::e2e
