#include "services/indicators/indicator.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IndicatorTest : public ServiceTest {
 protected:
  std::vector<std::string> Ids(const std::string& filter) {
    const auto list = Call(handlers_.indicators, &IndicatorHandler::ListIndicators,
                           absl::StrCat("filter: '", filter, "'"));
    EXPECT_OK(list) << filter;
    std::vector<std::string> ids;
    for (const v1::Indicator& one : list->indicators()) {
      ids.emplace_back(Indicators().Id(one.name()));
    }
    return ids;
  }
  auto Delete(const std::string& id) {
    return Call(handlers_.indicators, &IndicatorHandler::DeleteIndicator,
                absl::StrCat("name: 'indicators/", id, "'"));
  }
};

TEST_F(IndicatorTest, BadIndicatorsAreRefusedByFieldAndValue) {
  struct Case {
    std::string indicator;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {absl::StrCat("unit: 'PERCENT'", kCited), "indicator.display_name", "is required"},
           {absl::StrCat("display_name: '", std::string(301, 'n'), "' unit: 'PERCENT'", kCited),
            "indicator.display_name", "300"},
           {absl::StrCat("display_name: 'N'", kCited), "indicator.unit", "is required"},
           {absl::StrCat("display_name: 'N' unit: 'per cent'", kCited), "indicator.unit",
            "\"per cent\""},
           {"display_name: 'N' unit: 'PERCENT'", "indicator.citations", "is required"},
       }) {
    EXPECT_THAT(Call(handlers_.indicators, &IndicatorHandler::CreateIndicator,
                     absl::StrCat("indicator_id: 'NEW' indicator { ", c.indicator, " }")),
                Refuses(c.field, c.message))
        << c.indicator;
  }
  EXPECT_THAT(AddIndicator("A~B"), Refuses("indicator.name", "~"));
}

TEST_F(IndicatorTest, IndicatorsAreFilteredByUnitAndHeadline) {
  EXPECT_THAT(Ids("headline = true"), ElementsAre("POV"));
  EXPECT_THAT(Ids("headline = false"), ElementsAre("PEOPLE"));
  EXPECT_THAT(Ids("unit = \"PERSONS\""), ElementsAre("PEOPLE"));
}

TEST_F(IndicatorTest, TheUnitOfValuesThatAreHeldStays) {
  EXPECT_THAT(Call(handlers_.indicators, &IndicatorHandler::UpdateIndicator,
                   "indicator { name: 'indicators/POV' unit: 'PERSONS' }"),
              Refuses("indicator.unit", "PERSONS"));
  EXPECT_OK(Call(handlers_.indicators, &IndicatorHandler::UpdateIndicator,
                 "indicator { name: 'indicators/POV' display_name: 'Poverty' }"));
}

TEST_F(IndicatorTest, AnIndicatorThatIsNamedCannotBeDeleted) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  ASSERT_OK(AddTarget("T",
                      "area: 'areas/GEO' indicator: 'indicators/PEOPLE' direction: AT_LEAST "
                      "goal_value: 1 due { text: '2015' }"));
  EXPECT_THAT(Delete("POV"), StatusIs(absl::StatusCode::kFailedPrecondition,
                                      HasSubstr("is named by series/POV~GEO~A~ATLAS")));
  EXPECT_THAT(Delete("PEOPLE"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("targets/T")));
  ASSERT_OK(Call(handlers_.series, &SeriesHandler::DeleteSeries, "name: 'series/POV~GEO~A~ATLAS'"));
  EXPECT_OK(Delete("POV"));
}

}  // namespace
}  // namespace corridor::indicators
