#include "services/indicators/observation_rows.h"

#include "platform/dates/period.h"
#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::IsEmpty;

class ObservationRowsTest : public ServiceTest {
 protected:
  static std::vector<PackedObservation> Year(int year) {
    PackedObservation observation;
    observation.period = Period{.frequency = Frequency::kAnnual, .year = year};
    observation.value = Decimal(2530, 2);
    return {observation};
  }
  absl::Status Commit(absl::FunctionRef<absl::Status(store::Writer&)> body) {
    return store_.versions().Write({}, Soon(), body).status();
  }
  std::unique_ptr<store::Reader> Rows() { return store_.versions().ReadAt({}, Soon()).value(); }
};

TEST_F(ObservationRowsTest, VintagesOfManySeriesComeInOrderOfSeriesAndRelease) {
  std::vector<std::string> ids;
  for (int i = 100; i < 300; ++i) ids.push_back(absl::StrCat("S", i));
  ASSERT_OK(Commit([&ids](store::Writer& rows) {
    for (const std::string& id : ids) {
      for (const char* release : {"2", "1"}) {
        RETURN_IF_ERROR(PutVintage(rows, id, release, Year(2005)));
      }
    }
    return absl::OkStatus();
  }));
  std::vector<std::string> expected;
  for (const std::string& id : ids) expected.insert(expected.end(), {id + "/1", id + "/2"});
  std::vector<std::string> read;
  ids.push_back("S999");  // There is none.
  ASSERT_OK(ReadVintages(
      *Rows(), ids, [&](std::string_view series, std::string_view release, std::string_view) {
        read.push_back(absl::StrCat(std::string(series), "/", std::string(release)));
        return absl::OkStatus();
      }));
  EXPECT_EQ(read, expected);
}

TEST_F(ObservationRowsTest, AVintageIsReadAsItWasPut) {
  ASSERT_OK(Commit([](store::Writer& rows) { return PutVintage(rows, "S", "1", Year(2005)); }));
  EXPECT_THAT(ReadVintage(*Rows(), "S", "1"), IsOkAndHolds(Year(2005)));
  EXPECT_THAT(ReadVintage(*Rows(), "S", "2"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ReadVintage(*Rows(), "T", "1"), IsOkAndHolds(IsEmpty()));
}

TEST_F(ObservationRowsTest, AVintageOfNothingIsNoRow) {
  ASSERT_OK(Commit([](store::Writer& rows) { return PutVintage(rows, "S", "1", Year(2005)); }));
  ASSERT_OK(Commit([](store::Writer& rows) -> absl::Status {
    RETURN_IF_ERROR(PutVintage(rows, "S", "2", {}));  // There was none.
    return PutVintage(rows, "S", "1", {});
  }));
  int count = 0;
  const std::string series = "S";
  ASSERT_OK(ReadVintages(*Rows(), {&series, 1},
                         [&count](std::string_view, std::string_view, std::string_view) {
                           ++count;
                           return absl::OkStatus();
                         }));
  EXPECT_EQ(count, 0);
}

TEST_F(ObservationRowsTest, DeletingVintagesLeavesThoseOfOtherSeries) {
  ASSERT_OK(Commit([](store::Writer& rows) -> absl::Status {
    RETURN_IF_ERROR(PutVintage(rows, "S", "1", Year(2005)));
    RETURN_IF_ERROR(PutVintage(rows, "S", "2", Year(2006)));
    return PutVintage(rows, "S~1", "1", Year(2007));
  }));
  ASSERT_OK(Commit([](store::Writer& rows) { return DeleteVintages(rows, "S"); }));
  EXPECT_THAT(ReadVintage(*Rows(), "S", "1"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ReadVintage(*Rows(), "S", "2"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ReadVintage(*Rows(), "S~1", "1"), IsOkAndHolds(Year(2007)));
}

TEST_F(ObservationRowsTest, AReleaseIsOfItsDatasetOnly) {
  ASSERT_OK(AddDataset("TWIN", "B", "releases { release_id: '2008' }"));
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"}) + Annual("ARM", {"2005=1"})));
  const auto find = [this](const char* dataset, const char* release) {
    return FindSeriesOf(*Rows(), dataset, release);
  };
  EXPECT_THAT(find("datasets/ATLAS", "2008"), IsOkAndHolds("series/POV~ARM~A~ATLAS"));
  EXPECT_THAT(find("datasets/ATLAS", "2010"), IsOkAndHolds(""));
  EXPECT_THAT(find("datasets/TWIN", "2008"), IsOkAndHolds(""));
}

TEST_F(ObservationRowsTest, ARowThatCannotBeReadIsLostDataAndSaysSo) {
  ASSERT_OK(Write("ATLAS/2008", Annual("GEO", {"2005=1"})));
  ASSERT_OK(Commit([](store::Writer& rows) {
    return rows.Put(kSeriesObservations, {"POV~GEO~A~ATLAS", "2008", store::Blob{"\x01?"}},
                    "series/POV~GEO~A~ATLAS");
  }));
  EXPECT_THAT(ReadVintage(*Rows(), "POV~GEO~A~ATLAS", "2008"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(List("area: 'GEO'"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(GetSeries("POV~GEO~A~ATLAS"), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace corridor::indicators
