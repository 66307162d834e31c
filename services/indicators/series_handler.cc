// Series by what they are about.
#include "services/indicators/series_handler.h"

#include "platform/resources/area_query.h"
#include "platform/status/status.h"
#include "services/indicators/selection.h"

namespace corridor::indicators {

absl::StatusOr<v1::ListSeriesResponse> SeriesHandler::ListSeries(
    const v1::ListSeriesRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string area,
                   resources::ReadOptionalArea(request.area(), "area", parts().areas, call));
  ASSIGN_OR_RETURN(const auto page, OpenPage(parts().store, request, call));
  ASSIGN_OR_RETURN(const AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", page.cursor, call));
  resources::Query query;
  RETURN_IF_ERROR(AddIndicator(request.indicator(), "indicator", *page.reader, query));
  RETURN_IF_ERROR(AddSource(request.source(), "source", *page.reader, query));
  RETURN_IF_ERROR(resources::AddWithin(*page.reader, area, as_of.days, "area", query));
  return List<v1::Series, v1::ListSeriesResponse>(request, page, std::move(query),
                                                  as_of.date.text());
}

}  // namespace corridor::indicators
