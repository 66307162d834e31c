// Organisations, and what is claimed of their lists.
#include "services/memberstates/organisation.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "services/memberstates/area.h"

namespace corridor::memberstates {
namespace {

constexpr std::string_view kCollection = "organisations/";

absl::Status CheckList(v1::Spell::Status status, v1::Party::Kind kind, const std::string& path) {
  if (status == v1::Spell::STATUS_UNSPECIFIED || !v1::Spell::Status_IsValid(status)) {
    return InvalidField(path + ".status", std::to_string(status), "is not a status");
  }
  if (kind == v1::Party::KIND_UNSPECIFIED || !v1::Party::Kind_IsValid(kind)) {
    return InvalidField(path + ".party_kind", std::to_string(kind), "is not a kind of party");
  }
  return absl::OkStatus();
}

absl::Status CheckWhatIsSaid(const v1::Organisation& organisation, const std::string& path) {
  for (int i = 0; i < organisation.statements_size(); ++i) {
    const std::string at = absl::StrCat(path, ".statements[", i, "]");
    if (organisation.statements(i).topic().empty()) return MissingField(at + ".topic");
    if (organisation.statements(i).text().empty()) return MissingField(at + ".text");
    RETURN_IF_ERROR(CheckCitations(organisation.statements(i).citations(), at + ".citations"));
  }
  for (int i = 0; i < organisation.links_size(); ++i) {
    const std::string at = absl::StrCat(path, ".links[", i, "]");
    if (organisation.links(i).rel().empty()) return MissingField(at + ".rel");
    if (organisation.links(i).label().empty()) return MissingField(at + ".label");
    RETURN_IF_ERROR(CheckCitations(organisation.links(i).citations(), at + ".citations"));
  }
  return absl::OkStatus();
}

absl::Status CheckClaims(v1::Organisation& organisation, const std::string& path) {
  for (int i = 0; i < organisation.reported_counts_size(); ++i) {
    const std::string at = absl::StrCat(path, ".reported_counts[", i, "]");
    v1::Organisation::ReportedCount& count = *organisation.mutable_reported_counts(i);
    RETURN_IF_ERROR(CheckList(count.status(), count.party_kind(), at));
    RETURN_IF_ERROR(ReadDate(*count.mutable_date(), at + ".date"));
    if (count.count() < 0) {
      return InvalidField(at + ".count", std::to_string(count.count()), "is below 0");
    }
    RETURN_IF_ERROR(CheckCitations(count.citations(), at + ".citations"));
  }
  std::set<PartyList> lists;
  for (int i = 0; i < organisation.completeness_size(); ++i) {
    const std::string at = absl::StrCat(path, ".completeness[", i, "]");
    const v1::Completeness& list = organisation.completeness(i);
    RETURN_IF_ERROR(CheckList(list.status(), list.party_kind(), at));
    if (list.reason().empty()) return MissingField(at + ".reason");
    if (!lists.emplace(list.status(), list.party_kind()).second) {
      return InvalidField(at + ".party_kind", v1::Party::Kind_Name(list.party_kind()),
                          "has been said something of already");
    }
  }
  return absl::OkStatus();
}

v1::Completeness NothingSaidOf(const PartyList& list) {
  v1::Completeness completeness;
  completeness.set_status(list.first);
  completeness.set_party_kind(list.second);
  completeness.set_reason("No source states whether this list is complete.");
  return completeness;
}

bool Covers(const DayRange& days, const DayRange& asked) {
  return (!days.earliest || *days.earliest <= asked.earliest.value()) &&
         (!days.latest || asked.latest.value() <= *days.latest);
}

}  // namespace

std::string OrganisationName(std::string_view id) {
  return std::string(kCollection) + std::string(id);
}

std::string_view OrganisationId(std::string_view name) { return name.substr(kCollection.size()); }

std::string MembershipName(std::string_view organisation, std::string_view party) {
  return OrganisationName(organisation) + "/memberships/" + std::string(party);
}

absl::Status CheckOrganisation(v1::Organisation& organisation, std::string_view path_view) {
  const std::string path(path_view);
  RETURN_IF_ERROR(CheckSize(organisation, path));
  if (!IsCode(OrganisationId(organisation.name()))) {
    return InvalidField(path + ".name", organisation.name(),
                        "is not organisations/ and capital letters, digits and underscores");
  }
  if (organisation.kind() == v1::Organisation::KIND_UNSPECIFIED ||
      !v1::Organisation::Kind_IsValid(organisation.kind())) {
    return InvalidField(path + ".kind", std::to_string(organisation.kind()),
                        "is not a kind of organisation");
  }
  if (organisation.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(organisation.display_name(), path + ".display_name"));
  if (organisation.has_established()) {
    RETURN_IF_ERROR(ReadDate(*organisation.mutable_established(), path + ".established"));
  }
  RETURN_IF_ERROR(CheckWhatIsSaid(organisation, path));
  RETURN_IF_ERROR(CheckClaims(organisation, path));
  return CheckCitations(organisation.citations(), path + ".citations");
}

std::vector<v1::Completeness> CompletenessOf(const v1::Organisation& organisation,
                                             v1::Spell::Status status, v1::Party::Kind kind,
                                             const std::vector<PartyList>& recorded) {
  std::vector<v1::Completeness> answers;
  for (const v1::Spell::Status asked : {v1::Spell::MEMBER, v1::Spell::OBSERVER}) {
    if (status != v1::Spell::STATUS_UNSPECIFIED && status != asked) continue;
    std::set<PartyList> lists;
    if (kind != v1::Party::KIND_UNSPECIFIED) lists.emplace(asked, kind);
    if (lists.empty()) {
      for (const v1::Completeness& said : organisation.completeness()) {
        if (said.status() == asked) lists.emplace(asked, said.party_kind());
      }
      for (const PartyList& list : recorded) {
        if (list.first == asked) lists.insert(list);
      }
    }
    if (lists.empty()) lists.emplace(asked, v1::Party::KIND_UNSPECIFIED);

    for (const PartyList& list : lists) {
      v1::Completeness answer = NothingSaidOf(list);
      for (const v1::Completeness& said : organisation.completeness()) {
        if (PartyList(said.status(), said.party_kind()) == list) answer = said;
      }
      answers.push_back(std::move(answer));
    }
  }
  return answers;
}

std::vector<v1::Organisation::ReportedCount> CountsReportedFor(const v1::Organisation& organisation,
                                                               v1::Spell::Status status,
                                                               v1::Party::Kind kind,
                                                               const DayRange& as_of) {
  std::vector<v1::Organisation::ReportedCount> counts;
  for (const v1::Organisation::ReportedCount& count : organisation.reported_counts()) {
    if (count.status() != status) continue;
    if (kind != v1::Party::KIND_UNSPECIFIED && count.party_kind() != kind) continue;
    if (Covers(Days(count.date()), as_of)) counts.push_back(count);
  }
  return counts;
}

}  // namespace corridor::memberstates
