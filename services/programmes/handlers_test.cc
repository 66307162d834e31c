#include "services/programmes/handlers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ::testing::Property;

// A resource of every kind, called A.
class HandlersTest : public ServiceTest {
 protected:
  HandlersTest() {
    EXPECT_OK(AddProgrammeArea("A"));
    EXPECT_OK(AddActivityType("A", "programme_area: 'programmeAreas/A'"));
    for (const char* id : {"A", "B"}) {
      EXPECT_OK(AddClassification(id,
                                  "programme_area: 'programmeAreas/A' maintainer: 'OECD DAC' "
                                  "classes { class_id: '1' display_name: 'One' }"));
    }
    EXPECT_OK(Call(handlers_.crosswalks, &CrosswalkHandler::CreateCrosswalk,
                   absl::StrCat("crosswalk_id: 'A' crosswalk { "
                                "from_edition: 'classifications/A' "
                                "to_edition: 'classifications/B' "
                                "entries { from_class: '1' reasoning: 'R' }",
                                kCited, "}")));
    EXPECT_OK(AddOffice("A"));
    EXPECT_OK(AddPartner("A", "kind: NGO area: 'areas/ROU'"));
    EXPECT_OK(AddProject("A", "reporting_organisation: 'organisations/IOM'"));
  }
};

TEST_F(HandlersTest, EveryKindIsListedByTheFieldsThatItsContractNames) {
  const auto filter = [](const std::string& more) {
    return "filter: 'id = \"A\" AND " + more + "'";
  };
  EXPECT_THAT(Call(handlers_.programme_areas, &ProgrammeAreaHandler::ListProgrammeAreas,
                   filter("display_name = \"Name\"")),
              IsOkAndHolds(Property(&v1::ListProgrammeAreasResponse::programme_areas_size, 1)));
  EXPECT_THAT(Call(handlers_.activity_types, &ActivityTypeHandler::ListActivityTypes,
                   filter("programme_area = \"programmeAreas/A\" AND display_name = \"Name\"")),
              IsOkAndHolds(Property(&v1::ListActivityTypesResponse::activity_types_size, 1)));
  EXPECT_THAT(Call(handlers_.classifications, &ClassificationHandler::ListClassifications,
                   filter("programme_area = \"programmeAreas/A\" AND maintainer = \"OECD DAC\" "
                          "AND display_name = \"Name\"")),
              IsOkAndHolds(Property(&v1::ListClassificationsResponse::classifications_size, 1)));
  EXPECT_THAT(Call(handlers_.crosswalks, &CrosswalkHandler::ListCrosswalks,
                   filter("from_edition = \"classifications/A\" AND "
                          "to_edition = \"classifications/B\"")),
              IsOkAndHolds(Property(&v1::ListCrosswalksResponse::crosswalks_size, 1)));
  EXPECT_THAT(Call(handlers_.offices, &OfficeHandler::ListOffices,
                   filter("organisation = \"organisations/IOM\" AND area = \"areas/CZE\" AND "
                          "display_name = \"Name\"")),
              IsOkAndHolds(Property(&v1::ListOfficesResponse::offices_size, 1)));
  EXPECT_THAT(Call(handlers_.partners, &PartnerHandler::ListPartners,
                   filter("kind = NGO AND area = \"areas/ROU\" AND display_name = \"Name\"")),
              IsOkAndHolds(Property(&v1::ListPartnersResponse::partners_size, 1)));
  EXPECT_THAT(Call(handlers_.projects, &ProjectHandler::ListProjects,
                   filter("display_name = \"Name\" AND "
                          "reporting_organisation = \"organisations/IOM\"")),
              IsOkAndHolds(Property(&v1::ListProjectsResponse::projects_size, 1)));
}

TEST_F(HandlersTest, WhatOthersNameIsDeletedAfterThem) {
  const auto in_use = StatusIs(absl::StatusCode::kFailedPrecondition);
  const auto erase_area = [&] {
    return Call(handlers_.programme_areas, &ProgrammeAreaHandler::DeleteProgrammeArea,
                "name: 'programmeAreas/A'");
  };
  EXPECT_THAT(erase_area(), in_use);
  ASSERT_OK(Call(handlers_.activity_types, &ActivityTypeHandler::DeleteActivityType,
                 "name: 'activityTypes/A'"));
  EXPECT_THAT(erase_area(), in_use);
  ASSERT_OK(Call(handlers_.crosswalks, &CrosswalkHandler::DeleteCrosswalk, "name: 'crosswalks/A'"));
  for (const char* id : {"A", "B"}) {
    ASSERT_OK(Call(handlers_.classifications, &ClassificationHandler::DeleteClassification,
                   absl::StrCat("name: 'classifications/", id, "'")));
  }
  EXPECT_OK(erase_area());
  EXPECT_OK(Call(handlers_.offices, &OfficeHandler::DeleteOffice, "name: 'offices/A'"));
  EXPECT_OK(Call(handlers_.partners, &PartnerHandler::DeletePartner, "name: 'partners/A'"));
  EXPECT_OK(Call(handlers_.projects, &ProjectHandler::DeleteProject, "name: 'projects/A'"));
}

}  // namespace
}  // namespace corridor::programmes
