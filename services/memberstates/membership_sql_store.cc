// Memberships and their spells in SQL. A question about a day is one query: it finds, for each
// party, the spell that answers.
#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "platform/records/body.h"
#include "platform/records/day_columns.h"
#include "platform/request/filter.h"
#include "platform/status/status.h"
#include "services/memberstates/organisation.h"
#include "services/memberstates/sql_rows.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {
namespace {

using store::Blob;
using store::Param;
using store::Row;

// A state is called as its area is.
constexpr char kDisplayName[] = "COALESCE(a.display_name, m.display_name)";

const std::vector<FilterField>& MembershipFilterFields() {
  static const auto* fields =
      new std::vector<FilterField>{{.name = "party", .column = "m.party"},
                                   {.name = "party_kind",
                                    .column = "m.party_kind",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(v1::Party::Kind_descriptor())},
                                   {.name = "display_name", .column = kDisplayName},
                                   {.name = "status",
                                    .column = "s.status",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(v1::Spell::Status_descriptor())},
                                   {.name = "confidence",
                                    .column = "s.confidence",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(common::v1::Confidence_descriptor())}};
  return *fields;
}

// The query and what it is asked with. Columns: those of `select`, then the answer's status,
// certainty and confidence.
struct SpellQuestion {
  DayColumns asked, asked_within;
  FilterSql filter;
  std::vector<Param> params;
  std::string sql;

  SpellQuestion() = default;
  SpellQuestion(const SpellQuestion&) = delete;
  SpellQuestion& operator=(const SpellQuestion&) = delete;
};

// Begins the query with the areas within `within`, adds their parameters, and answers the condition
// that a party is of one of them.
std::string AndWithin(const WithinArea& within, SpellQuestion& question) {
  question.sql = AreasInside(static_cast<int>(question.params.size()) + 1);
  question.asked_within = AskedColumns(within.as_of);
  question.params.insert(question.params.end(), {std::string_view(within.area),
                                                 std::string_view(question.asked_within.earliest),
                                                 std::string_view(question.asked_within.latest)});
  return " AND m.area IN (SELECT area FROM inside)";
}

// Parameters: ?1 the organisation, or of every one the last that was answered, ?2 status, ?3 kind
// of party, ?4 and ?5 the days asked, ?6 the last party that was answered, ?7 the limit; then those
// of AndWithin and of the filter.
absl::Status MakeQuestion(const MembershipQuery& query, const char* select, const Slice& slice,
                          SpellQuestion& question) {
  question.asked = AskedColumns(query.as_of);
  const bool every_organisation = query.organisation.empty();
  question.params = {every_organisation ? slice.After(0) : std::string_view(query.organisation),
                     int64_t{query.status},
                     int64_t{query.party_kind},
                     std::string_view(question.asked.earliest),
                     std::string_view(question.asked.latest),
                     slice.After(1),
                     int64_t{slice.limit}};
  const std::string and_within = query.within ? AndWithin(*query.within, question) : "";
  ASSIGN_OR_RETURN(const std::string and_filter, AndFilter(query.filter, MembershipFilterFields(),
                                                           question.filter, question.params));
  absl::StrAppend(
      &question.sql, "SELECT ", select, ", ", kDisplayName,
      ", s.status, CASE WHEN s.start_latest <= ?4 AND ?5 < s.end_earliest THEN 1 ELSE 0 END, "
      "s.confidence FROM {memberships} m "
      "JOIN {spells} s ON s.organisation = m.organisation AND s.party = m.party AND s.position = "
      "(SELECT b.position FROM {spells} b WHERE b.organisation = m.organisation "
      "AND b.party = m.party AND (?2 = 0 OR b.status = ?2) "
      "AND b.start_earliest <= ?5 AND ?4 < b.end_latest "
      "ORDER BY CASE WHEN b.start_latest <= ?4 AND ?5 < b.end_earliest THEN 0 ELSE 1 END, "
      "b.position DESC LIMIT 1) "
      "LEFT JOIN {areas} a ON a.code = m.area "
      "WHERE ",
      every_organisation ? "(m.organisation, m.party) > (?1, ?6)"
                         : "m.organisation = ?1 AND m.party > ?6",
      " AND (?3 = 0 OR m.party_kind = ?3)", and_within, and_filter,
      " ORDER BY m.organisation, m.party LIMIT ?7");
  return absl::OkStatus();
}

v1::Membership::AsOf ReadAnswer(const Row& row, int column) {
  v1::Membership::AsOf answer;
  answer.set_status(static_cast<v1::Spell::Status>(row.Int(column)));
  answer.set_certain(row.Int(column + 1) != 0);
  answer.set_confidence(static_cast<common::v1::Confidence>(row.Int(column + 2)));
  return answer;
}

}  // namespace

absl::StatusOr<v1::Membership> SqlReader::GetMembership(std::string_view organisation,
                                                        std::string_view party) {
  v1::Membership membership;
  bool found = false;
  RETURN_IF_ERROR(
      rows().Query(absl::StrCat("SELECT m.body, m.from_version, ", kDisplayName,
                                " FROM {memberships} m LEFT JOIN {areas} a ON a.code = m.area "
                                "WHERE m.organisation = ?1 AND m.party = ?2"),
                   {organisation, party}, [&](const Row& row) {
                     found = true;
                     RETURN_IF_ERROR(ReadBody(row.Text(0), membership));
                     membership.set_etag(Etag(row.Int(1)));
                     membership.mutable_party()->set_display_name(std::string(row.Text(2)));
                     return absl::OkStatus();
                   }));
  if (!found) return NotFound(MembershipName(organisation, party));
  return membership;
}

