// The default data set answers what its sources say of figures, notes and the target.
#include "services/indicators/default_data.h"

#include <cstdlib>

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string DataFolder() {
  const char* folder = std::getenv("CORRIDOR_TEST_DATA");
  return folder == nullptr ? "services/indicators/data" : folder;
}

// memberstates knows the areas that the data set names.
class DefaultDataTest : public ::testing::Test, protected HandlerCaller {
 protected:
  DefaultDataTest() {
    for (const char* code : {"ARM", "AZE", "GEO", "KAZ", "MDA", "RUS"}) {
      source_.Put(areas::AreaOf(code, code));
    }
    for (const char* group : {"CENTRAL_ASIA", "SOUTH_CAUCASUS"}) {
      source_.Put(areas::AreaOf(group, group, memberstates::v1::Area::GROUP));
    }
    for (const char* code : {"ARM", "AZE", "GEO"}) {
      source_.Put(areas::MemberOf("SOUTH_CAUCASUS", code));
    }
    source_.Put(areas::MemberOf("CENTRAL_ASIA", "KAZ"));
    EXPECT_OK(areas_.EnsureLoaded(absl::Now() + absl::Minutes(1)));
  }
  absl::StatusOr<int> Load(const std::string& folder = DataFolder()) {
    return LoadDefaultData(folder, store_.versions(), handlers_, absl::Now());
  }

  IndicatorsStore store_;
  areas::FakeAreaSource source_;
  areas::AreaDirectory areas_{store_.versions(), source_};
  Handlers handlers_{{*store_, AllKinds(), areas_}};
};

// The data set in a store.
class LoadedDataTest : public DefaultDataTest {
 protected:
  LoadedDataTest() { EXPECT_OK(Load()); }

  v1::ListObservationsResponse List(const std::string& request) {
    const auto list = Call(handlers_.observations, &ObservationHandler::ListObservations, request);
    EXPECT_OK(list) << request;
    return list.value_or(v1::ListObservationsResponse());
  }
  std::vector<v1::ContextNote> Notes(const std::string& area) {
    const auto list = Call(handlers_.context_notes, &ContextNoteHandler::ListContextNotes,
                           absl::StrCat("area: '", area, "'"));
    EXPECT_OK(list) << area;
    return {list->context_notes().begin(), list->context_notes().end()};
  }
  // Texts of the notes of a group itself.
  std::string TextsOf(const std::string& area) {
    std::string texts;
    for (const v1::ContextNote& note : Notes(area)) {
      if (note.area() == "areas/" + area) absl::StrAppend(&texts, note.text(), "\n");
    }
    return texts;
  }
};

TEST_F(LoadedDataTest, PovertyOfThreeCountriesIsOfOneReportWhosePeriodIsNotStated) {
  const auto list = List("indicator: 'POV_2USD' source: 'UNDP_HDR_2007_2008'");
  std::vector<std::string> values;
  for (const v1::Observation& one : list.observations()) {
    values.push_back(absl::StrCat(one.area(), " ", one.value_text()));
    EXPECT_EQ(one.period(), "");
    EXPECT_EQ(one.frequency(), "_U");
    EXPECT_EQ(one.unit(), "PERCENT");
    ASSERT_THAT(one.citations(), Not(IsEmpty()));
    EXPECT_EQ(one.citations(0).source(), "UNDP_HDR_2007_2008");
    EXPECT_NE(one.citations(0).kind(), common::v1::Citation::SOURCE_KIND_UNSPECIFIED);
  }
  EXPECT_THAT(values, ElementsAre("areas/ARM 31.1", "areas/AZE 33.4", "areas/GEO 25.3"));
}

TEST_F(LoadedDataTest, TheTwoFiguresOfGeorgiaAreWithinRounding) {
  const auto answer = Call(handlers_.observations, &ObservationHandler::CompareSources,
                           "indicator: 'POV_2USD' area: 'GEO'");
  ASSERT_OK(answer);
  ASSERT_EQ(answer->comparisons_size(), 1);
  const auto& comparison = answer->comparisons(0);
  ASSERT_EQ(comparison.observations_size(), 2);
  const v1::Observation& georgian = comparison.observations(0);
  EXPECT_EQ(georgian.source(), "sources/GEORGIA_HDR_2008");
  EXPECT_EQ(georgian.value_text(), "25");
  EXPECT_EQ(georgian.low(), 24.5);
  EXPECT_EQ(georgian.high(), 25.5);
  EXPECT_EQ(georgian.status(), "E");
  EXPECT_THAT(georgian.method(), HasSubstr("crude"));
  ASSERT_EQ(comparison.pairs_size(), 1);
  EXPECT_EQ(comparison.pairs(0).difference(), "0.3");
  EXPECT_EQ(comparison.pairs(0).consistency(), v1::CompareSourcesResponse::WITHIN_ROUNDING);
  EXPECT_EQ(comparison.pairs(0).independence(), v1::CompareSourcesResponse::UNKNOWN);
}

