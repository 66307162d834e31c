// Areas, what finds them and who belongs to which, in SQL.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "platform/records/body.h"
#include "platform/records/day_columns.h"
#include "platform/request/filter.h"
#include "platform/status/status.h"
#include "services/memberstates/sql_rows.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {
namespace {

using Group = v1::ListAreaGroupsResponse::Group;
using Match = v1::ResolveAreasResponse::Match;
using store::Blob;
using store::Param;
using store::Row;

const std::vector<FilterField>& AreaFilterFields() {
  static const auto* fields =
      new std::vector<FilterField>{{.name = "code", .column = "code"},
                                   {.name = "kind",
                                    .column = "kind",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(v1::Area::Kind_descriptor())},
                                   {.name = "display_name", .column = "display_name"},
                                   {.name = "alpha2_code", .column = "alpha2_code"},
                                   {.name = "numeric_code", .column = "numeric_code"}};
  return *fields;
}

const std::vector<FilterField>& MemberFilterFields() {
  static const auto* fields =
      new std::vector<FilterField>{{.name = "member", .column = "('areas/' || m.member)"}};
  return *fields;
}

const std::vector<FilterField>& GroupFilterFields() {
  static const auto* fields =
      new std::vector<FilterField>{{.name = "group", .column = "('areas/' || m.area_group)"},
                                   {.name = "kind",
                                    .column = "g.kind",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(v1::Area::Kind_descriptor())}};
  return *fields;
}

// Conditions on the days asked, `?day` to the parameter after it, of a member record `m`.
std::string MayHold(int day) {
  return absl::StrCat("m.start_earliest <= ?", day + 1, " AND ?", day, " < m.end_latest");
}
// Likewise, and that the way `i` to its group may hold on one of the same days.
std::string MayHoldWithin(int day) {
  return absl::StrCat("m.start_earliest <= ?", day + 1,
                      " AND m.start_earliest < i.until AND i.since < m.end_latest");
}
std::string Holds(int day) {
  return absl::StrCat("CASE WHEN m.start_latest <= ?", day, " AND ?", day + 1,
                      " < m.end_earliest THEN 1 ELSE 0 END");
}

v1::AreaMember* ReadMember(const Row& row, v1::AreaMember* member) {
  member->set_display_name(std::string(row.Text(1)));
  member->set_certain(row.Int(2) != 0);
  return member;
}

// Parameters of queries of member records: ?1 the area, ?2 and ?3 the days asked.
constexpr int kDayParam = 2;

// A country that belongs in several ways is answered once: by the record of the first group,
// certainly when it does in any. Parameters: ?1 to ?5 as in MembersOf, ?6 and ?7 kinds of country.
std::string CountriesInside(const std::string& and_filter) {
  return absl::StrCat(
      AreasInside(1),
      "SELECT m.body, a.display_name, c.certain, m.from_version FROM "
      "(SELECT area, max(certain) AS certain FROM inside GROUP BY area) c "
      "JOIN {areas} a ON a.code = c.area AND (a.kind = ?6 OR a.kind = ?7) "
      "JOIN {area_members} m ON m.member = c.area AND m.area_group = (SELECT min(m.area_group) "
      "FROM {area_members} m JOIN inside i ON i.area = m.area_group WHERE m.member = c.area AND ",
      MayHoldWithin(kDayParam), ") WHERE m.member > ?4", and_filter, " ORDER BY m.member LIMIT ?5");
}

// Parameters: ?1 the group, or the last one answered of `every_group`, ?2 and ?3 the days asked, ?4
// the last member answered, ?5 the limit.
std::string MembersOf(bool every_group, const std::string& and_filter) {
  return absl::StrCat(
      "SELECT m.body, a.display_name, ", Holds(kDayParam),
      ", m.from_version FROM {area_members} m JOIN {areas} a ON a.code = m.member "
      "WHERE ",
      every_group ? "(m.area_group, m.member) > (?1, ?4)" : "m.area_group = ?1 AND m.member > ?4",
      " AND ", MayHold(kDayParam), and_filter, " ORDER BY m.area_group, m.member LIMIT ?5");
}

}  // namespace

