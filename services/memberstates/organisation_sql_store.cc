// Organisations in SQL.
#include "absl/strings/str_cat.h"
#include "platform/records/body.h"
#include "platform/request/filter.h"
#include "platform/status/status.h"
#include "services/memberstates/organisation.h"
#include "services/memberstates/sql_rows.h"
#include "services/memberstates/sql_store.h"

namespace corridor::memberstates {
namespace {

using store::Param;
using store::Row;

const std::vector<FilterField>& OrganisationFilterFields() {
  static const auto* fields =
      new std::vector<FilterField>{{.name = "id", .column = "id"},
                                   {.name = "kind",
                                    .column = "kind",
                                    .type = FilterField::Type::kEnum,
                                    .choices = ChoicesOf(v1::Organisation::Kind_descriptor())},
                                   {.name = "display_name", .column = "display_name"}};
  return *fields;
}

}  // namespace

absl::StatusOr<v1::Organisation> SqlReader::GetOrganisation(std::string_view id) {
  v1::Organisation organisation;
  bool found = false;
  RETURN_IF_ERROR(rows().Query("SELECT body, from_version FROM {organisations} WHERE id = ?1", {id},
                               [&](const Row& row) {
                                 found = true;
                                 RETURN_IF_ERROR(ReadBody(row.Text(0), organisation));
                                 organisation.set_etag(Etag(row.Int(1)));
                                 return absl::OkStatus();
                               }));
  if (!found) return NotFound(OrganisationName(id));
  return organisation;
}

absl::StatusOr<std::vector<v1::Organisation>> SqlReader::ListOrganisations(
    const OrganisationQuery& query) {
  std::vector<Param> params = {query.slice.After(), int64_t{query.slice.limit}};
  FilterSql filter;
  ASSIGN_OR_RETURN(const std::string and_filter,
                   AndFilter(query.filter, OrganisationFilterFields(), filter, params));
  const std::string sql =
      absl::StrCat("SELECT body, from_version FROM {organisations} WHERE id > ?1", and_filter,
                   " ORDER BY id LIMIT ?2");
  std::vector<v1::Organisation> organisations;
  RETURN_IF_ERROR(rows().Query(sql, params, [&](const Row& row) {
    v1::Organisation& organisation = organisations.emplace_back();
    RETURN_IF_ERROR(ReadBody(row.Text(0), organisation));
    organisation.set_etag(Etag(row.Int(1)));
    return absl::OkStatus();
  }));
  return organisations;
}

absl::Status SqlWriter::PutOrganisation(const v1::Organisation& organisation) {
  v1::Organisation kept = organisation;
  kept.clear_etag();
  const std::string bytes = kept.SerializeAsString();
  return rows_.Put(kOrganisations,
                   {OrganisationId(organisation.name()), int64_t{organisation.kind()},
                    std::string_view(organisation.display_name()), store::Blob{bytes}},
                   organisation.name());
}

absl::Status SqlWriter::DeleteOrganisation(std::string_view id) {
  return rows_.Delete(kOrganisations, {id}, OrganisationName(id));
}

}  // namespace corridor::memberstates
