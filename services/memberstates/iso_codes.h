// The countries of ISO 3166-1 and the former ones of ISO 3166-3, as Debian's package iso-codes
// lists and translates them; compiled in, see iso_codes_generator.cc.
#pragma once

#include "corridor/memberstates/v1/area.pb.h"

namespace corridor::memberstates {

// Without citations. Names are in order of language. Lives as long as the process. Thread-safe.
const v1::ListAreasResponse& IsoAreas();

}  // namespace corridor::memberstates