absl::StatusOr<std::vector<v1::Membership>> SqlReader::ListMemberships(
    const MembershipQuery& query) {
  SpellQuestion question;
  RETURN_IF_ERROR(MakeQuestion(query, "m.body, m.from_version", query.slice, question));
  std::vector<v1::Membership> memberships;
  RETURN_IF_ERROR(rows().Query(question.sql, question.params, [&](const Row& row) {
    v1::Membership& membership = memberships.emplace_back();
    RETURN_IF_ERROR(ReadBody(row.Text(0), membership));
    membership.set_etag(Etag(row.Int(1)));
    membership.mutable_party()->set_display_name(std::string(row.Text(2)));
    if (query.as_of) *membership.mutable_as_of() = ReadAnswer(row, 3);
    return absl::OkStatus();
  }));
  return memberships;
}

absl::StatusOr<std::vector<CountedParty>> SqlReader::CountMemberships(
    const MembershipQuery& query) {
  SpellQuestion question;
  const Slice everybody = {.after = {}, .limit = std::numeric_limits<int>::max()};
  RETURN_IF_ERROR(MakeQuestion(query, "m.party, m.party_kind", everybody, question));
  std::vector<CountedParty> parties;
  RETURN_IF_ERROR(rows().Query(question.sql, question.params, [&](const Row& row) {
    parties.push_back({std::string(row.Text(0)), static_cast<v1::Party::Kind>(row.Int(1)),
                       std::string(row.Text(2)), ReadAnswer(row, 3)});
    return absl::OkStatus();
  }));
  return parties;
}

absl::StatusOr<std::vector<std::pair<v1::Spell::Status, v1::Party::Kind>>> SqlReader::RecordedLists(
    std::string_view organisation) {
  std::vector<std::pair<v1::Spell::Status, v1::Party::Kind>> lists;
  RETURN_IF_ERROR(
      rows().Query("SELECT DISTINCT status, party_kind FROM {spells} WHERE organisation = ?1 "
                   "ORDER BY status, party_kind",
                   {organisation}, [&](const Row& row) {
                     lists.emplace_back(static_cast<v1::Spell::Status>(row.Int(0)),
                                        static_cast<v1::Party::Kind>(row.Int(1)));
                     return absl::OkStatus();
                   }));
  return lists;
}

absl::Status SqlWriter::PutMembership(std::string_view organisation, std::string_view party,
                                      const v1::Membership& membership) {
  v1::Membership kept = membership;
  kept.clear_as_of();
  kept.clear_etag();
  std::string area;
  if (!kept.party().area().empty()) {
    area = AreaCode(kept.party().area());
    kept.mutable_party()->clear_display_name();
  }
  const std::string bytes = kept.SerializeAsString();

  int spells_before = 0;
  const absl::StatusOr<v1::Membership> before = reader_.GetMembership(organisation, party);
  if (before.ok()) {
    spells_before = before->spells_size();
  } else if (!absl::IsNotFound(before.status())) {
    return before.status();
  }
  RETURN_IF_ERROR(rows_.Put(
      kMemberships,
      {organisation, party, int64_t{kept.party().kind()},
       std::string_view(kept.party().display_name()), std::string_view(area), Blob{bytes}},
      kept.name()));
  for (int i = 0; i < kept.spells_size(); ++i) {
    const v1::Spell& spell = kept.spells(i);
    // Without a start it may have begun on any day.
    const DayColumns start = spell.has_start() ? ColumnsOf(spell.start()) : DayColumns();
    const DayColumns end = EndColumns(spell.has_end(), spell.end());
    RETURN_IF_ERROR(rows_.Put(kSpells,
                              {organisation, party, int64_t{i}, int64_t{spell.status()},
                               int64_t{kept.party().kind()}, int64_t{spell.confidence()},
                               std::string_view(start.earliest), std::string_view(start.latest),
                               std::string_view(end.earliest), std::string_view(end.latest)},
                              kept.name()));
  }
  return DeleteSpells(organisation, party, kept.spells_size(), spells_before);
}

absl::Status SqlWriter::DeleteSpells(std::string_view organisation, std::string_view party,
                                     int from, int until) {
  const std::string name = MembershipName(organisation, party);
  for (int i = from; i < until; ++i) {
    RETURN_IF_ERROR(rows_.Delete(kSpells, {organisation, party, int64_t{i}}, name));
  }
  return absl::OkStatus();
}

absl::Status SqlWriter::DeleteMembership(std::string_view organisation, std::string_view party) {
  ASSIGN_OR_RETURN(const v1::Membership membership, reader_.GetMembership(organisation, party));
  RETURN_IF_ERROR(DeleteSpells(organisation, party, 0, membership.spells_size()));
  return rows_.Delete(kMemberships, {organisation, party}, membership.name());
}

}  // namespace corridor::memberstates
