// Which build this is.
#pragma once

#include <string_view>

namespace corridor::process {

// As in the file VERSION, e.g. `0.1.0`.
std::string_view Version();

// First 12 hex digits of the git commit that was built; `unknown` outside git.
std::string_view Commit();

}  // namespace corridor::process
