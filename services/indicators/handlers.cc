#include "services/indicators/handlers.h"

#include "services/indicators/context.h"
#include "services/indicators/indicator.h"
#include "services/indicators/observation_rows.h"
#include "services/indicators/series.h"
#include "services/indicators/source.h"

namespace corridor::indicators {

const resources::Kinds& AllKinds() {
  static const auto* kinds = new resources::Kinds(
      {&Indicators(), &Sources(), &Datasets(), &AllSeries(), &ContextNotes(), &Targets()});
  return *kinds;
}

std::vector<store::Table> Tables() {
  std::vector<store::Table> tables = AllKinds().Tables();
  tables.push_back(kSeriesObservations);
  return tables;
}

}  // namespace corridor::indicators
