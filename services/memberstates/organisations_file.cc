// Organisations, and the counts that were reported of their lists.
#include "services/memberstates/organisations_file.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "platform/default_data/json_members.h"
#include "platform/status/status.h"
#include "services/memberstates/organisation.h"

namespace corridor::memberstates {
namespace {

using ::corridor::common::v1::Citation;

absl::Status ReadStatements(const JsonMembers& members, const SourcesFile& sources,
                            v1::Organisation& organisation) {
  ASSIGN_OR_RETURN(const std::vector<JsonMembers> list,
                   members.List("statements", {"topic", "text", "source", "locator", "note"}));
  for (const JsonMembers& entry : list) {
    v1::Organisation::Statement& statement = *organisation.add_statements();
    ASSIGN_OR_RETURN(*statement.mutable_topic(), entry.Text("topic"));
    ASSIGN_OR_RETURN(*statement.mutable_text(), entry.Text("text"));
    ASSIGN_OR_RETURN(*statement.add_citations(), entry.Cite(sources));
  }
  return absl::OkStatus();
}

absl::Status ReadLinks(const JsonMembers& members, const SourcesFile& sources,
                       v1::Organisation& organisation) {
  ASSIGN_OR_RETURN(const std::vector<JsonMembers> list,
                   members.List("links", {"rel", "label", "uri", "source", "locator", "note"}));
  for (const JsonMembers& entry : list) {
    v1::Organisation::Link& link = *organisation.add_links();
    ASSIGN_OR_RETURN(*link.mutable_rel(), entry.Text("rel"));
    ASSIGN_OR_RETURN(*link.mutable_label(), entry.Text("label"));
    ASSIGN_OR_RETURN(*link.mutable_uri(), entry.Text("uri"));
    ASSIGN_OR_RETURN(*link.add_citations(), entry.Cite(sources));
  }
  return absl::OkStatus();
}

absl::Status ReadCompleteness(const JsonMembers& members, v1::Organisation& organisation) {
  ASSIGN_OR_RETURN(const std::vector<JsonMembers> list,
                   members.List("completeness", {"status", "partyKind", "complete", "reason"}));
  for (const JsonMembers& entry : list) {
    v1::Completeness& completeness = *organisation.add_completeness();
    ASSIGN_OR_RETURN(const auto status, entry.Word("status", &v1::Spell::Status_Parse));
    ASSIGN_OR_RETURN(const auto kind, entry.Word("partyKind", &v1::Party::Kind_Parse));
    ASSIGN_OR_RETURN(const bool complete, entry.Bool("complete"));
    ASSIGN_OR_RETURN(*completeness.mutable_reason(), entry.Text("reason"));
    completeness.set_status(status);
    completeness.set_party_kind(kind);
    completeness.set_complete(complete);
  }
  return absl::OkStatus();
}

// An organisation is cited by every source that a statement of it cites.
void CiteWhatStatementsCite(v1::Organisation& organisation) {
  std::set<std::string> seen;
  for (const v1::Organisation::Statement& statement : organisation.statements()) {
    for (const Citation& citation : statement.citations()) {
      if (seen.insert(citation.source()).second) *organisation.add_citations() = citation;
    }
  }
}

absl::StatusOr<v1::Organisation> ReadOrganisation(const JsonMembers& members,
                                                  const SourcesFile& sources) {
  v1::Organisation organisation;
  ASSIGN_OR_RETURN(const std::string id, members.Text("id"));
  organisation.set_name(OrganisationName(id));
  ASSIGN_OR_RETURN(*organisation.mutable_display_name(), members.Text("name"));
  ASSIGN_OR_RETURN(const auto kind, members.Word("kind", &v1::Organisation::Kind_Parse));
  organisation.set_kind(kind);
  ASSIGN_OR_RETURN(const std::string established, members.Text("established"));
  if (!established.empty()) organisation.mutable_established()->set_text(established);
  RETURN_IF_ERROR(ReadStatements(members, sources, organisation));
  RETURN_IF_ERROR(ReadLinks(members, sources, organisation));
  RETURN_IF_ERROR(ReadCompleteness(members, organisation));
  CiteWhatStatementsCite(organisation);
  return organisation;
}

absl::Status ReadReportedCounts(const std::string& folder, const SourcesFile& sources,
                                std::vector<v1::Organisation>& organisations) {
  const std::string path = folder + "/reported_counts.csv";
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  ASSIGN_OR_RETURN(const CsvTable table, ParseCsv(text, path,
                                                  {"organisation", "status", "party_kind", "date",
                                                   "count", "source", "published_text", "note"}));
  for (const CsvRow& row : table.rows) {
    const auto organisation =
        std::find_if(organisations.begin(), organisations.end(), [&](const v1::Organisation& o) {
          return o.name() == OrganisationName(table.Get(row, "organisation"));
        });
    if (organisation == organisations.end()) {
      return InvalidCell(table, row, "organisation", "is not in organisations.json");
    }
    v1::Organisation::ReportedCount& reported = *organisation->add_reported_counts();
    v1::Spell::Status status = v1::Spell::STATUS_UNSPECIFIED;
    if (!v1::Spell::Status_Parse(table.Get(row, "status"), &status)) {
      return InvalidCell(table, row, "status", "is not a status");
    }
    v1::Party::Kind kind = v1::Party::KIND_UNSPECIFIED;
    if (!v1::Party::Kind_Parse(table.Get(row, "party_kind"), &kind)) {
      return InvalidCell(table, row, "party_kind", "is not a kind of party");
    }
    int count = 0;
    if (!absl::SimpleAtoi(table.Get(row, "count"), &count)) {
      return InvalidCell(table, row, "count", "is not a number");
    }
    reported.set_status(status);
    reported.set_party_kind(kind);
    reported.mutable_date()->set_text(table.Get(row, "date"));
    reported.set_count(count);
    ASSIGN_OR_RETURN(*reported.mutable_citations(),
                     sources.Cite(table, row,
                                  {.published_text = table.Get(row, "published_text"),
                                   .reasoning = "",
                                   .note = table.Get(row, "note")}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<v1::Organisation>> ReadOrganisations(const std::string& folder,
                                                                const SourcesFile& sources) {
  std::vector<v1::Organisation> organisations;
  RETURN_IF_ERROR(ReadJsonList(
      folder + "/organisations.json",
      {"id", "name", "kind", "established", "statements", "links", "completeness"},
      [&](const JsonMembers& members) -> absl::Status {
        ASSIGN_OR_RETURN(v1::Organisation organisation, ReadOrganisation(members, sources));
        organisations.push_back(std::move(organisation));
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(ReadReportedCounts(folder, sources, organisations));
  return organisations;
}

}  // namespace corridor::memberstates
