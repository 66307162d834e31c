// Everything that indicators answers, on one store.
#pragma once

#include <vector>

#include "platform/resources/handler.h"
#include "platform/resources/kind.h"
#include "platform/store/versioned_store.h"
#include "services/indicators/context_handlers.h"
#include "services/indicators/observation_handler.h"
#include "services/indicators/resource_handlers.h"
#include "services/indicators/series_handler.h"

namespace corridor::indicators {

// The kinds of resource, and all versioned tables.
const resources::Kinds& AllKinds();
std::vector<store::Table> Tables();

struct Handlers {
  explicit Handlers(const resources::Parts& parts)
      : indicators(parts),
        sources(parts),
        datasets(parts),
        series(parts),
        observations(parts),
        context_notes(parts),
        targets(parts) {}

  IndicatorHandler indicators;
  SourceHandler sources;
  DatasetHandler datasets;
  SeriesHandler series;
  ObservationHandler observations;
  ContextNoteHandler context_notes;
  TargetHandler targets;
};

}  // namespace corridor::indicators