// A cycle of groups ends by UNION.
std::string AreasInside(int first_param) {
  const int day = first_param + 1;
  return absl::Substitute(
      "WITH RECURSIVE inside (area, certain, since, until) AS ("
      "SELECT a.code, 1, CAST(?$0 AS TEXT), '$1' FROM {areas} a WHERE a.code = ?$2 UNION "
      "SELECT m.member, CASE WHEN i.certain = 1 THEN $3 ELSE 0 END, "
      "CASE WHEN i.since < m.start_earliest THEN m.start_earliest ELSE i.since END, "
      "CASE WHEN m.end_latest < i.until THEN m.end_latest ELSE i.until END "
      "FROM inside i JOIN {area_members} m ON m.area_group = i.area AND $4) ",
      day, kAfterAllDays, first_param, Holds(day), MayHoldWithin(day));
}

absl::StatusOr<v1::Area> SqlReader::GetArea(std::string_view code, v1::AreaView view) {
  v1::Area area;
  bool found = false;
  const bool full = view == v1::FULL;
  RETURN_IF_ERROR(rows().Query(full
                                   ? "SELECT body, from_version, names FROM {areas} WHERE code = ?1"
                                   : "SELECT body, from_version FROM {areas} WHERE code = ?1",
                               {code}, [&](const Row& row) {
                                 found = true;
                                 RETURN_IF_ERROR(ReadBody(row.Text(0), area));
                                 area.set_etag(Etag(row.Int(1)));
                                 if (!full) return absl::OkStatus();
                                 v1::Area names;
                                 RETURN_IF_ERROR(ReadBody(row.Text(2), names));
                                 area.mutable_names()->Swap(names.mutable_names());
                                 return absl::OkStatus();
                               }));
  if (!found) return NotFound(AreaName(code));
  return area;
}

absl::StatusOr<std::vector<v1::Area>> SqlReader::ListAreas(const AreaQuery& query) {
  const bool full = query.view == v1::FULL;
  std::vector<Param> params = {int64_t{query.kind}, query.slice.After(),
                               int64_t{query.slice.limit}};
  FilterSql filter;
  ASSIGN_OR_RETURN(const std::string and_filter,
                   AndFilter(query.filter, AreaFilterFields(), filter, params));
  const std::string sql = absl::StrCat("SELECT body, from_version", full ? ", names" : "",
                                       " FROM {areas} WHERE code > ?2 AND (?1 = 0 OR kind = ?1)",
                                       and_filter, " ORDER BY code LIMIT ?3");
  std::vector<v1::Area> areas;
  RETURN_IF_ERROR(rows().Query(sql, params, [&](const Row& row) {
    v1::Area& area = areas.emplace_back();
    RETURN_IF_ERROR(ReadBody(row.Text(0), area));
    area.set_etag(Etag(row.Int(1)));
    if (!full) return absl::OkStatus();
    v1::Area names;
    RETURN_IF_ERROR(ReadBody(row.Text(2), names));
    area.mutable_names()->Swap(names.mutable_names());
    return absl::OkStatus();
  }));
  return areas;
}

absl::StatusOr<std::vector<Match>> SqlReader::FindAreas(std::string_view folded) {
  std::vector<Match> matches;
  RETURN_IF_ERROR(
      rows().Query("SELECT a.code, a.display_name, a.kind, t.via, t.language FROM {area_terms} t "
                   "JOIN {areas} a ON a.code = t.area WHERE t.term = ?1 "
                   "ORDER BY t.via, CASE WHEN a.kind = ?2 THEN 1 ELSE 0 END, a.code",
                   {folded, int64_t{v1::Area::FORMER_COUNTRY}}, [&](const Row& row) {
                     Match& match = matches.emplace_back();
                     match.set_area(AreaName(row.Text(0)));
                     match.set_display_name(std::string(row.Text(1)));
                     match.set_kind(static_cast<v1::Area::Kind>(row.Int(2)));
                     match.set_via(static_cast<Via>(row.Int(3)));
                     match.set_language(std::string(row.Text(4)));
                     return absl::OkStatus();
                   }));
  return matches;
}

