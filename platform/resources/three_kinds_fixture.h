// Three small kinds of resource on a store of a test's own, with rules that are seen at a glance.
// Their messages are those of programmes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/programmes/v1/partner.pb.h"
#include "corridor/programmes/v1/programme_area.pb.h"
#include "corridor/programmes/v1/project.pb.h"
#include "gtest/gtest.h"
#include "platform/areas/area_directory.h"
#include "platform/areas/fake_area_source.h"
#include "platform/resources/handler.h"
#include "platform/resources/kind.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/service_test.h"

namespace corridor::resources {

namespace v1 = ::corridor::programmes::v1;

// Has a name, and names nothing.
inline const Kind& ProgrammeAreas() {
  static const auto* kind = new Kind(MakeKind<v1::ProgrammeArea>(
      {.collection = "programmeAreas",
       .field = "programme_area",
       .columns = {"display_name"},
       .check = [](v1::ProgrammeArea&, const std::string&) { return absl::OkStatus(); }}));
  return *kind;
}

// Its `note` is the name of the partner that it is a part of.
inline const Kind& Partners() {
  static const auto* kind = new Kind(MakeKind<v1::Partner>(
      {.collection = "partners",
       .field = "partner",
       .columns = {"kind", "area", "display_name"},
       .check =
           [](v1::Partner& partner, const std::string& path) {
             return partner.display_name().empty() ? MissingField(path + ".display_name")
                                                   : absl::OkStatus();
           },
       .references =
           [](const v1::Partner& partner, const std::string& path) {
             std::vector<Reference> references;
             if (!partner.area().empty()) references.push_back({path + ".area", partner.area()});
             if (!partner.note().empty()) references.push_back({path + ".note", partner.note()});
             return references;
           }}));
  return *kind;
}

// Says of itself that it is certainly active. A description, once given, stays.
inline const Kind& Projects() {
  static const auto* kind = new Kind(MakeKind<v1::Project>(
      {.collection = "projects",
       .field = "project",
       .columns = {"display_name", "titled_by_source"},
       .check = [](v1::Project&, const std::string&) { return absl::OkStatus(); },
       .references =
           [](const v1::Project& project, const std::string& path) {
             std::vector<Reference> references;
             for (const auto& one : project.participants()) {
               references.push_back({.path = path + ".participants",
                                     .name = one.participant(),
                                     .relation = v1::Project::Participant::Role_Name(one.role())});
             }
             for (const std::string& area : project.programme_areas()) {
               references.push_back({path + ".programme_areas", area});
             }
             for (const auto& group : project.target_groups()) {
               references.push_back({.path = path + ".target_groups",
                                     .name = "targetGroups/" + group.group(),
                                     .must_exist = false});
             }
             return references;
           },
       .computed = {{"first_day",
                     [](const v1::Project& project) {
                       return project.dates().actual_start().text();
                     }}},
       .immutable = {"reason"},
       .output_only = {"active"},
       .max_id_bytes = 20,
       .check_stored =
           [](Reader&, const v1::Project* old, const v1::Project& now, const std::string& path) {
             const bool lost = old != nullptr && !old->description().empty();
             return lost && now.description().empty() ? MissingField(path + ".description")
                                                      : absl::OkStatus();
           },
       .complete =
           [](Reader&, v1::Project& project) {
             project.mutable_active()->set_certain(true);
             return absl::OkStatus();
           }}));
  return *kind;
}

inline const Kinds& ThreeKinds() {
  static const auto* kinds = new Kinds({&ProgrammeAreas(), &Partners(), &Projects()});
  return *kinds;
}

inline constexpr char kThreeKindsSchema[] = R"(-- oldest binary: 1
CREATE TABLE programme_areas (id TEXT NOT NULL PRIMARY KEY, display_name TEXT NOT NULL, body BLOB NOT NULL,
  from_version INTEGER NOT NULL);
CREATE TABLE programme_areas_history (id TEXT NOT NULL, display_name TEXT NOT NULL, body BLOB NOT NULL,
  from_version INTEGER NOT NULL, to_version INTEGER NOT NULL, PRIMARY KEY (id, from_version));
CREATE TABLE partners (id TEXT NOT NULL PRIMARY KEY, kind INTEGER NOT NULL, area TEXT NOT NULL,
  display_name TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL);
CREATE TABLE partners_history (id TEXT NOT NULL, kind INTEGER NOT NULL, area TEXT NOT NULL,
  display_name TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL, to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version));
CREATE TABLE projects (id TEXT NOT NULL PRIMARY KEY, display_name TEXT NOT NULL, titled_by_source INTEGER NOT NULL,
  first_day TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL);
CREATE TABLE projects_history (id TEXT NOT NULL, display_name TEXT NOT NULL, titled_by_source INTEGER NOT NULL,
  first_day TEXT NOT NULL, body BLOB NOT NULL, from_version INTEGER NOT NULL, to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version));
)";

class PartnerHandler : private Handler {
 public:
  explicit PartnerHandler(const Parts& parts) : Handler(parts, Partners()) {}
  CORRIDOR_RESOURCE_METHODS(Partner, Partners)
  CORRIDOR_RESOURCE_LIST(Partner, Partners)
};

class ProjectHandler : private Handler {
 public:
  explicit ProjectHandler(const Parts& parts) : Handler(parts, Projects()) {}
  CORRIDOR_RESOURCE_METHODS(Project, Projects)
  CORRIDOR_RESOURCE_LIST(Project, Projects)
};

// memberstates knows Romania, Czechia and the group EUROPE of both; the copy of it is version 1.
class ThreeKindsTest : public ::testing::Test, protected HandlerCaller {
 protected:
  ThreeKindsTest() {
    source_.Put(areas::AreaOf("ROU", "Romania"));
    source_.Put(areas::AreaOf("CZE", "Czechia"));
    source_.Put(areas::AreaOf("EUROPE", "Europe", memberstates::v1::Area::GROUP));
    source_.Put(areas::MemberOf("EUROPE", "ROU"));
    source_.Put(areas::MemberOf("EUROPE", "CZE", "2004-05-01"));
    EXPECT_OK(areas_.EnsureLoaded(Soon()));
  }

  static absl::Time Soon() { return absl::Now() + absl::Minutes(1); }
  std::unique_ptr<Reader> ReadAt(const store::KnownAt& known_at = {}) {
    return store_->ReadAt(known_at, Soon()).value();
  }
  int64_t Head() { return store_.versions().Head(Soon()).value(); }

  // `more` in text format.
  absl::StatusOr<v1::Partner> AddPartner(std::string_view id, std::string_view more = "") {
    return Call(partners_, &PartnerHandler::CreatePartner,
                absl::StrCat("partner_id: '", std::string(id),
                             "' partner { display_name: 'Partner' ", std::string(more), " }"));
  }
  absl::StatusOr<v1::Project> AddProject(std::string_view id, std::string_view more = "") {
    return Call(
        projects_, &ProjectHandler::CreateProject,
        absl::StrCat("project_id: '", std::string(id), "' project { ", std::string(more), " }"));
  }

  TestStore<SqlStore> store_{"three_kinds", Migrations({{"0001_kinds.sql", kThreeKindsSchema}}),
                             ThreeKinds().Tables()};
  areas::FakeAreaSource source_;
  areas::AreaDirectory areas_{store_.versions(), source_};
  PartnerHandler partners_{{*store_, ThreeKinds(), areas_}};
  ProjectHandler projects_{{*store_, ThreeKinds(), areas_}};
};

}  // namespace corridor::resources
