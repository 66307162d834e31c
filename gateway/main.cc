// The process `gateway`: options, telemetry, workers; then it waits for SIGTERM or SIGINT and
// drains.
#include <csignal>
#include <iostream>
#include <string>

#include "descriptor_set.h"
#include "gateway/options.h"
#include "gateway/workers.h"
#include "platform/process/ready.h"
#include "platform/telemetry/telemetry.h"

namespace {

using namespace corridor;

// Errors of the command line are 2, refused starts 1.
int Refuse(const absl::Status& why) {
  std::cerr << "gateway: " << why.message() << std::endl;
  return why.code() == absl::StatusCode::kInvalidArgument ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  gateway::Options options;
  if (const auto exit_code = options.Table().Parse(argc, argv)) return *exit_code;

  // Before any thread: they inherit it, so that only this one is told.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto admin_address = process::ParseListenAddress(options.admin_listen, "--admin-listen");
  if (!admin_address.ok()) return Refuse(admin_address.status());
  telemetry::Telemetry telemetry("gateway");
  const auto admin = telemetry::AdminServer::Start(options.admin_listen, telemetry);
  if (!admin.ok()) return Refuse(admin.status());
  const auto contract = gateway::Contract::Create(descriptor_set.front().contents);
  if (!contract.ok()) return Refuse(contract.status());
  const auto workers = gateway::Workers::Start(options, *contract, telemetry);
  if (!workers.ok()) return Refuse(workers.status());

  const std::string listen = "127.0.0.1:" + std::to_string((*workers)->port());
  const std::string admin_listen = "127.0.0.1:" + std::to_string((*admin)->port());
  telemetry.Log("info", "ready", {{"listen", listen}, {"admin", admin_listen}});
  process::AnnounceReady(static_cast<int>(options.ready_fd),
                         {{"listen", listen}, {"admin", admin_listen}});

  int signal = 0;
  sigwait(&ending, &signal);
  telemetry.Log("info", "draining");
  (*workers)->Drain();
  return 0;
}
