// Attacks a gateway over HTTP/2, by floods in turns, until it is killed. Says how often it was cut
// off when asked to end.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/strip.h"
#include "tests/fault/floods.h"

namespace corridor::e2e {
namespace {

volatile std::sig_atomic_t ends = 0;

int Run(const std::string& gateway) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { ends = 1; });
  size_t cut_off = 0;
  while (ends == 0) {
    for (const Flood& flood : Floods()) {
      const auto attackers = Attack(gateway, flood, [] { return ends == 0; });
      cut_off += static_cast<size_t>(
          std::count_if(attackers.begin(), attackers.end(),
                        [](const auto& attacker) { return attacker->is_cut_off(); }));
    }
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
