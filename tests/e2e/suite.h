// The services and one gateway in front of them, from this build tree: free ports, stores of their
// own, on SQLite or as TestsRunOnPostgres says. For tests.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/testing/postgres_server.h"
#include "platform/testing/process.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/http_client.h"

namespace corridor::e2e {

// All services in the order in which they start: at their first start the others copy the areas of
// memberstates.
const std::vector<std::string>& AllServices();

// Path of the binary of a service or of the gateway.
std::string Binary(const std::string& name);
// Folder of the default data of a service.
std::string DefaultData(const std::string& service);

// What a suite has beside its services.
struct SuiteOptions {
  bool gateway = true;
  bool default_data = true;                       // Else the stores are empty at first.
  std::vector<std::string> gateway_options = {};  // Beside its addresses, e.g. `--loops=1`.
};

// Not thread-safe; clients may be used from any thread, one thread each.
class Suite {
 public:
  // Starts `services`, memberstates among them, and what `options` say; returns when the gateway
  // reaches them all. Fails the test when that does not happen.
  explicit Suite(const std::vector<std::string>& services = AllServices(),
                 const SuiteOptions& options = {});

  HttpClient Client() const;
  // Of a service, or of `gateway`: `127.0.0.1:41234`, the same after a restart.
  const std::string& address(const std::string& service) const;
  // Of the process of a service, or of the `gateway`.
  pid_t pid(const std::string& service) const;
  // SIGKILL; returns when the process is gone.
  void Kill(const std::string& service);
  // SIGSTOP: it keeps its connections and answers nothing, until Resume().
  void Suspend(const std::string& service);
  void Resume(const std::string& service);
  // Starts it again, a service or the `gateway`, on the same address and store; returns when it is
  // ready.
  void Restart(const std::string& service);
  // Deletes the store of a service that does not run: it starts with the default data again.
  void Wipe(const std::string& service) const;
  // The server that all stores are on; null where each is a file of SQLite.
  PostgresServer* postgres() const { return postgres_.get(); }
  // Returns when the gateway says that it misses no service; fails the test after 20 s. Each loop
  // of the gateway has connections of its own: it is the loop of `client` that says so.
  void WaitUntilNothingIsMissing(HttpClient& client) const;

 private:
  struct Running {
    std::string address = "127.0.0.1:0";
    std::vector<std::string> options;  // But for the address.
    std::unique_ptr<ChildProcess> process;
  };

  void LaunchService(const std::string& name);
  // Starts a process on its last address and with its last options.
  void Launch(const std::string& name);
  // Waits until it is ready, and learns its address.
  void Await(const std::string& name);

  const SuiteOptions options_;
  TempDir folder_;
  std::unique_ptr<PostgresServer> postgres_;  // Outlives the services.
  std::map<std::string, Running> running_;    // Services and the gateway, by name.
};

}  // namespace corridor::e2e
