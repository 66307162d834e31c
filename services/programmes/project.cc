#include "services/programmes/project.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "platform/records/day_columns.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "platform/text/number_text.h"
#include "services/programmes/classification.h"

namespace corridor::programmes {
namespace {

using common::v1::PartialDate;
using resources::Reference;
using Dates = v1::Project::Dates;
using Participant = v1::Project::Participant;

constexpr std::string_view kOrganisations = "organisations/";
constexpr double kRounding = 1e-9;  // Of a sum of percentages such as 33.3.

// The start and the end that count: the actual one, else the planned one; null where neither is
// stated. A planned end is none once the project started after it.
const PartialDate* StartOf(const Dates& dates) {
  if (dates.has_actual_start()) return &dates.actual_start();
  return dates.has_planned_start() ? &dates.planned_start() : nullptr;
}
const PartialDate* EndOf(const Dates& dates) {
  if (dates.has_actual_end()) return &dates.actual_end();
  if (!dates.has_planned_end()) return nullptr;
  const std::string started =
      dates.has_actual_start() ? ColumnsOf(dates.actual_start()).earliest : kBeforeAllDays;
  return ColumnsOf(dates.planned_end()).latest < started ? nullptr : &dates.planned_end();
}

// What a date may mean: any day where none is stated.
DayColumns ColumnsOrAnyDay(const PartialDate* date) {
  return date == nullptr ? DayColumns() : ColumnsOf(*date);
}

// A last day may be that of the start.
absl::Status CheckOrder(const PartialDate& start, const PartialDate& end,
                        const std::string& field) {
  const DayRange begins = Days(start);
  const DayRange ends = Days(end);
  if (!begins.earliest || !ends.latest || *begins.earliest <= *ends.latest) return absl::OkStatus();
  return InvalidField(field, end.text(),
                      absl::StrCat("is before the start, \"", start.text(), "\""));
}

absl::Status CheckDates(Dates& dates, const std::string& path) {
  if (dates.has_planned_start()) {
    RETURN_IF_ERROR(ReadDate(*dates.mutable_planned_start(), path + ".planned_start"));
  }
  if (dates.has_actual_start()) {
    RETURN_IF_ERROR(ReadDate(*dates.mutable_actual_start(), path + ".actual_start"));
  }
  if (dates.has_planned_end()) {
    RETURN_IF_ERROR(ReadDate(*dates.mutable_planned_end(), path + ".planned_end"));
  }
  if (dates.has_actual_end()) {
    RETURN_IF_ERROR(ReadDate(*dates.mutable_actual_end(), path + ".actual_end"));
  }
  if (dates.has_planned_start() && dates.has_planned_end()) {
    RETURN_IF_ERROR(CheckOrder(dates.planned_start(), dates.planned_end(), path + ".planned_end"));
  }
  const PartialDate* const start = StartOf(dates);
  const PartialDate* const end = EndOf(dates);
  if (start == nullptr || end == nullptr) return absl::OkStatus();
  return CheckOrder(*start, *end, path + (dates.has_actual_end() ? ".actual_end" : ".planned_end"));
}

absl::Status CheckCountries(const v1::Project& project, const std::string& path) {
  std::set<std::string_view> areas;
  double sum = 0;
  for (int i = 0; i < project.countries_size(); ++i) {
    const std::string at = absl::StrCat(path, ".countries[", i, "]");
    const v1::Project::Country& country = project.countries(i);
    RETURN_IF_ERROR(CodeIn(country.area(), "areas/*", at + ".area").status());
    if (!areas.insert(country.area()).second) {
      return InvalidField(at + ".area", country.area(), "is there already");
    }
    if (!country.has_percentage()) continue;
    const std::string percentage = NumberText(country.percentage());
    if (!(country.percentage() >= 0 && country.percentage() <= 100)) {
      return InvalidField(at + ".percentage", percentage, "is not 0 to 100");
    }
    sum += country.percentage();
    if (sum > 100 + kRounding) {
      return InvalidField(at + ".percentage", percentage,
                          "makes more than 100 with those before it");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLocations(const v1::Project& project, const std::string& path) {
  for (int i = 0; i < project.locations_size(); ++i) {
    const std::string at = absl::StrCat(path, ".locations[", i, "]");
    if (project.locations(i).display_name().empty()) return MissingField(at + ".display_name");
    if (project.locations(i).area().empty()) continue;
    RETURN_IF_ERROR(CodeIn(project.locations(i).area(), "areas/*", at + ".area").status());
  }
  return absl::OkStatus();
}

absl::Status CheckWho(const v1::Project& project, const std::string& path) {
  for (int i = 0; i < project.target_groups_size(); ++i) {
    const std::string at = absl::StrCat(path, ".target_groups[", i, "]");
    const v1::Project::TargetGroup& group = project.target_groups(i);
    if (group.display_name().empty()) return MissingField(at + ".display_name");
    RETURN_IF_ERROR(CodeIn(group.group(), "*", at + ".group").status());
  }
  for (int i = 0; i < project.participants_size(); ++i) {
    const std::string at = absl::StrCat(path, ".participants[", i, "]");
    const Participant& participant = project.participants(i);
    RETURN_IF_ERROR(CheckParticipantName(participant.participant(), at + ".participant"));
    if (!Participant::Role_IsValid(participant.role())) {
      return InvalidField(at + ".role", std::to_string(participant.role()), "is not a role");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckReportingOrganisation(const std::string& name, const std::string& field) {
  if (name.empty()) return absl::OkStatus();
  if (name.starts_with(kOrganisations)) return CodeIn(name, "organisations/*", field).status();
  if (IdIn(name, "partners/*", field).ok()) return absl::OkStatus();
  return InvalidField(field, name, "is neither organisations/* nor partners/*");
}

absl::Status CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                        std::string_view pattern, const std::string& path) {
  for (int i = 0; i < names.size(); ++i) {
    RETURN_IF_ERROR(MatchResourceName(names[i], pattern, absl::StrCat(path, "[", i, "]")).status());
  }
  return absl::OkStatus();
}

absl::Status CheckProject(v1::Project& project, const std::string& path) {
  if (project.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(project.display_name(), path + ".display_name"));
  if (project.has_dates()) RETURN_IF_ERROR(CheckDates(*project.mutable_dates(), path + ".dates"));
  RETURN_IF_ERROR(CheckCountries(project, path));
  RETURN_IF_ERROR(CheckLocations(project, path));
  RETURN_IF_ERROR(CheckWho(project, path));
  RETURN_IF_ERROR(CheckReportingOrganisation(project.reporting_organisation(),
                                             path + ".reporting_organisation"));
  RETURN_IF_ERROR(
      CheckNames(project.programme_areas(), "programmeAreas/*", path + ".programme_areas"));
  RETURN_IF_ERROR(CheckNames(project.classes(), "classifications/*/classes/*", path + ".classes"));
  RETURN_IF_ERROR(
      CheckNames(project.activity_types(), "activityTypes/*", path + ".activity_types"));
  return CheckCitations(project.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfProject(const v1::Project& project, const std::string& path) {
  std::vector<Reference> references;
  const auto at = [&path](const char* list, int i, const char* field) {
    return absl::StrCat(path, ".", list, "[", i, "]", field);
  };
  for (int i = 0; i < project.countries_size(); ++i) {
    references.push_back({at("countries", i, ".area"), project.countries(i).area()});
  }
  for (int i = 0; i < project.locations_size(); ++i) {
    if (project.locations(i).area().empty()) continue;
    references.push_back({at("locations", i, ".area"), project.locations(i).area()});
  }
  for (int i = 0; i < project.target_groups_size(); ++i) {
    references.push_back({.path = at("target_groups", i, ".group"),
                          .name = TargetGroupName(project.target_groups(i).group()),
                          .must_exist = false});
  }
  for (int i = 0; i < project.participants_size(); ++i) {
    const Participant& participant = project.participants(i);
    references.push_back({.path = at("participants", i, ".participant"),
                          .name = participant.participant(),
                          .relation = RelationOf(participant.role())});
  }
  if (!project.reporting_organisation().empty()) {
    references.push_back(
        {.path = path + ".reporting_organisation",
         .name = project.reporting_organisation(),
         .relation = "REPORTING",
         .must_exist = !project.reporting_organisation().starts_with(kOrganisations)});
  }
  for (int i = 0; i < project.programme_areas_size(); ++i) {
    references.push_back({at("programme_areas", i, ""), project.programme_areas(i)});
  }
  for (int i = 0; i < project.activity_types_size(); ++i) {
    references.push_back({at("activity_types", i, ""), project.activity_types(i)});
  }
  for (int i = 0; i < project.classes_size(); ++i) {
    references.push_back({at("classes", i, ""), EditionOf(project.classes(i))});
    references.push_back(
        {.path = at("classes", i, ""), .name = project.classes(i), .must_exist = false});
  }
  return references;
}

absl::Status CheckStoredProject(resources::Reader& reader, const v1::Project* /*old*/,
                                const v1::Project& now, const std::string& path) {
  for (int i = 0; i < now.classes_size(); ++i) {
    RETURN_IF_ERROR(
        CheckClassExists(now.classes(i), absl::StrCat(path, ".classes[", i, "]"), reader));
  }
  return absl::OkStatus();
}

std::string StartColumn(const v1::Project& project) {
  return ColumnsOrAnyDay(StartOf(project.dates())).earliest;
}
std::string EndColumn(const v1::Project& project) {
  return ColumnsOrAnyDay(EndOf(project.dates())).latest;
}

}  // namespace

const resources::Kind& Projects() {
  static const auto* kind = new resources::Kind(resources::MakeKind<v1::Project>(
      {.collection = "projects",
       .field = "project",
       .columns = {"display_name", "reporting_organisation"},
       .check = CheckProject,
       .references = ReferencesOfProject,
       .computed = {{"start_earliest", StartColumn}, {"end_latest", EndColumn}},
       .output_only = {"active"},
       .max_id_bytes = 100,
       .check_stored = CheckStoredProject}));
  return *kind;
}

Holds RanOn(const Dates& dates, const DayRange& asked) {
  const DayColumns start = ColumnsOrAnyDay(StartOf(dates));
  const DayColumns end = ColumnsOrAnyDay(EndOf(dates));
  const DayColumns days = AskedColumns(asked);
  if (start.earliest > days.latest || end.latest < days.earliest) return Holds::kNo;
  // Plans make nothing certain.
  const DayColumns ended = ColumnsOrAnyDay(dates.has_actual_end() ? &dates.actual_end() : nullptr);
  const bool had_begun = dates.has_actual_start() && start.latest <= days.latest;
  // No project ended before it began.
  const bool had_not_ended = std::max(start.earliest, ended.earliest) >= days.earliest;
  return had_begun && had_not_ended ? Holds::kCertainly : Holds::kPossibly;
}

std::string TargetGroupName(const std::string& group) { return "targetGroups/" + group; }

absl::Status CheckParticipantName(const std::string& name, const std::string& field) {
  if (name.empty()) return MissingField(field);
  if (IdIn(name, "offices/*", field).ok() || IdIn(name, "partners/*", field).ok()) {
    return absl::OkStatus();
  }
  return InvalidField(field, name, "is neither offices/* nor partners/*");
}

std::string RelationOf(Participant::Role role) { return Participant::Role_Name(role); }

std::vector<std::string> RelationsOfAllRoles() {
  std::vector<std::string> relations;
  const google::protobuf::EnumDescriptor& roles = *Participant::Role_descriptor();
  for (int i = 0; i < roles.value_count(); ++i) relations.push_back(roles.value(i)->name());
  return relations;
}

}  // namespace corridor::programmes
