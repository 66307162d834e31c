// Indicators: what may be said of them.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::indicators {

const resources::Kind& Indicators();

}  // namespace corridor::indicators
