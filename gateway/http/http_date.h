// The date that every answer carries.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace corridor::gateway {

// As RFC 9110 has it: `Sun, 06 Nov 1994 08:49:37 GMT`. Made once a second and thread, and good
// until the next call of the thread.
const std::string& HttpDate(absl::Time now);

}  // namespace corridor::gateway