absl::StatusOr<v1::AreaMember> SqlReader::GetAreaMember(std::string_view group,
                                                        std::string_view member_code) {
  v1::AreaMember member;
  bool found = false;
  RETURN_IF_ERROR(
      rows().Query("SELECT m.body, a.display_name, 0, m.from_version FROM {area_members} m "
                   "JOIN {areas} a ON a.code = m.member WHERE m.area_group = ?1 AND m.member = ?2",
                   {group, member_code}, [&](const Row& row) {
                     found = true;
                     RETURN_IF_ERROR(ReadBody(row.Text(0), member));
                     ReadMember(row, &member)->set_etag(Etag(row.Int(3)));
                     return absl::OkStatus();
                   }));
  if (!found) {
    return NotFound(absl::StrCat(AreaName(group), "/members/", std::string(member_code)));
  }
  return member;
}

absl::StatusOr<std::vector<v1::AreaMember>> SqlReader::ListAreaMembers(
    const AreaMemberQuery& query) {
  const DayColumns asked = AskedColumns(query.as_of);
  const bool every_group = query.group.empty();
  std::vector<Param> params = {every_group ? query.slice.After(0) : std::string_view(query.group),
                               std::string_view(asked.earliest), std::string_view(asked.latest),
                               query.slice.After(1), int64_t{query.slice.limit}};
  if (query.recursive) {
    params.insert(params.end(), {int64_t{v1::Area::COUNTRY}, int64_t{v1::Area::FORMER_COUNTRY}});
  }
  FilterSql filter;
  ASSIGN_OR_RETURN(const std::string and_filter,
                   AndFilter(query.filter, MemberFilterFields(), filter, params));
  const std::string sql =
      query.recursive ? CountriesInside(and_filter) : MembersOf(every_group, and_filter);
  std::vector<v1::AreaMember> members;
  RETURN_IF_ERROR(rows().Query(sql, params, [&](const Row& row) {
    v1::AreaMember& member = members.emplace_back();
    RETURN_IF_ERROR(ReadBody(row.Text(0), member));
    ReadMember(row, &member)->set_etag(Etag(row.Int(3)));
    return absl::OkStatus();
  }));
  return members;
}

absl::StatusOr<bool> SqlReader::MembersComplete(const AreaMemberQuery& query) {
  const DayColumns asked = AskedColumns(query.as_of);
  std::vector<Param> params = {std::string_view(query.group)};
  std::string sql = "SELECT members_complete FROM {areas} WHERE code = ?1";
  if (query.recursive) {
    params.insert(params.end(), {std::string_view(asked.earliest), std::string_view(asked.latest),
                                 int64_t{v1::Area::COUNTRY}, int64_t{v1::Area::FORMER_COUNTRY}});
    sql = absl::StrCat(AreasInside(1),
                       "SELECT min(a.members_complete) FROM inside i JOIN {areas} a ON "
                       "a.code = i.area WHERE a.kind <> ?4 AND a.kind <> ?5");
  }
  bool complete = false;
  RETURN_IF_ERROR(rows().Query(sql, params, [&](const Row& row) {
    complete = row.Int(0) != 0;
    return absl::OkStatus();
  }));
  return complete;
}

absl::StatusOr<std::vector<Group>> SqlReader::ListAreaGroups(const AreaGroupQuery& query) {
  const DayColumns asked = AskedColumns(query.as_of);
  std::vector<Param> params = {std::string_view(query.member), std::string_view(asked.earliest),
                               std::string_view(asked.latest), query.slice.After(),
                               int64_t{query.slice.limit}};
  FilterSql filter;
  ASSIGN_OR_RETURN(const std::string and_filter,
                   AndFilter(query.filter, GroupFilterFields(), filter, params));
  const std::string sql =
      absl::StrCat("SELECT m.body, a.display_name, ", Holds(kDayParam),
                   ", m.from_version, g.code, g.display_name, g.kind FROM {area_members} m "
                   "JOIN {areas} a ON a.code = m.member JOIN {areas} g ON g.code = m.area_group "
                   "WHERE m.member = ?1 AND m.area_group > ?4 AND ",
                   MayHold(kDayParam), and_filter, " ORDER BY m.area_group LIMIT ?5");
  std::vector<Group> groups;
  RETURN_IF_ERROR(rows().Query(sql, params, [&](const Row& row) {
    Group& group = groups.emplace_back();
    group.set_group(AreaName(row.Text(4)));
    group.set_display_name(std::string(row.Text(5)));
    group.set_kind(static_cast<v1::Area::Kind>(row.Int(6)));
    RETURN_IF_ERROR(ReadBody(row.Text(0), *group.mutable_membership()));
    ReadMember(row, group.mutable_membership())->set_etag(Etag(row.Int(3)));
    return absl::OkStatus();
  }));
  return groups;
}

