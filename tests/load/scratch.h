// A temporary folder of a measurement.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace corridor::load {

// Goes with everything in it. Ends the process when it cannot be made.
class Scratch {
 public:
  Scratch() {
    path_ = std::filesystem::temp_directory_path() / "corridor_bench_XXXXXX";
    if (mkdtemp(path_.data()) != nullptr) return;
    std::fprintf(stderr, "no temporary folder\n");
    std::exit(1);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string File(std::string_view name) const {
    return absl::StrCat(path_, "/", std::string(name));
  }

 private:
  std::string path_;
};

}  // namespace corridor::load
