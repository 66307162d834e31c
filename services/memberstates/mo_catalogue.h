// Reads compiled message catalogues of GNU gettext.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace corridor::memberstates {

// Translation by message, of a `.mo` file in either byte order, without its header; of plural forms
// the first. Format: GNU gettext manual, "The Format of GNU MO Files". `file` is for errors.
// Errors: INVALID_ARGUMENT naming the file and what is wrong with it.
absl::StatusOr<std::map<std::string, std::string>> ReadMoCatalogue(std::string_view bytes,
                                                                   std::string_view file);

}  // namespace corridor::memberstates
