// The observations of a series as a part of its versions.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::indicators {

// As JSON: `observations.{release}.{period}`, an Observation without what the series says.
resources::KindParts ObservationsOfSeries();

}  // namespace corridor::indicators
