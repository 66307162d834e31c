// memberships.csv, and what the other files make together.
#include "services/memberstates/data_files.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/default_data/sources_file.h"
#include "platform/status/status.h"
#include "services/memberstates/areas_files.h"
#include "services/memberstates/organisation.h"
#include "services/memberstates/organisations_file.h"

namespace corridor::memberstates {
namespace {

// What the source printed: one date, or both.
std::string PublishedText(const std::string& from, const std::string& to) {
  if (from.empty() || to.empty()) return from + to;
  return absl::StrCat(from, " to ", to);
}

absl::StatusOr<v1::Spell> ReadSpell(const CsvTable& table, const CsvRow& row,
                                    const SourcesFile& sources) {
  v1::Spell spell;
  v1::Spell::Status status = v1::Spell::STATUS_UNSPECIFIED;
  if (!v1::Spell::Status_Parse(table.Get(row, "status"), &status)) {
    return InvalidCell(table, row, "status", "is not a status");
  }
  common::v1::Confidence confidence = common::v1::CONFIDENCE_UNSPECIFIED;
  if (!common::v1::Confidence_Parse(table.Get(row, "confidence"), &confidence)) {
    return InvalidCell(table, row, "confidence", "is not a confidence");
  }
  spell.set_status(status);
  spell.set_confidence(confidence);
  if (!table.Get(row, "from").empty()) spell.mutable_start()->set_text(table.Get(row, "from"));
  if (!table.Get(row, "to").empty()) spell.mutable_end()->set_text(table.Get(row, "to"));
  ASSIGN_OR_RETURN(*spell.mutable_evidence(),
                   sources.Cite(table, row,
                                {.published_text = PublishedText(table.Get(row, "published_from"),
                                                                 table.Get(row, "published_to")),
                                 .reasoning = table.Get(row, "reasoning"),
                                 .note = table.Get(row, "note")}));
  return spell;
}

absl::StatusOr<std::vector<v1::BatchCreateMembershipsRequest>> ReadMemberships(
    const std::string& folder, const SourcesFile& sources) {
  const std::string path = folder + "/memberships.csv";
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  ASSIGN_OR_RETURN(
      const CsvTable table,
      ParseCsv(text, path,
               {"organisation", "party", "party_kind", "party_name", "status", "from", "to",
                "confidence", "source", "published_from", "published_to", "reasoning", "note"}));
  std::map<std::string, std::map<std::string, v1::Membership>> organisations;
  for (const CsvRow& row : table.rows) {
    v1::Party::Kind kind = v1::Party::KIND_UNSPECIFIED;
    if (!v1::Party::Kind_Parse(table.Get(row, "party_kind"), &kind)) {
      return InvalidCell(table, row, "party_kind", "is not a kind of party");
    }
    v1::Membership& membership =
        organisations[table.Get(row, "organisation")][table.Get(row, "party")];
    if (membership.has_party() && membership.party().kind() != kind) {
      return InvalidCell(table, row, "party_kind", "is another than in the rows before");
    }
    membership.mutable_party()->set_kind(kind);
    membership.mutable_party()->set_display_name(table.Get(row, "party_name"));
    ASSIGN_OR_RETURN(*membership.add_spells(), ReadSpell(table, row, sources));
  }

  std::vector<v1::BatchCreateMembershipsRequest> requests;
  for (auto& [organisation, memberships] : organisations) {
    v1::BatchCreateMembershipsRequest& request = requests.emplace_back();
    request.set_parent(OrganisationName(organisation));
    for (auto& [party, membership] : memberships) {
      v1::CreateMembershipRequest& create = *request.add_requests();
      create.set_membership_id(party);
      *create.mutable_membership() = std::move(membership);
    }
  }
  return requests;
}

}  // namespace

absl::StatusOr<DefaultData> ReadDefaultData(const std::string& folder) {
  DefaultData data;
  ASSIGN_OR_RETURN(const SourcesFile sources, SourcesFile::Read(folder));
  RETURN_IF_ERROR(ReadAreas(folder, sources, data.areas, data.area_members));
  ASSIGN_OR_RETURN(const std::vector<v1::Organisation> organisations,
                   ReadOrganisations(folder, sources));
  for (const v1::Organisation& organisation : organisations) {
    *data.organisations.emplace_back().mutable_organisation() = organisation;
  }
  ASSIGN_OR_RETURN(data.memberships, ReadMemberships(folder, sources));
  return data;
}

}  // namespace corridor::memberstates
