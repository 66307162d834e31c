// One table of options per binary: each is a flag, an environment variable and a line of --help.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace corridor::config {

// `--flag=value` or `--flag value`, else environment variable CORRIDOR_FLAG (dashes become
// underscores), else the value that the target holds when it is declared. An empty environment
// variable counts as unset.
class OptionTable {
 public:
  // `program` and `purpose` open --help.
  OptionTable(std::string_view program, std::string_view purpose);

  OptionTable& Text(std::string_view flag, std::string* target, std::string_view help);
  // One of `choices`.
  OptionTable& Choice(std::string_view flag, std::string* target, std::vector<std::string> choices,
                      std::string_view help);
  // min ≤ value ≤ max; `unit` as shown in --help, e.g. `bytes`.
  OptionTable& Integer(std::string_view flag, int64_t* target, int64_t min, int64_t max,
                       std::string_view unit, std::string_view help);
  // Where to listen, as process::ParseListenAddress has it: `127.0.0.1:8080`.
  OptionTable& Address(std::string_view flag, std::string* target, std::string_view help);
  // As absl::ParseDuration: `250ms`, `10s`.
  OptionTable& Duration(std::string_view flag, absl::Duration* target, absl::Duration min,
                        absl::Duration max, std::string_view help);

  // Fills the targets. Answers an exit code when the process is to end now: 0 after --help or
  // --version (printed to stdout; version and commit), 2 after one line on stderr that names the
  // option, the value and what is allowed (unknown options name the nearest known one; a positional
  // argument is an error).
  std::optional<int> Parse(int argc, char** argv) const;

 private:
  struct Option {
    std::string flag, default_text, unit, help;
    // Sets the target from `text`; INVALID_ARGUMENT names the option as `shown`, the text and what
    // is allowed.
    std::function<absl::Status(std::string_view shown, std::string_view text)> set;
  };
  std::string Help() const;

  std::string program_, purpose_;
  std::vector<Option> options_;
};

}  // namespace corridor::config
