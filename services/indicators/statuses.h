// Observation statuses of SDMX: the code list CL_OBS_STATUS 2.2 of the SDMX cross-domain code lists
// (https://sdmx.org, "Code Lists"), and of each code whether an observation with it has a value
// ("Possible Ways of Implementing CL_OBS_STATUS", 2.0, May 2019, table of section 2).
#pragma once

#include <string_view>

namespace corridor::indicators {

struct ObservationStatus {
  std::string_view name;
  char code;
  bool with_value;     // An observation with this status may have a value.
  bool without_value;  // An observation with this status may lack one.
};

// The status of a code, e.g. `A`; null when the list has none. Case matters. Thread-safe; what is
// returned lives as long as the program.
const ObservationStatus* FindStatus(std::string_view code);

}  // namespace corridor::indicators
