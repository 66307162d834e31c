#include "services/indicators/indicator.h"

#include "corridor/indicators/v1/indicator.pb.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

absl::Status CheckIndicator(v1::Indicator& indicator, const std::string& path) {
  if (indicator.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(indicator.display_name(), path + ".display_name"));
  RETURN_IF_ERROR(CodeIn(indicator.unit(), "*", path + ".unit").status());
  return CheckCitations(indicator.citations(), path + ".citations");
}

}  // namespace

// The unit is that of values already written, so it stays.
const resources::Kind& Indicators() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::Indicator>({.collection = "indicators",
                                          .field = "indicator",
                                          .columns = {"display_name", "unit", "headline"},
                                          .check = CheckIndicator,
                                          .immutable = {"unit"}}));
  return *kind;
}

}  // namespace corridor::indicators
