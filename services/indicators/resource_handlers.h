// Answers the calls of indicators about indicators, sources and datasets: what every kind of
// resource has.
#pragma once

#include "corridor/indicators/v1/indicator.pb.h"
#include "corridor/indicators/v1/source.pb.h"
#include "platform/resources/handler.h"
#include "services/indicators/indicator.h"
#include "services/indicators/source.h"

namespace corridor::indicators {

// Thread-safe, as all below.
class IndicatorHandler : private resources::Handler {
 public:
  explicit IndicatorHandler(const resources::Parts& parts) : Handler(parts, Indicators()) {}
  CORRIDOR_RESOURCE_METHODS(Indicator, Indicators)
  CORRIDOR_RESOURCE_LIST(Indicator, Indicators)
};

class SourceHandler : private resources::Handler {
 public:
  explicit SourceHandler(const resources::Parts& parts) : Handler(parts, Sources()) {}
  CORRIDOR_RESOURCE_METHODS(Source, Sources)
  CORRIDOR_RESOURCE_LIST(Source, Sources)
};

class DatasetHandler : private resources::Handler {
 public:
  explicit DatasetHandler(const resources::Parts& parts) : Handler(parts, Datasets()) {}
  CORRIDOR_RESOURCE_METHODS(Dataset, Datasets)
  CORRIDOR_RESOURCE_LIST(Dataset, Datasets)
};

}  // namespace corridor::indicators
