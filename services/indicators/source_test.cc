// Sources and datasets: what they must say, and what stands in the way of losing one.
#include "services/indicators/source.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::HasSubstr;

auto IsInUse(const std::string& by) {
  return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(by));
}

class SourceTest : public ServiceTest {
 protected:
  auto UpdateDataset(const std::string& dataset) {
    return Call(handlers_.datasets, &DatasetHandler::UpdateDataset,
                absl::StrCat("dataset { name: 'datasets/ATLAS' ", dataset, " }"));
  }
};

TEST_F(SourceTest, BadSourcesAreRefusedByFieldAndValue) {
  struct Case {
    const char* source;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"display_name: 'N'", "source.kind", "is not a kind"},
           {"kind: OFFICIAL", "source.display_name", "is required"},
           {"kind: OFFICIAL display_name: 'N' published { text: 'May' }", "source.published",
            "\"May\""},
           {"kind: OFFICIAL display_name: 'N' cited_by: 'sources/NEW'", "source.cited_by",
            "is the source itself"},
           {"kind: OFFICIAL display_name: 'N' cited_by: 'sources/NO'", "source.cited_by",
            "\"sources/NO\" does not exist"},
           {"kind: OFFICIAL display_name: 'N' cited_by: 'datasets/BOOK'", "source.cited_by",
            "\"datasets/BOOK\""},
           {"kind: OFFICIAL display_name: 'N' derived_from: 'sources/A' derived_from: "
            "'sources/NEW'",
            "source.derived_from[1]", "is the source itself"},
           {"kind: OFFICIAL display_name: 'N' derived_from: 'sources/NO'", "source.derived_from[0]",
            "\"sources/NO\" does not exist"},
           {"kind: OFFICIAL display_name: 'N' derived_from: 'areas/GEO'", "source.derived_from[0]",
            "\"areas/GEO\""},
       }) {
    EXPECT_THAT(Call(handlers_.sources, &SourceHandler::CreateSource,
                     absl::StrCat("source_id: 'NEW' source { ", c.source, " }")),
                Refuses(c.field, c.message))
        << c.source;
  }
}

TEST_F(SourceTest, BadDatasetsAreRefusedByFieldAndValue) {
  const std::string named = "display_name: 'N' ";
  const std::string of_a = named + "source: 'sources/A' ";
  const std::string released = "releases { release_id: '1' } ";
  struct Case {
    std::string dataset;
    const char* field;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"source: 'sources/A' " + released, "dataset.display_name", "is required"},
           {named + released, "dataset.source", "is required"},
           {named + "source: 'sources/NO' " + released, "dataset.source",
            "\"sources/NO\" does not exist"},
           {named + "source: 'areas/GEO' " + released, "dataset.source", "\"areas/GEO\""},
           {named + "source: 'datasets/BOOK' " + released, "dataset.source", "\"datasets/BOOK\""},
           {of_a, "dataset.releases", "is required"},
           {of_a + "releases { release_id: 'a b' }", "dataset.releases[0].release_id", "\"a b\""},
           {of_a + "releases { release_id: 'a~b' }", "dataset.releases[0].release_id", "~"},
           {of_a + "releases { release_id: '" + std::string(65, 'r') + "' }",
            "dataset.releases[0].release_id", "more than 64 characters"},
           {of_a + released + released, "dataset.releases[1].release_id", "\"1\" occurs twice"},
           {of_a + "releases { release_id: '1' published { text: '2008-13' } }",
            "dataset.releases[0].published", "\"2008-13\""},
           {of_a + "releases { release_id: '1' published {} }", "dataset.releases[0].published",
            "\"\""},
       }) {
    EXPECT_THAT(Call(handlers_.datasets, &DatasetHandler::CreateDataset,
                     absl::StrCat("dataset_id: 'NEW' dataset { ", c.dataset, kCited, " }")),
                Refuses(c.field, c.message))
        << c.dataset;
  }
  EXPECT_THAT(Call(handlers_.datasets, &DatasetHandler::CreateDataset,
                   absl::StrCat("dataset_id: 'NEW' dataset { ", of_a, released, " }")),
              Refuses("dataset.citations", "is required"));
}

TEST_F(SourceTest, AReleaseThatHasObservationsStaysInItsDataset) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  const std::string rest = "releases { release_id: '2010' } releases { release_id: '2011' }";
  EXPECT_THAT(UpdateDataset(rest),
              IsInUse("dataset.releases: lacks 2008, of which series/POV~GEO~A~ATLAS has"));
  ASSERT_OK(Write("ATLAS/2008", "replace: true " + Annual("GEO", {})));
  EXPECT_OK(UpdateDataset(rest));
}

TEST_F(SourceTest, AReleaseMayBeDatedAnewAndIsThenTakenInItsTurn) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=8"})));
  ASSERT_OK(Write("ATLAS/draft", Annual("GEO", {"2005=1"})));
  const std::string before = absl::StrCat("known_at: '", Head(), "'");
  ASSERT_OK(
      UpdateDataset("releases { release_id: '2008' published { text: '2008' } }"
                    "releases { release_id: 'draft' published { text: '2009' } }"));
  EXPECT_EQ(Values("area: 'GEO'"), std::vector<std::string>{"GEO 2005 1"});
  EXPECT_EQ(Values("area: 'GEO' " + before), std::vector<std::string>{"GEO 2005 8"});
}

TEST_F(SourceTest, TheSourceOfADatasetStays) {
  EXPECT_THAT(UpdateDataset("source: 'sources/B'"), Refuses("dataset.source", "sources/B"));
}

TEST_F(SourceTest, WhatIsNamedCannotBeDeleted) {
  ASSERT_OK(AddSource("C", "cited_by: 'sources/B'"));
  ASSERT_OK(AddSource("D", "derived_from: 'sources/C'"));
  ASSERT_OK(Write("BOOK/1", Annual("GEO", {"2005=1"})));
  const auto delete_source = [this](const std::string& id) {
    return Call(handlers_.sources, &SourceHandler::DeleteSource,
                absl::StrCat("name: 'sources/", id, "'"));
  };
  EXPECT_THAT(delete_source("A"), IsInUse("datasets/ATLAS"));
  EXPECT_THAT(delete_source("B"), IsInUse("sources/B is named by"));
  EXPECT_THAT(delete_source("C"), IsInUse("sources/D"));
  EXPECT_OK(delete_source("D"));
  EXPECT_OK(delete_source("C"));
  EXPECT_THAT(Call(handlers_.datasets, &DatasetHandler::DeleteDataset, "name: 'datasets/BOOK'"),
              IsInUse("series/POV~GEO~A~BOOK"));
  EXPECT_OK(Call(handlers_.series, &SeriesHandler::DeleteSeries, "name: 'series/POV~GEO~A~BOOK'"));
  EXPECT_OK(Call(handlers_.datasets, &DatasetHandler::DeleteDataset, "name: 'datasets/BOOK'"));
}

}  // namespace
}  // namespace corridor::indicators
