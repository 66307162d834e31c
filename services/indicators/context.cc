#include "services/indicators/context.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/indicators/v1/context.pb.h"
#include "platform/dates/period.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "platform/text/number_text.h"
#include "services/indicators/observation_reader.h"
#include "services/indicators/selection.h"
#include "services/indicators/target_assessment.h"

namespace corridor::indicators {
namespace {

using resources::Reference;

absl::Status CheckContextNote(v1::ContextNote& note, const std::string& path) {
  RETURN_IF_ERROR(CodeIn(note.area(), "areas/*", path + ".area").status());
  RETURN_IF_ERROR(CodeIn(note.topic(), "*", path + ".topic").status());
  if (note.text().empty()) return MissingField(path + ".text");
  for (int i = 0; i < note.related_areas_size(); ++i) {
    RETURN_IF_ERROR(
        CodeIn(note.related_areas(i), "areas/*", absl::StrCat(path, ".related_areas[", i, "]"))
            .status());
  }
  RETURN_IF_ERROR(ReadStartAndEnd(note, path));
  return CheckCitations(note.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfContextNote(const v1::ContextNote& note,
                                               const std::string& path) {
  std::vector<Reference> references = {{path + ".area", note.area()}};
  for (int i = 0; i < note.related_areas_size(); ++i) {
    references.push_back({absl::StrCat(path, ".related_areas[", i, "]"), note.related_areas(i)});
  }
  return references;
}

absl::Status CheckNumber(bool has, double value, const std::string& field) {
  if (!has || std::isfinite(value)) return absl::OkStatus();
  return InvalidField(field, NumberText(value), "is not a finite number");
}

// The goal is a multiple of the baseline or a value, not both and not neither.
absl::Status CheckGoal(const v1::Target& target, const std::string& path) {
  RETURN_IF_ERROR(CheckNumber(target.has_factor(), target.factor(), path + ".factor"));
  RETURN_IF_ERROR(CheckNumber(target.has_goal_value(), target.goal_value(), path + ".goal_value"));
  RETURN_IF_ERROR(
      CheckNumber(target.has_baseline_value(), target.baseline_value(), path + ".baseline_value"));
  if (!target.has_factor() && !target.has_goal_value()) return MissingField(path + ".factor");
  if (target.has_factor() && target.has_goal_value()) {
    return InvalidField(path + ".goal_value", NumberText(target.goal_value()),
                        "is given beside a factor: one of them makes the goal");
  }
  if (target.has_factor() && target.factor() <= 0) {
    return InvalidField(path + ".factor", NumberText(target.factor()), "is not more than 0");
  }
  return absl::OkStatus();
}

absl::Status CheckTarget(v1::Target& target, const std::string& path) {
  RETURN_IF_ERROR(CodeIn(target.area(), "areas/*", path + ".area").status());
  if (!target.indicator().empty()) {
    RETURN_IF_ERROR(IdIn(target.indicator(), "indicators/*", path + ".indicator").status());
  }
  if (target.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(target.display_name(), path + ".display_name"));
  if (target.direction() == v1::Target::DIRECTION_UNSPECIFIED ||
      !v1::Target::Direction_IsValid(target.direction())) {
    return InvalidField(path + ".direction", std::to_string(target.direction()),
                        "is not a direction: AT_MOST or AT_LEAST");
  }
  RETURN_IF_ERROR(CheckGoal(target, path));
  if (!target.baseline_period().empty()) {
    RETURN_IF_ERROR(ParsePeriod(target.baseline_period(), path + ".baseline_period").status());
  }
  if (!target.has_due()) return MissingField(path + ".due");
  RETURN_IF_ERROR(ReadDate(*target.mutable_due(), path + ".due"));
  if (target.has_adopted()) {
    RETURN_IF_ERROR(ReadDate(*target.mutable_adopted(), path + ".adopted"));
    const DayRange adopted = Days(target.adopted());
    const DayRange due = Days(target.due());
    if (adopted.earliest && due.latest && *adopted.earliest > *due.latest) {
      return InvalidField(path + ".adopted", target.adopted().text(),
                          absl::StrCat("is after it is due, ", target.due().text()));
    }
  }
  return CheckCitations(target.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfTarget(const v1::Target& target, const std::string& path) {
  std::vector<Reference> references = {{path + ".area", target.area()}};
  if (!target.indicator().empty()) {
    references.push_back({path + ".indicator", target.indicator()});
  }
  return references;
}

// Observations that an assessment looks at.
constexpr size_t kMaxObservations = 10'000;

// A target is answered however much is held of its indicator: only its verdict is left open then.
v1::TargetAssessment TooMuchToAssess(const v1::Target& target) {
  v1::TargetAssessment assessment;
  assessment.set_target(target.name());
  assessment.set_verdict(v1::TargetAssessment::CANNOT_SAY);
  assessment.set_reason(absl::StrCat("More than ", kMaxObservations, " observations of ",
                                     target.indicator(), " are held for ", target.area(),
                                     ", too many to assess it by."));
  return assessment;
}

absl::Status AddAssessment(resources::Reader& reader, v1::Target& target) {
  std::vector<v1::Observation> observations;
  if (!target.indicator().empty()) {
    ObservationQuery query;
    AddEqual("indicator", target.indicator(), query.series);
    AddEqual("area", target.area(), query.series);
    ASSIGN_OR_RETURN(observations, ObservationReader(reader).Read(query, {}, kMaxObservations + 1));
  }
  if (observations.size() > kMaxObservations) {
    *target.mutable_assessment() = TooMuchToAssess(target);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(*target.mutable_assessment(), AssessTarget(target, observations));
  return absl::OkStatus();
}

}  // namespace

const resources::Kind& ContextNotes() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::ContextNote>({.collection = "contextNotes",
                                            .field = "context_note",
                                            .columns = {"area", "topic"},
                                            .check = CheckContextNote,
                                            .references = ReferencesOfContextNote}));
  return *kind;
}

const resources::Kind& Targets() {
  static const auto* kind =
      new resources::Kind(resources::MakeKind<v1::Target>({.collection = "targets",
                                                           .field = "target",
                                                           .columns = {"area", "indicator"},
                                                           .check = CheckTarget,
                                                           .references = ReferencesOfTarget,
                                                           .output_only = {"assessment"},
                                                           .complete = AddAssessment}));
  return *kind;
}

}  // namespace corridor::indicators
