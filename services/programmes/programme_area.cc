#include "services/programmes/programme_area.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/programmes/v1/classification.pb.h"
#include "corridor/programmes/v1/programme_area.pb.h"
#include "platform/records/evidence.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "services/programmes/classification.h"

namespace corridor::programmes {
namespace {

using resources::Reference;

absl::Status CheckProgrammeArea(v1::ProgrammeArea& area, const std::string& path) {
  if (area.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(area.display_name(), path + ".display_name"));
  for (int i = 0; i < area.statements_size(); ++i) {
    const std::string at = absl::StrCat(path, ".statements[", i, "]");
    if (area.statements(i).topic().empty()) return MissingField(at + ".topic");
    if (area.statements(i).text().empty()) return MissingField(at + ".text");
    RETURN_IF_ERROR(CheckCitations(area.statements(i).citations(), at + ".citations"));
  }
  for (int i = 0; i < area.stakeholders_size(); ++i) {
    const std::string at = absl::StrCat(path, ".stakeholders[", i, "]");
    if (area.stakeholders(i).display_name().empty()) return MissingField(at + ".display_name");
    RETURN_IF_ERROR(CheckCitations(area.stakeholders(i).citations(), at + ".citations"));
  }
  return CheckCitations(area.citations(), path + ".citations");
}

absl::Status CheckActivityType(v1::ActivityType& type, const std::string& path) {
  RETURN_IF_ERROR(
      IdIn(type.programme_area(), "programmeAreas/*", path + ".programme_area").status());
  if (type.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(type.display_name(), path + ".display_name"));
  return CheckCitations(type.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfActivityType(const v1::ActivityType& type,
                                                const std::string& path) {
  return {{path + ".programme_area", type.programme_area()}};
}

template <typename Resource>
absl::Status AddNamesWithin(resources::Reader& reader, const std::string& area,
                            const resources::Kind& kind,
                            google::protobuf::RepeatedPtrField<std::string>& names) {
  const resources::Query within = {
      .conditions = {{"programme_area", resources::Condition::Test::kAnyOf, {area}}},
      .slice = {.limit = kMaxBatch}};
  ASSIGN_OR_RETURN(const std::vector<Resource> found, reader.List<Resource>(kind, within));
  for (const Resource& resource : found) *names.Add() = resource.name();
  return absl::OkStatus();
}

absl::Status AddWhatIsWithin(resources::Reader& reader, v1::ProgrammeArea& area) {
  RETURN_IF_ERROR(AddNamesWithin<v1::Classification>(reader, area.name(), Classifications(),
                                                     *area.mutable_classifications()));
  return AddNamesWithin<v1::ActivityType>(reader, area.name(), ActivityTypes(),
                                          *area.mutable_activity_types());
}

}  // namespace

const resources::Kind& ProgrammeAreas() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::ProgrammeArea>({.collection = "programmeAreas",
                                              .field = "programme_area",
                                              .columns = {"display_name"},
                                              .check = CheckProgrammeArea,
                                              .output_only = {"classifications", "activity_types"},
                                              .complete = AddWhatIsWithin}));
  return *kind;
}

const resources::Kind& ActivityTypes() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::ActivityType>({.collection = "activityTypes",
                                             .field = "activity_type",
                                             .columns = {"programme_area", "display_name"},
                                             .check = CheckActivityType,
                                             .references = ReferencesOfActivityType}));
  return *kind;
}

}  // namespace corridor::programmes
