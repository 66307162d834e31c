#include "services/programmes/programme_area.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using ProgrammeAreaTest = ServiceTest;

TEST_F(ProgrammeAreaTest, AProgrammeAreaIsRefusedNamingTheField) {
  struct Case {
    std::string area;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {kCited, "programme_area.display_name", "is required"},
           {absl::StrCat("display_name: '", std::string(301, 'x'), "'", kCited),
            "programme_area.display_name", "is longer than 300 bytes"},
           {"display_name: 'A'", "programme_area.citations", "is required"},
           {"display_name: 'A' statements { text: 'T' }", "programme_area.statements[0].topic",
            "is required"},
           {"display_name: 'A' statements { topic: 'AIM' }", "programme_area.statements[0].text",
            "is required"},
           {"display_name: 'A' statements { topic: 'AIM' text: 'T' }",
            "programme_area.statements[0].citations", "is required"},
           {"display_name: 'A' stakeholders { role: 'INVOLVED' }",
            "programme_area.stakeholders[0].display_name", "is required"},
           {"display_name: 'A' stakeholders { display_name: 'B' citations { source: 'S' } }",
            "programme_area.stakeholders[0].citations[0].kind", "is not a kind of source"},
       }) {
    EXPECT_THAT(Call(handlers_.programme_areas, &ProgrammeAreaHandler::CreateProgrammeArea,
                     "programme_area_id: 'A' programme_area { " + c.area + " }"),
                Refuses(c.field, c.message))
        << c.area;
  }
}

TEST_F(ProgrammeAreaTest, AnActivityTypeIsRefusedNamingTheField) {
  ASSERT_OK(AddProgrammeArea("MD"));
  struct Case {
    std::string type;
    std::string field;
    std::string message;
  };
  const std::string of_area = "programme_area: 'programmeAreas/MD' ";
  for (const Case& c : std::vector<Case>{
           {"display_name: 'A'", "activity_type.programme_area", "is required"},
           {"display_name: 'A' programme_area: 'partners/A'", "activity_type.programme_area",
            "is not a name of the form programmeAreas/*"},
           {absl::StrCat("display_name: 'A' programme_area: 'programmeAreas/X'", kCited),
            "activity_type.programme_area", "\"programmeAreas/X\" does not exist"},
           {of_area, "activity_type.display_name", "is required"},
           {of_area + "display_name: 'A'", "activity_type.citations", "is required"},
       }) {
    EXPECT_THAT(Call(handlers_.activity_types, &ActivityTypeHandler::CreateActivityType,
                     "activity_type_id: 'A' activity_type { " + c.type + " }"),
                Refuses(c.field, c.message))
        << c.type;
  }
  EXPECT_OK(AddActivityType("A", of_area));
}

}  // namespace
}  // namespace corridor::programmes
