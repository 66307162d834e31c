#include "services/programmes/classification.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/programmes/v1/classification.pb.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"

namespace corridor::programmes {
namespace {

using resources::Reference;

constexpr size_t kMaxClassIdBytes = 64;

absl::Status CheckClasses(const v1::Classification& classification, const std::string& path) {
  if (classification.classes().empty()) return MissingField(path + ".classes");
  std::set<std::string> ids;
  for (int i = 0; i < classification.classes_size(); ++i) {
    const std::string at = absl::StrCat(path, ".classes[", i, "]");
    const v1::Classification::Class& one = classification.classes(i);
    RETURN_IF_ERROR(
        resources::NewIdIn(one.class_id(), "*", at + ".class_id", kMaxClassIdBytes).status());
    if (one.display_name().empty()) return MissingField(at + ".display_name");
    if (!ids.insert(one.class_id()).second) {
      return InvalidField(at + ".class_id", one.class_id(), "occurs twice");
    }
    // Parents come first, so none is its own ancestor.
    if (!one.parent().empty() && (one.parent() == one.class_id() || !ids.contains(one.parent()))) {
      return InvalidField(at + ".parent", one.parent(), "is no class before it");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckClassification(v1::Classification& classification, const std::string& path) {
  if (classification.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(classification.display_name(), path + ".display_name"));
  if (classification.has_valid_from()) {
    RETURN_IF_ERROR(ReadDate(*classification.mutable_valid_from(), path + ".valid_from"));
  }
  if (classification.has_valid_until()) {
    RETURN_IF_ERROR(ReadDate(*classification.mutable_valid_until(), path + ".valid_until"));
  }
  if (classification.has_valid_from() && classification.has_valid_until()) {
    RETURN_IF_ERROR(CheckEndIsAfterStart(classification.valid_from(), classification.valid_until(),
                                         path + ".valid_until"));
  }
  if (!classification.programme_area().empty()) {
    RETURN_IF_ERROR(
        IdIn(classification.programme_area(), "programmeAreas/*", path + ".programme_area")
            .status());
  }
  RETURN_IF_ERROR(CheckClasses(classification, path));
  return CheckCitations(classification.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfClassification(const v1::Classification& classification,
                                                  const std::string& path) {
  if (classification.programme_area().empty()) return {};
  return {{path + ".programme_area", classification.programme_area()}};
}

bool HasClass(const v1::Classification& classification, const std::string& id) {
  return std::any_of(classification.classes().begin(), classification.classes().end(),
                     [&id](const auto& one) { return one.class_id() == id; });
}

// A class that something names cannot be taken out.
absl::Status CheckStoredClassification(resources::Reader& reader, const v1::Classification* old,
                                       const v1::Classification& now, const std::string& path) {
  if (old == nullptr) return absl::OkStatus();
  for (const v1::Classification::Class& one : old->classes()) {
    if (HasClass(now, one.class_id())) continue;
    const std::string name = absl::StrCat(now.name(), "/classes/", one.class_id());
    ASSIGN_OR_RETURN(const std::string use, reader.FindUse(name));
    if (use.empty()) continue;
    return ErrorWithReason(
        absl::StatusCode::kFailedPrecondition, "RESOURCE_IN_USE",
        absl::StrCat(path, ".classes: lacks ", one.class_id(), ", which ", use, " names"),
        {{"name", name}, {"used_by", use}});
  }
  return absl::OkStatus();
}

absl::Status CheckCrosswalk(v1::Crosswalk& crosswalk, const std::string& path) {
  RETURN_IF_ERROR(
      IdIn(crosswalk.from_edition(), "classifications/*", path + ".from_edition").status());
  RETURN_IF_ERROR(IdIn(crosswalk.to_edition(), "classifications/*", path + ".to_edition").status());
  if (crosswalk.from_edition() == crosswalk.to_edition()) {
    return InvalidField(path + ".to_edition", crosswalk.to_edition(), "is from_edition itself");
  }
  if (crosswalk.entries().empty()) return MissingField(path + ".entries");
  std::set<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < crosswalk.entries_size(); ++i) {
    const std::string at = absl::StrCat(path, ".entries[", i, "]");
    const v1::Crosswalk::Entry& entry = crosswalk.entries(i);
    if (entry.from_class().empty()) return MissingField(at + ".from_class");
    if (entry.reasoning().empty()) return MissingField(at + ".reasoning");
    const bool related = entry.relation() != v1::Crosswalk::RELATION_UNSPECIFIED;
    if (!v1::Crosswalk::Relation_IsValid(entry.relation()) || related == entry.to_class().empty()) {
      return InvalidField(at + ".relation", std::to_string(entry.relation()),
                          related ? "needs a to_class" : "is not a relation to to_class");
    }
    if (!pairs.emplace(entry.from_class(), entry.to_class()).second) {
      return InvalidField(at + ".to_class", entry.to_class(),
                          absl::StrCat("is given for ", entry.from_class(), " twice"));
    }
  }
  return CheckCitations(crosswalk.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfCrosswalk(const v1::Crosswalk& crosswalk,
                                             const std::string& path) {
  std::vector<Reference> references = {{path + ".from_edition", crosswalk.from_edition()},
                                       {path + ".to_edition", crosswalk.to_edition()}};
  for (const v1::Crosswalk::Entry& entry : crosswalk.entries()) {
    references.push_back({.path = path + ".entries",
                          .name = crosswalk.from_edition() + "/classes/" + entry.from_class(),
                          .must_exist = false});
    if (entry.to_class().empty()) continue;
    references.push_back({.path = path + ".entries",
                          .name = crosswalk.to_edition() + "/classes/" + entry.to_class(),
                          .must_exist = false});
  }
  return references;
}

absl::Status CheckStoredCrosswalk(resources::Reader& reader, const v1::Crosswalk* /*old*/,
                                  const v1::Crosswalk& now, const std::string& path) {
  v1::Classification from;
  v1::Classification to;
  const resources::Kind& kind = Classifications();
  RETURN_IF_ERROR(reader.Get(kind, kind.Id(now.from_edition()), from));
  RETURN_IF_ERROR(reader.Get(kind, kind.Id(now.to_edition()), to));
  for (int i = 0; i < now.entries_size(); ++i) {
    const std::string at = absl::StrCat(path, ".entries[", i, "]");
    const v1::Crosswalk::Entry& entry = now.entries(i);
    if (!HasClass(from, entry.from_class())) {
      return InvalidField(at + ".from_class", entry.from_class(),
                          absl::StrCat("is no class of ", from.name()));
    }
    if (!entry.to_class().empty() && !HasClass(to, entry.to_class())) {
      return InvalidField(at + ".to_class", entry.to_class(),
                          absl::StrCat("is no class of ", to.name()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

const resources::Kind& Classifications() {
  static const auto* kind = new resources::Kind(resources::MakeKind<v1::Classification>(
      {.collection = "classifications",
       .field = "classification",
       .columns = {"programme_area", "maintainer", "display_name"},
       .check = CheckClassification,
       .references = ReferencesOfClassification,
       .check_stored = CheckStoredClassification}));
  return *kind;
}

const resources::Kind& Crosswalks() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::Crosswalk>({.collection = "crosswalks",
                                          .field = "crosswalk",
                                          .columns = {"from_edition", "to_edition"},
                                          .check = CheckCrosswalk,
                                          .references = ReferencesOfCrosswalk,
                                          .check_stored = CheckStoredCrosswalk}));
  return *kind;
}

std::string EditionOf(const std::string& class_name) {
  return class_name.substr(0, class_name.find("/classes/"));
}

absl::Status CheckClassExists(const std::string& class_name, const std::string& field,
                              resources::Reader& reader) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                   MatchResourceName(class_name, "classifications/*/classes/*", field));
  v1::Classification edition;
  absl::Status found = reader.Get(Classifications(), ids.at(0), edition);
  if (!found.ok() && !absl::IsNotFound(found)) return found;
  if (found.ok() && HasClass(edition, ids.at(1))) return absl::OkStatus();
  return InvalidField(field, class_name,
                      absl::StrCat("is no class of ", Classifications().Name(ids.at(0))));
}

}  // namespace corridor::programmes
