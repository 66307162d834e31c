// Attacks a gateway over HTTP/2, by floods in turns, until it is killed. Says how often it was cut
// off when asked to end.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "tests/fault/floods.h"
#include "tests/fault/raw_http2.h"

namespace corridor::e2e {
namespace {

constexpr size_t kAttackers = 4;

volatile std::sig_atomic_t ends = 0;

// Each in turn until all are cut off.
size_t Attack(const std::string& gateway, const Flood& flood) {
  std::vector<std::unique_ptr<RawHttp2>> attackers;
  for (size_t i = 0; i < kAttackers; ++i) {
    attackers.push_back(std::make_unique<RawHttp2>(gateway, flood.opening));
  }
  size_t left = kAttackers;
  for (size_t i = 0; left > 0 && ends == 0; ++i) {
    left = 0;
    for (const auto& attacker : attackers) {
      if (attacker->is_cut_off()) continue;
      attacker->Send(flood.frames(i));
      attacker->Read(absl::InfinitePast());
      ++left;
    }
  }
  return kAttackers - left;
}

int Run(const std::string& gateway) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { ends = 1; });
  size_t cut_off = 0;
  while (ends == 0) {
    for (const Flood& flood : Floods()) cut_off += Attack(gateway, flood);
  }
  std::printf("%zu\n", cut_off);
  return 0;
}

}  // namespace
}  // namespace corridor::e2e

int main(int argc, char** argv) {
  absl::string_view option = argc == 2 ? argv[1] : "";
  if (!absl::ConsumePrefix(&option, "--gateway=")) {
    std::fprintf(stderr, "hostile_neighbour: give it --gateway=HOST:PORT\n");
    return 2;
  }
  return corridor::e2e::Run(std::string(option));
}
