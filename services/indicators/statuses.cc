// The code list, in order of codes.
#include "services/indicators/statuses.h"

#include <algorithm>
#include <iterator>

namespace corridor::indicators {
namespace {

constexpr ObservationStatus kStatuses[] = {
    {"Normal value", 'A', true, false},
    {"Time series break", 'B', true, true},
    {"Definition differs", 'D', true, false},
    {"Estimated value", 'E', true, false},
    {"Forecast value", 'F', true, false},
    {"Experimental value", 'G', true, false},
    {"Missing value; holiday or weekend", 'H', false, true},
    {"Imputed value", 'I', true, false},
    {"Derogation", 'J', true, true},
    {"Data included in another category", 'K', false, true},
    {"Missing value; data exist but were not collected", 'L', false, true},
    {"Missing value; data cannot exist", 'M', false, true},
    {"Not significant", 'N', true, false},
    {"Missing value", 'O', false, true},
    {"Provisional value", 'P', true, false},
    {"Missing value; suppressed", 'Q', false, true},
    {"Strike and other special events", 'S', true, true},
    {"Low reliability", 'U', true, false},
    {"Unvalidated value", 'V', true, false},
    {"Includes data from another category", 'W', true, false},
};

}  // namespace

const ObservationStatus* FindStatus(std::string_view code) {
  if (code.size() != 1) return nullptr;
  const auto* const found =
      std::find_if(std::begin(kStatuses), std::end(kStatuses),
                   [code](const ObservationStatus& status) { return status.code == code.front(); });
  return found == std::end(kStatuses) ? nullptr : found;
}

}  // namespace corridor::indicators
