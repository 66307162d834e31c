// Reads the environment, then the command line, into the targets of a table.
#include "platform/config/option_table.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "platform/process/listen_address.h"
#include "platform/process/version.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::config {
namespace {

std::string EnvironmentVariable(const std::string& flag) {
  return "CORRIDOR_" + absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}}));
}

}  // namespace

OptionTable::OptionTable(std::string_view program, std::string_view purpose)
    : program_(program), purpose_(purpose) {}

OptionTable& OptionTable::Text(std::string_view flag, std::string* target, std::string_view help) {
  options_.push_back({std::string(flag), *target, "text", std::string(help),
                      [target](std::string_view, std::string_view text) {
                        *target = std::string(text);
                        return absl::OkStatus();
                      }});
  return *this;
}

OptionTable& OptionTable::Choice(std::string_view flag, std::string* target,
                                 std::vector<std::string> choices, std::string_view help) {
  const std::string unit = absl::StrJoin(choices, "|");
  options_.push_back({std::string(flag), *target, unit, std::string(help),
                      [target, choices, unit](std::string_view shown, std::string_view text) {
                        if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                          return InvalidField(shown, text, absl::StrCat("is none of ", unit));
                        }
                        *target = std::string(text);
                        return absl::OkStatus();
                      }});
  return *this;
}

OptionTable& OptionTable::Integer(std::string_view flag, int64_t* target, int64_t min, int64_t max,
                                  std::string_view unit, std::string_view help) {
  const std::string range =
      absl::StrCat(std::string(unit), unit.empty() ? "" : ", ", min, " to ", max);
  options_.push_back({std::string(flag), std::to_string(*target), range, std::string(help),
                      [=](std::string_view shown, std::string_view text) {
                        int64_t value = 0;
                        const char* const last = text.data() + text.size();
                        const auto [end, error] = std::from_chars(text.data(), last, value);
                        if (error != std::errc() || end != last || value < min || value > max) {
                          return InvalidField(shown, text,
                                              absl::StrCat("is not a whole number (", range, ")"));
                        }
                        *target = value;
                        return absl::OkStatus();
                      }});
  return *this;
}

OptionTable& OptionTable::Address(std::string_view flag, std::string* target,
                                  std::string_view help) {
  options_.push_back({std::string(flag), *target, "address", std::string(help),
                      [target](std::string_view shown, std::string_view text) {
                        RETURN_IF_ERROR(process::ParseListenAddress(text, shown).status());
                        *target = std::string(text);
                        return absl::OkStatus();
                      }});
  return *this;
}

OptionTable& OptionTable::Duration(std::string_view flag, absl::Duration* target,
                                   absl::Duration min, absl::Duration max, std::string_view help) {
  const std::string range =
      absl::StrCat("duration, ", absl::FormatDuration(min), " to ", absl::FormatDuration(max));
  options_.push_back(
      {std::string(flag), absl::FormatDuration(*target), range, std::string(help),
       [=](std::string_view shown, std::string_view text) {
         absl::Duration value;
         if (!absl::ParseDuration(absl::string_view(text.data(), text.size()), &value) ||
             value < min || value > max) {
           return InvalidField(shown, text,
                               absl::StrCat("is not a time such as 250ms or 10s (", range, ")"));
         }
         *target = value;
         return absl::OkStatus();
       }});
  return *this;
}

std::optional<int> OptionTable::Parse(int argc, char** argv) const {
  const auto refuse = [this](absl::string_view why) {
    std::cerr << program_ << ": " << why << std::endl;
    return 2;
  };
  for (const Option& option : options_) {
    const std::string variable = EnvironmentVariable(option.flag);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') continue;
    const absl::Status wrong = option.set(variable, value);
    if (!wrong.ok()) return refuse(wrong.message());
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, 2) != "--" || argument.size() == 2) {
      return refuse(absl::StrCat("\"", std::string(argument), "\" is not an option; see --help"));
    }
    const size_t equals = argument.find('=');
    const std::string_view flag = argument.substr(2, equals == argument.npos ? equals : equals - 2);
    if (argument == "--help") {
      std::cout << Help() << std::flush;
      return 0;
    }
    if (argument == "--version") {
      std::cout << program_ << " " << process::Version() << " (" << process::Commit() << ")"
                << std::endl;
      return 0;
    }
    const auto option = std::find_if(options_.begin(), options_.end(),
                                     [&](const Option& o) { return o.flag == flag; });
    if (option == options_.end()) {
      std::vector<std::string> flags = {"help", "version"};
      for (const Option& known : options_) flags.push_back(known.flag);
      return refuse(absl::StrCat("--", std::string(flag),
                                 ": there is no such option; the nearest is --",
                                 Nearest(flag, flags)));
    }
    if (equals == argument.npos && i + 1 == argc) {
      return refuse(absl::StrCat("--", option->flag, ": needs a value (", option->unit, ")"));
    }
    const std::string_view value =
        equals == argument.npos ? argv[++i] : argument.substr(equals + 1);
    const absl::Status wrong = option->set("--" + option->flag, value);
    if (!wrong.ok()) return refuse(wrong.message());
  }
  return std::nullopt;
}

std::string OptionTable::Help() const {
  std::string help =
      absl::StrCat(program_, ": ", purpose_, "\n\nUsage: ", program_, " [--option=value]...\n\n");
  for (const Option& option : options_) {
    absl::StrAppend(&help, "  --", option.flag, " (", option.unit, "; default \"",
                    option.default_text, "\"; ", EnvironmentVariable(option.flag), ")\n      ",
                    option.help, "\n");
  }
  absl::StrAppend(&help, "  --help\n      Print this and exit.\n",
                  "  --version\n      Print the version and the commit, and exit.\n");
  return help;
}

}  // namespace corridor::config
