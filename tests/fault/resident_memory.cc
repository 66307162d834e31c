// As proc(5) has it: VmRSS and VmHWM, the peak, which is the resident set's again once `5` has been
// written to clear_refs.
#include "tests/fault/resident_memory.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace corridor::e2e {
namespace {

int64_t Bytes(pid_t pid, const std::string& line) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  int64_t kilobytes = 0;
  for (std::string name; status >> name;) {
    if (name == line && status >> kilobytes) return kilobytes << 10;
  }
  ADD_FAILURE() << "process " << pid << " has no " << line;
  return 0;
}

int64_t ForgetPeak(pid_t pid) {
  std::ofstream(absl::StrCat("/proc/", pid, "/clear_refs")) << "5";
  return Bytes(pid, "VmRSS:");
}

}  // namespace

ResidentMemory::ResidentMemory(pid_t pid) : pid_(pid), before_(ForgetPeak(pid)) {}

int64_t ResidentMemory::growth() const {
#ifdef __SANITIZE_ADDRESS__
  return 0;
#else
  return Bytes(pid_, "VmHWM:") - before_;
#endif
}

}  // namespace corridor::e2e
