// A service's own copy of memberstates' areas, in rows of the service's store: so that it answers,
// and pins its pages, while memberstates is down. area_directory.h keeps it up to date.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/store/versioned_store.h"

namespace corridor::areas {

// A commit of memberstates.
struct Cursor {
  std::string epoch;  // Of memberstates' store. Empty for none.
  int64_t version = 0;

  // Whether what `other` brought is in what this brought.
  bool Covers(const Cursor& other) const {
    return epoch == other.epoch && version >= other.version;
  }
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// All areas and member records of one version. `name`, `kind` and `display_name` of areas are read,
// `name`, `start` and `end` of members; names and dates have been checked.
struct AreaSnapshot {
  Cursor cursor;
  std::vector<memberstates::v1::Area> areas;
  std::vector<memberstates::v1::AreaMember> members;
};

// What a store with a copy is opened with: give the series before that of the service.
store::MigrationSeries AreaCopySeries();
std::vector<store::Table> AreaCopyTables();

// Errors of all that reads rows: those of store::Reader::Query.

// Whether the copy has the area, or had it at any version.
absl::StatusOr<bool> Has(store::Reader& rows, std::string_view code);
absl::StatusOr<bool> HasEverHad(store::Reader& rows, std::string_view code);

// `name`, `kind` and `display_name` of an area. Errors: NOT_FOUND.
absl::StatusOr<memberstates::v1::Area> GetArea(store::Reader& rows, std::string_view code);

// Codes of the area itself, which comes first, and of all areas that belong to it certainly or
// possibly on a day of `as_of` (with both ends), through groups in between that do on the same day,
// in order. Only itself when the copy has no such area or nothing belongs to it.
absl::StatusOr<std::vector<std::string>> Within(store::Reader& rows, std::string_view code,
                                                const DayRange& as_of);

// Likewise, the area itself and all regions and groups that it belongs to.
absl::StatusOr<std::vector<std::string>> GroupsOf(store::Reader& rows, std::string_view code,
                                                  const DayRange& as_of);

// What the copy was made from; no epoch before the first time.
absl::StatusOr<Cursor> ReadCursor(store::Reader& rows);

// Erases from earlier versions what memberstates purged of these resources, but for areas and
// member records that are there. Touches those of which there was something.
absl::Status Purge(const std::vector<std::string>& resources, store::Writer& rows);

// Makes the copy what `snapshot` says. Rows that are so already are not written; the commit touches
// `areas/*` and `areas/*/members/*` that differ, and `areaCopies/memberstates`, the cursor.
absl::Status Apply(const AreaSnapshot& snapshot, store::Writer& rows);

}  // namespace corridor::areas
