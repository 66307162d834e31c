// Versions of series hold their observations.
#include "corridor/changes/v1/versions.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "platform/resources/versioned_types.h"
#include "platform/versions/versions_handler.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using versions::VersionsHandler;
using Versions = changes::v1::ListVersionsResponse;
using Diff = changes::v1::DiffVersionsResponse;

constexpr char kSeries[] = "series/POV~GEO~A~ATLAS";
constexpr char kAtlas[] = "indicator: 'POV' source: 'A'";

class VersionsTest : public ServiceTest {
 protected:
  absl::StatusOr<Versions> ListVersions(const std::string& more = "") {
    return Call(versions_, &VersionsHandler::ListVersions,
                absl::StrCat("name: '", kSeries, "' ", more));
  }
  absl::StatusOr<Diff> Compare(const std::string& name, int64_t from) {
    return Call(versions_, &VersionsHandler::DiffVersions,
                absl::StrCat("name: '", name, "' from: '", from, "'"));
  }
  absl::StatusOr<google::protobuf::Struct> Restore(int64_t version) {
    return Call(versions_, &VersionsHandler::RestoreVersion,
                absl::StrCat("name: '", kSeries, "' version: '", version, "'"));
  }
  static std::vector<std::string> Paths(const changes::v1::ResourceChange& change) {
    std::vector<std::string> paths;
    for (const auto& field : change.fields()) paths.push_back(field.path());
    return paths;
  }

  VersionsHandler versions_{store_.versions(), "indicators",
                            resources::VersionedTypes(AllKinds(), store_.versions().epoch())};
};

TEST_F(VersionsTest, ARevisedValueIsAChangeOfItsSeries) {
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=25", "2007=24"})));
  const int64_t first = Head();
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2007=23.5", "2008=22"})));
  ASSERT_OK_AND_ASSIGN(const Diff diff, Compare(kSeries, first));
  ASSERT_EQ(diff.changes_size(), 1);
  EXPECT_THAT(Paths(diff.changes(0)),
              ElementsAre("observations.2010.2007.high", "observations.2010.2007.low",
                          "observations.2010.2007.roundedTo", "observations.2010.2007.value",
                          "observations.2010.2007.valueText", "observations.2010.2008"));
  EXPECT_EQ(diff.changes(0).fields(3).before().number_value(), 24);
  EXPECT_EQ(diff.changes(0).fields(3).after().number_value(), 23.5);
  ASSERT_OK_AND_ASSIGN(const Diff of_all, Compare("services/indicators", first));
  ASSERT_EQ(of_all.changes_size(), 1);
  EXPECT_EQ(of_all.changes(0).name(), kSeries);
}

TEST_F(VersionsTest, ASeriesIsRestoredWithItsObservations) {
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=25", "2007=24"})));
  const int64_t first = Head();
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2007=23.5", "2008=22"})));
  ASSERT_OK(Restore(first));
  EXPECT_THAT(Values(kAtlas), ElementsAre("GEO 2006 25", "GEO 2007 24"));
  ASSERT_OK(
      Call(handlers_.series, &SeriesHandler::DeleteSeries, absl::StrCat("name: '", kSeries, "'")));
  EXPECT_THAT(Values(kAtlas), IsEmpty());
  ASSERT_OK(Restore(first + 1));
  EXPECT_THAT(Values(kAtlas), ElementsAre("GEO 2006 25", "GEO 2007 23.5", "GEO 2008 22"));
  ASSERT_OK_AND_ASSIGN(const Versions listed, ListVersions());
  std::vector<std::string> kinds;
  for (const auto& version : listed.versions()) {
    kinds.push_back(changes::v1::ResourceChange::Kind_Name(version.change().kind()));
  }
  EXPECT_THAT(kinds, ElementsAre("CREATED", "DELETED", "UPDATED", "UPDATED", "CREATED"));
}

TEST_F(VersionsTest, AReleaseThatIsGoneIsNotRestored) {
  ASSERT_OK(Write("ATLAS/draft", Annual("GEO", {"2008=1"})));
  const int64_t first = Head();
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=25"})));
  ASSERT_OK(Write("ATLAS/draft", Annual("GEO", {}) + "replace: true"));
  ASSERT_OK(Call(handlers_.datasets, &DatasetHandler::UpdateDataset,
                 "dataset { name: 'datasets/ATLAS' releases { release_id: '2010' published { text: "
                 "'2010' } } releases { release_id: '2008' published { text: '2008' } } } "
                 "update_mask { paths: 'releases' }"));
  EXPECT_THAT(Restore(first), StatusIs(absl::StatusCode::kFailedPrecondition,
                                       HasSubstr("\"draft\" is no longer a release")));
}

TEST_F(VersionsTest, APurgedSeriesIsPurgedWithItsObservations) {
  ASSERT_OK(Write("ATLAS/2010", Annual("GEO", {"2006=25"})));
  ASSERT_OK(
      Call(handlers_.series, &SeriesHandler::DeleteSeries, absl::StrCat("name: '", kSeries, "'")));
  ASSERT_OK(Call(versions_, &VersionsHandler::Purge,
                 absl::StrCat("name: '", kSeries, "' reason: 'the licence was withdrawn'")));
  ASSERT_OK_AND_ASSIGN(const auto rows, store_.versions().ReadAt({}, Soon()));
  int64_t left = -1;
  ASSERT_OK(rows->Query("SELECT count(*) FROM series_observations_history", {},
                        [&left](const store::Row& row) {
                          left = row.Int(0);
                          return absl::OkStatus();
                        }));
  EXPECT_EQ(left, 0);
  ASSERT_OK_AND_ASSIGN(const Versions listed, ListVersions());
  EXPECT_THAT(listed.versions(), IsEmpty());
  EXPECT_EQ(listed.purges_size(), 1);
}

}  // namespace
}  // namespace corridor::indicators
