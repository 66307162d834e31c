// The handlers on a store of a test's own, and the few records that tests speak of.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/areas/area_directory.h"
#include "platform/areas/fake_area_source.h"
#include "platform/resources/reader.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/service_test.h"
#include "programmes_schema.h"
#include "services/programmes/handlers.h"

namespace corridor::programmes {

inline constexpr char kCited[] = " citations { source: 'S' kind: OFFICIAL } ";

class ProgrammesStore : public TestStore<resources::SqlStore> {
 public:
  ProgrammesStore() : TestStore("programmes", resources::Migrations(programmes_schema), Tables()) {}
};

// memberstates knows Romania, Czechia and the group EUROPE of both, Czechia since 1 May 2004. The
// copy of that is version 1.
class ServiceTest : public ::testing::Test, protected HandlerCaller {
 protected:
  ServiceTest() {
    source_.Put(areas::AreaOf("ROU", "Romania"));
    source_.Put(areas::AreaOf("CZE", "Czechia"));
    source_.Put(areas::AreaOf("EUROPE", "Europe", memberstates::v1::Area::GROUP));
    source_.Put(areas::MemberOf("EUROPE", "ROU"));
    source_.Put(areas::MemberOf("EUROPE", "CZE", "2004-05-01"));
    EXPECT_OK(areas_.EnsureLoaded(absl::Now() + absl::Minutes(1)));
  }

  // All with `more` in text format.
  auto AddProgrammeArea(std::string_view id, std::string_view more = "") {
    return Call(handlers_.programme_areas, &ProgrammeAreaHandler::CreateProgrammeArea,
                New("programme_area", id, more));
  }
  auto AddActivityType(std::string_view id, std::string_view more = "") {
    return Call(handlers_.activity_types, &ActivityTypeHandler::CreateActivityType,
                New("activity_type", id, more));
  }
  auto AddClassification(std::string_view id, std::string_view more = "") {
    return Call(handlers_.classifications, &ClassificationHandler::CreateClassification,
                New("classification", id, more));
  }
  auto AddOffice(std::string_view id, std::string_view more = "area: 'areas/CZE'") {
    return Call(
        handlers_.offices, &OfficeHandler::CreateOffice,
        New("office", id, absl::StrCat("organisation: 'organisations/IOM' ", std::string(more))));
  }
  auto AddPartner(std::string_view id, std::string_view more = "") {
    return Call(handlers_.partners, &PartnerHandler::CreatePartner, New("partner", id, more));
  }
  auto AddProject(std::string_view id, std::string_view more = "") {
    return Call(handlers_.projects, &ProjectHandler::CreateProject, New("project", id, more));
  }
  // The request that creates a resource with a name and a citation.
  static std::string New(const std::string& field, std::string_view id, std::string_view more) {
    return absl::StrCat(field, "_id: '", std::string(id), "' ", field, " { display_name: 'Name' ",
                        std::string(more), kCited, "}");
  }

  ProgrammesStore store_;
  areas::FakeAreaSource source_;
  areas::AreaDirectory areas_{store_.versions(), source_};
  Handlers handlers_{{*store_, AllKinds(), areas_}};
};

}  // namespace corridor::programmes
