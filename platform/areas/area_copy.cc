#include "platform/areas/area_copy.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "area_copy_schema.h"
#include "platform/records/day_columns.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::areas {
namespace {

using memberstates::v1::Area;
using memberstates::v1::AreaMember;
using store::Row;

constexpr char kSeries[] = "areas";
constexpr char kSource[] = "memberstates";

const store::Table kAreas = {"area_copy", {"code"}, {"kind", "display_name"}};
const store::Table kMembers = {"area_copy_members",
                               {"area_group", "member"},
                               {"start_earliest", "start_latest", "end_earliest", "end_latest"}};
const store::Table kCursor = {"area_copy_cursor", {"service"}, {"epoch", "version"}};

// Member records from one area to the next, each with the days on which the whole way may hold:
// from `since` until before `until`, of the days ?2 to ?3. UNION, not UNION ALL: it ends a cycle.
// $0 is the column of the area that a step goes to, $1 of the one that it comes from, $2 is
// kAfterAllDays.
constexpr char kReached[] =
    "WITH RECURSIVE reached (area, since, until) AS "
    "(SELECT CAST(?1 AS TEXT), CAST(?2 AS TEXT), '$2' UNION "
    "SELECT m.$0, CASE WHEN r.since < m.start_earliest THEN m.start_earliest ELSE r.since END, "
    "CASE WHEN m.end_latest < r.until THEN m.end_latest ELSE r.until END "
    "FROM reached r JOIN {area_copy_members} m ON m.$1 = r.area "
    "AND m.start_earliest <= ?3 AND m.start_earliest < r.until AND r.since < m.end_latest) "
    "SELECT area FROM reached GROUP BY area ORDER BY CASE WHEN area = ?1 THEN 0 ELSE 1 END, area";

std::string AreaName(std::string_view code) { return absl::StrCat("areas/", std::string(code)); }

absl::StatusOr<bool> Finds(store::Reader& rows, std::string_view sql,
                           absl::Span<const store::Param> params) {
  bool found = false;
  RETURN_IF_ERROR(rows.Query(sql, params, [&](const Row&) {
    found = true;
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<std::string>> Codes(store::Reader& rows, std::string_view sql,
                                               std::string_view code, const DayRange& as_of) {
  const DayColumns asked = AskedColumns(as_of);
  std::vector<std::string> codes;
  RETURN_IF_ERROR(
      rows.Query(sql, {code, std::string_view(asked.earliest), std::string_view(asked.latest)},
                 [&](const Row& row) {
                   codes.emplace_back(row.Text(0));
                   return absl::OkStatus();
                 }));
  return codes;
}

struct AreaRow {
  int64_t kind = 0;
  std::string display_name;

  friend bool operator==(const AreaRow&, const AreaRow&) = default;
};
using AreaRows = std::map<std::string, AreaRow>;  // By code.

struct MemberKey {
  std::string group, member;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads what this stands for.
  friend auto operator<=>(const MemberKey&, const MemberKey&) = default;
};
struct MemberRow {
  std::string start_earliest, start_latest, end_earliest, end_latest;

  friend bool operator==(const MemberRow&, const MemberRow&) = default;
};
using MemberRows = std::map<MemberKey, MemberRow>;

absl::StatusOr<AreaRows> HeldAreas(store::Reader& rows) {
  AreaRows held;
  RETURN_IF_ERROR(
      rows.Query("SELECT code, kind, display_name FROM {area_copy}", {}, [&](const Row& row) {
        held[std::string(row.Text(0))] = {row.Int(1), std::string(row.Text(2))};
        return absl::OkStatus();
      }));
  return held;
}

absl::StatusOr<AreaRows> AreasOf(const AreaSnapshot& snapshot) {
  AreaRows areas;
  for (const Area& area : snapshot.areas) {
    ASSIGN_OR_RETURN(const std::string code, CodeIn(area.name(), "areas/*", "name"));
    areas[code] = {area.kind(), area.display_name()};
  }
  return areas;
}

absl::StatusOr<MemberRows> HeldMembers(store::Reader& rows) {
  MemberRows held;
  RETURN_IF_ERROR(rows.Query(
      "SELECT area_group, member, start_earliest, start_latest, end_earliest, end_latest "
      "FROM {area_copy_members}",
      {}, [&](const Row& row) {
        held[{std::string(row.Text(0)), std::string(row.Text(1))}] = {
            std::string(row.Text(2)), std::string(row.Text(3)), std::string(row.Text(4)),
            std::string(row.Text(5))};
        return absl::OkStatus();
      }));
  return held;
}

absl::StatusOr<MemberRows> MembersOf(const AreaSnapshot& snapshot) {
  MemberRows members;
  for (const AreaMember& member : snapshot.members) {
    ASSIGN_OR_RETURN(TwoCodes codes, TwoCodesIn(member.name(), "areas/*/members/*", "name"));
    // Without a date it holds on every day.
    DayColumns start =
        member.has_start() ? ColumnsOf(member.start()) : DayColumns{kBeforeAllDays, kBeforeAllDays};
    DayColumns end = EndColumns(member.has_end(), member.end());
    members[{std::move(codes.parent), std::move(codes.id)}] = {
        std::move(start.earliest), std::move(start.latest), std::move(end.earliest),
        std::move(end.latest)};
  }
  return members;
}

// Puts the rows of `wanted` that `held` has not or has otherwise, and erases those that only `held`
// has.
template <typename Rows, typename Put, typename Erase>
absl::Status Replace(const Rows& held, const Rows& wanted, Put put, Erase erase) {
  for (const auto& [key, row] : wanted) {
    const auto found = held.find(key);
    if (found == held.end() || !(found->second == row)) RETURN_IF_ERROR(put(key, row));
  }
  for (const auto& [key, row] : held) {
    if (!wanted.contains(key)) RETURN_IF_ERROR(erase(key));
  }
  return absl::OkStatus();
}

absl::Status ApplyAreas(const AreaSnapshot& snapshot, store::Writer& rows) {
  ASSIGN_OR_RETURN(const AreaRows held, HeldAreas(rows));
  ASSIGN_OR_RETURN(const AreaRows wanted, AreasOf(snapshot));
  return Replace(
      held, wanted,
      [&](std::string_view code, const AreaRow& area) {
        return rows.Put(kAreas, {code, area.kind, std::string_view(area.display_name)},
                        AreaName(code));
      },
      [&](std::string_view code) { return rows.Delete(kAreas, {code}, AreaName(code)); });
}

absl::Status ApplyMembers(const AreaSnapshot& snapshot, store::Writer& rows) {
  ASSIGN_OR_RETURN(const MemberRows held, HeldMembers(rows));
  ASSIGN_OR_RETURN(const MemberRows wanted, MembersOf(snapshot));
  const auto name = [](const MemberKey& key) {
    return absl::StrCat(AreaName(key.group), "/members/", key.member);
  };
  return Replace(
      held, wanted,
      [&](const MemberKey& key, const MemberRow& days) {
        return rows.Put(kMembers,
                        {std::string_view(key.group), std::string_view(key.member),
                         std::string_view(days.start_earliest), std::string_view(days.start_latest),
                         std::string_view(days.end_earliest), std::string_view(days.end_latest)},
                        name(key));
      },
      [&](const MemberKey& key) {
        return rows.Delete(kMembers, {std::string_view(key.group), std::string_view(key.member)},
                           name(key));
      });
}

}  // namespace

store::MigrationSeries AreaCopySeries() { return {kSeries, area_copy_schema}; }

std::vector<store::Table> AreaCopyTables() { return {kAreas, kMembers, kCursor}; }

absl::StatusOr<bool> Has(store::Reader& rows, std::string_view code) {
  return Finds(rows, "SELECT code FROM {area_copy} WHERE code = ?1", {code});
}

absl::StatusOr<bool> HasEverHad(store::Reader& rows, std::string_view code) {
  return Finds(rows,
               "SELECT code FROM area_copy WHERE code = ?1 "
               "UNION SELECT code FROM area_copy_history WHERE code = ?1",
               {code});
}

absl::StatusOr<Area> GetArea(store::Reader& rows, std::string_view code) {
  Area area;
  RETURN_IF_ERROR(rows.Query("SELECT kind, display_name FROM {area_copy} WHERE code = ?1", {code},
                             [&](const Row& row) {
                               area.set_name(AreaName(code));
                               area.set_kind(static_cast<Area::Kind>(row.Int(0)));
                               area.set_display_name(std::string(row.Text(1)));
                               return absl::OkStatus();
                             }));
  if (area.name().empty()) return NoSuchResource(AreaName(code));
  return area;
}

absl::StatusOr<std::vector<std::string>> Within(store::Reader& rows, std::string_view code,
                                                const DayRange& as_of) {
  return Codes(rows, absl::Substitute(kReached, "member", "area_group", kAfterAllDays), code,
               as_of);
}

absl::StatusOr<std::vector<std::string>> GroupsOf(store::Reader& rows, std::string_view code,
                                                  const DayRange& as_of) {
  return Codes(rows, absl::Substitute(kReached, "area_group", "member", kAfterAllDays), code,
               as_of);
}

absl::StatusOr<Cursor> ReadCursor(store::Reader& rows) {
  Cursor cursor;
  RETURN_IF_ERROR(rows.Query("SELECT epoch, version FROM {area_copy_cursor} WHERE service = ?1",
                             {std::string_view(kSource)}, [&](const Row& row) {
                               cursor = {std::string(row.Text(0)), row.Int(1)};
                               return absl::OkStatus();
                             }));
  return cursor;
}

absl::Status Purge(const std::vector<std::string>& resources, store::Writer& rows) {
  for (const std::string& resource : resources) {
    store::PurgeOf purge;
    purge.resource = resource;
    if (const auto area = CodeIn(resource, "areas/*", "name"); area.ok()) {
      ASSIGN_OR_RETURN(const bool is_there, Has(rows, *area));
      if (is_there) continue;
      purge.rows = {{kAreas, {{"code", *area}}},
                    {kMembers, {{"member", *area}}},
                    {kMembers, {{"area_group", *area}}}};
    } else if (const auto member = TwoCodesIn(resource, "areas/*/members/*", "name"); member.ok()) {
      purge.rows = {{kMembers, {{"area_group", member->parent}, {"member", member->id}}}};
      ASSIGN_OR_RETURN(
          const bool is_there,
          Finds(rows,
                "SELECT member FROM {area_copy_members} WHERE area_group = ?1 AND member = ?2",
                {std::string_view(member->parent), std::string_view(member->id)}));
      if (is_there) continue;
    } else {
      continue;
    }
    ASSIGN_OR_RETURN(const auto versions, store::VersionedStore::VersionsOf(rows, purge.rows));
    if (!versions.empty()) RETURN_IF_ERROR(rows.Purge(purge).status());
  }
  return absl::OkStatus();
}

absl::Status Apply(const AreaSnapshot& snapshot, store::Writer& rows) {
  RETURN_IF_ERROR(ApplyAreas(snapshot, rows));
  RETURN_IF_ERROR(ApplyMembers(snapshot, rows));
  return rows.Put(
      kCursor,
      {std::string_view(kSource), std::string_view(snapshot.cursor.epoch), snapshot.cursor.version},
      absl::StrCat("areaCopies/", kSource));
}

}  // namespace corridor::areas