TEST_F(LoadedDataTest, TheShareOfMoldovansWhoWorkAbroadHasItsBounds) {
  const auto list = List("area: 'MDA' headline: true start_period: '2009-Q3'");
  ASSERT_EQ(list.observations_size(), 2);
  EXPECT_EQ(list.observations(1).indicator(), "indicators/NATIONALS");
  EXPECT_EQ(list.observations(1).value(), 3'500'000);
  EXPECT_EQ(list.observations(1).rounded_to(), "100000");
  EXPECT_EQ(list.observations(1).published_text(), "3,5 million");
  EXPECT_EQ(list.observations(0).value(), 317'900);
  EXPECT_EQ(list.observations(0).period(), "2009-Q3");
  EXPECT_FALSE(list.observations(0).has_released());
  const auto source = Call(handlers_.sources, &SourceHandler::GetSource,
                           absl::StrCat("name: '", list.observations(0).source(), "'"));
  ASSERT_OK(source);
  EXPECT_THAT(source->producers(), SizeIs(2));

  const auto share = Call(handlers_.observations, &ObservationHandler::DeriveObservations,
                          "operation: SHARE indicator: 'NATIONALS_ABROAD_WORKING' area: 'MDA' "
                          "base_indicator: 'NATIONALS'");
  ASSERT_OK(share);
  ASSERT_EQ(share->derived_size(), 1);
  EXPECT_EQ(share->derived(0).period(), "2009-Q3");
  EXPECT_EQ(share->derived(0).text(), "9.1 (8.96–9.21)");
}

TEST_F(LoadedDataTest, NotesOnAGroupReachItsMembers) {
  EXPECT_THAT(Notes("ARM"), SizeIs(8));  // Four are on the South Caucasus.
  EXPECT_THAT(Notes("GEO"), SizeIs(9));
  EXPECT_THAT(Notes("AZE"), SizeIs(4));
  EXPECT_THAT(Notes("MDA"), SizeIs(2));
  EXPECT_THAT(Notes("KAZ"), SizeIs(9));
  EXPECT_THAT(Notes("SOUTH_CAUCASUS"), SizeIs(4));
  for (const char* said : {"rural", "into and across", "displaced"}) {
    EXPECT_THAT(TextsOf("SOUTH_CAUCASUS"), HasSubstr(said));
  }
  for (const char* said : {"European Union", "traffickers", "Kazakhstan", "legal status"}) {
    EXPECT_THAT(TextsOf("CENTRAL_ASIA"), HasSubstr(said));
  }
}

TEST_F(LoadedDataTest, NotesAreDatedAsFarAsTheirSourceIs) {
  const auto note = [this](const std::string& id) {
    const auto found = Call(handlers_.context_notes, &ContextNoteHandler::GetContextNote,
                            absl::StrCat("name: 'contextNotes/", id, "'"));
    EXPECT_OK(found) << id;
    return found.value_or(v1::ContextNote());
  };
  EXPECT_EQ(note("ARM_DECLINE").end().text(), "1994");
  EXPECT_FALSE(note("ARM_DECLINE").has_start());
  EXPECT_EQ(note("ARM_GROWTH").start().text(), "1995");
  EXPECT_EQ(note("ARM_PRO_POOR_POLICY").start().text(), "2000");
  for (const char* area : {"ARM", "GEO", "MDA", "SOUTH_CAUCASUS", "CENTRAL_ASIA"}) {
    for (const v1::ContextNote& one : Notes(area)) {
      EXPECT_THAT(one.citations(), Not(IsEmpty())) << one.name();
      EXPECT_EQ(one.date_basis().empty(), !one.has_start() && !one.has_end()) << one.name();
    }
  }
}

TEST_F(LoadedDataTest, WhetherTheTargetWasMetCannotBeSaid) {
  const auto list = Call(handlers_.targets, &TargetHandler::ListTargets, "area: 'ARM'");
  ASSERT_OK(list);
  ASSERT_EQ(list->targets_size(), 1);
  const v1::Target& target = list->targets(0);
  EXPECT_EQ(target.name(), "targets/ARM_EXTREME_POVERTY_2015");
  EXPECT_EQ(target.factor(), 0.5);
  EXPECT_EQ(target.due().latest(), "2015-12-31");
  EXPECT_FALSE(target.has_baseline_value());
  EXPECT_EQ(target.assessment().verdict(), v1::TargetAssessment::CANNOT_SAY);
  EXPECT_THAT(target.assessment().reason(), HasSubstr("The baseline is not stated."));
}

TEST_F(DefaultDataTest, ASecondLoadChangesNothing) {
  EXPECT_THAT(Load(), IsOkAndHolds(8));
  EXPECT_THAT(Load(), IsOkAndHolds(0));
}

TEST_F(DefaultDataTest, AnAreaThatMemberstatesDoesNotHaveIsNamedWithItsStep) {
  source_.DeleteArea("AZE");
  ASSERT_OK(areas_.CatchUp(source_.head(), absl::Now() + absl::Minutes(1), {}));
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("areas/AZE")));
}

TEST_F(DefaultDataTest, AFolderThatIsNotThereIsNamed) {
  EXPECT_THAT(Load("no/such/folder"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/folder")));
}

}  // namespace
}  // namespace corridor::indicators