absl::StatusOr<std::string> SqlReader::FindUseOfArea(std::string_view code) {
  std::string use;
  const auto keep = [&use](const Row& row) {
    use = std::string(row.Text(0));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(rows().Query(
      "SELECT 'organisations/' || organisation || '/memberships/' || party FROM {memberships} "
      "WHERE area = ?1 LIMIT 1",
      {code}, keep));
  if (!use.empty()) return use;
  RETURN_IF_ERROR(
      rows().Query("SELECT 'areas/' || area_group || '/members/' || member FROM {area_members} "
                   "WHERE member = ?1 OR area_group = ?1 LIMIT 1",
                   {code}, keep));
  return use;
}

absl::Status SqlWriter::PutArea(const v1::Area& area) {
  const std::string_view code = AreaCode(area.name());
  std::map<std::string, Term> before;
  const absl::StatusOr<v1::Area> old = reader_.GetArea(code, v1::FULL);
  if (old.ok()) {
    before = TermsOf(*old);
  } else if (!absl::IsNotFound(old.status())) {
    return old.status();
  }

  v1::Area names;
  *names.mutable_names() = area.names();
  v1::Area basic = area;
  basic.clear_names();
  basic.clear_etag();
  const std::string names_bytes = names.SerializeAsString();
  const std::string bytes = basic.SerializeAsString();
  RETURN_IF_ERROR(
      rows_.Put(kAreas,
                {code, int64_t{area.kind()}, std::string_view(area.display_name()),
                 std::string_view(area.alpha2_code()), std::string_view(area.numeric_code()),
                 int64_t{area.members_complete()}, Blob{bytes}, Blob{names_bytes}},
                area.name()));
  return PutTerms(code, before, TermsOf(area));
}

absl::Status SqlWriter::PutTerms(std::string_view code, const std::map<std::string, Term>& before,
                                 const std::map<std::string, Term>& now) {
  const std::string name = AreaName(code);
  for (const auto& [text, term] : before) {
    if (now.contains(text)) continue;
    RETURN_IF_ERROR(rows_.Delete(kAreaTerms, {std::string_view(text), code}, name));
  }
  for (const auto& [text, term] : now) {
    const auto old = before.find(text);
    if (old != before.end() && old->second == term) continue;
    RETURN_IF_ERROR(rows_.Put(
        kAreaTerms,
        {std::string_view(text), code, int64_t{term.via}, std::string_view(term.language)}, name));
  }
  return absl::OkStatus();
}

absl::Status SqlWriter::DeleteArea(std::string_view code) {
  ASSIGN_OR_RETURN(const v1::Area area, reader_.GetArea(code, v1::FULL));
  RETURN_IF_ERROR(PutTerms(code, TermsOf(area), {}));
  return rows_.Delete(kAreas, {code}, area.name());
}

absl::Status SqlWriter::PutAreaMember(std::string_view group, const v1::AreaMember& member) {
  const std::string_view code = AreaCode(member.member());
  // Without a date it holds on every day.
  const DayColumns start =
      member.has_start() ? ColumnsOf(member.start()) : DayColumns{kBeforeAllDays, kBeforeAllDays};
  const DayColumns end = EndColumns(member.has_end(), member.end());
  v1::AreaMember kept = member;
  kept.clear_display_name();
  kept.clear_certain();
  kept.clear_etag();
  const std::string bytes = kept.SerializeAsString();
  return rows_.Put(kAreaMembers,
                   {group, code, std::string_view(start.earliest), std::string_view(start.latest),
                    std::string_view(end.earliest), std::string_view(end.latest), Blob{bytes}},
                   member.name());
}

absl::Status SqlWriter::DeleteAreaMember(std::string_view group, std::string_view member) {
  return rows_.Delete(kAreaMembers, {group, member},
                      absl::StrCat(AreaName(group), "/members/", std::string(member)));
}

}  // namespace corridor::memberstates
