// What requests about series and observations have in common: which indicator, area, source,
// periods and release are meant.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/dates/partial_date.h"
#include "platform/resources/reader.h"
#include "services/indicators/release.h"

namespace corridor::indicators {

// Adds that series have `value` in `column`; nothing when it is empty.
void AddEqual(const std::string& column, const std::string& value, resources::Query& query);

// Adds that series are of the indicator or the source that `text`, the field `field` of a request,
// names by name or id; nothing when it is empty. Errors: as resources::ReadOptionalName.
absl::Status AddIndicator(const std::string& text, const std::string& field,
                          resources::Reader& reader, resources::Query& query);
absl::Status AddSource(const std::string& text, const std::string& field, resources::Reader& reader,
                       resources::Query& query);

// Adds that series are of this frequency; nothing when it is empty. Errors: INVALID_ARGUMENT naming
// `frequency`.
absl::Status AddFrequency(const std::string& frequency, resources::Query& query);

// The days from the first of `start_period` to the last of `end_period`, unbounded where one is
// empty. Errors: INVALID_ARGUMENT naming the field: no period, or an end before the start.
absl::StatusOr<DayRange> ReadPeriods(const std::string& start_period,
                                     const std::string& end_period);

// Errors: INVALID_ARGUMENT naming `released_by`: no date, or one without a last day.
absl::StatusOr<ReleaseChoice> ReadRelease(const std::string& release,
                                          const std::string& released_by);

// Refuses the id of a release that no dataset has; an empty one is none. Errors: INVALID_ARGUMENT
// naming `release`; those of the reader.
absl::Status CheckReleaseExists(const std::string& release, resources::Reader& reader);

}  // namespace corridor::indicators
