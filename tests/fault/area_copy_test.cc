// indicators and programmes keep a copy of memberstates' areas: what they answer and take while
// memberstates is down, and how the copy follows it while it is up.
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "corridor/programmes/v1/project.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr char kCitations[] =
    R"("citations":[{"source":"TEST","kind":"INFERRED","claimant":"test","title":"t",)"
    R"("reasoning":"r"}])";

class AreaCopyTest : public ::testing::Test {
 protected:
  HttpResponse Post(std::string_view target, std::string_view members) {
    return client_.SendJson("POST", target,
                            absl::StrCat("{", std::string(members), ",", kCitations, "}"));
  }

  // Writes to each service that keeps a copy; they name the area `code`.
  HttpResponse CreateNote(const std::string& id, const std::string& code) {
    return Post(absl::StrCat("/v1/contextNotes?contextNoteId=", id),
                absl::StrCat(R"("topic":"ECONOMY","text":"Test.","area":"areas/)", code, R"(")"));
  }
  HttpResponse CreateProject(const std::string& id, const std::string& code) {
    return Post(
        absl::StrCat("/v1/projects?projectId=", id),
        absl::StrCat(R"("displayName":"Test","countries":[{"area":"areas/)", code, R"("}])"));
  }

  // Of the observations that are asked for by a group, the areas, once each.
  std::vector<std::string> ObservedWithin(const std::string& group) {
    const auto list = Answer<indicators::v1::ListObservationsResponse>(
        client_.Get(absl::StrCat("/v1/observations?indicator=POV_2USD&area=", group)));
    std::set<std::string> areas;
    for (const auto& observation : list.observations()) areas.insert(observation.area());
    return {areas.begin(), areas.end()};
  }
  std::vector<std::string> ProjectsWithin(const std::string& group) {
    const auto list = Answer<programmes::v1::ListProjectsResponse>(
        client_.Get(absl::StrCat("/v1/projects?area=", group)));
    std::vector<std::string> names;
    for (const auto& project : list.projects()) names.push_back(project.name());
    return names;
  }

  void ExpectWhatIsAnsweredByTheCopy() {
    EXPECT_THAT(ObservedWithin("SOUTH_CAUCASUS"),
                ElementsAre("areas/ARM", "areas/AZE", "areas/GEO"));
    EXPECT_THAT(ProjectsWithin("ROU"), ElementsAre("projects/IOM_PRAGUE_ROU_MINORS_2002"));
    // Eastern Europe, of which Romania is a part.
    EXPECT_THAT(ProjectsWithin("M49_151"), ElementsAre("projects/IOM_PRAGUE_ROU_MINORS_2002"));
    EXPECT_EQ(client_.Get("/v1/contextNotes?area=ARM").status, 200);
    EXPECT_EQ(client_.Get("/v1/targets?area=ARM").status, 200);
  }

  // That the code is not known here is not passed off as knowing that there is no such area.
  static void ExpectUnknownHere(const HttpResponse& response) {
    EXPECT_EQ(response.status, 503) << response.body;
    const absl::Status error = ErrorOf(response);
    EXPECT_THAT(error, StatusIs(StatusCode::kUnavailable,
                                AllOf(HasSubstr("areas/QZZ"), HasSubstr("memberstates"))));
    EXPECT_EQ(ErrorMetadata(error, "service"), "memberstates");
    EXPECT_EQ(ErrorMetadata(error, "area"), "QZZ");
  }
  static void ExpectNoSuchArea(const HttpResponse& response, const std::string& field) {
    EXPECT_EQ(response.status, 400) << response.body;
    EXPECT_THAT(ErrorOf(response),
                StatusIs(StatusCode::kInvalidArgument, AllOf(HasSubstr(field), HasSubstr("QZZ"))));
  }

  // Tries until `holds`, 20 s at most: for what a change feed brings.
  template <typename Condition>
  static bool Eventually(const Condition& holds) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (!holds()) {
      if (absl::Now() > limit || HasFailure()) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Suite suite_;
  HttpClient client_ = suite_.Client();
};

TEST_F(AreaCopyTest, ReadsByGroupAndWritesOfKnownAreasGoOnWhileMemberstatesIsDown) {
  suite_.Kill("memberstates");
  ExpectWhatIsAnsweredByTheCopy();
  EXPECT_EQ(CreateNote("TEST", "GEO").status, 200);
  EXPECT_EQ(CreateProject("TEST", "GEO").status, 200);
  EXPECT_THAT(ProjectsWithin("SOUTH_CAUCASUS"), ElementsAre("projects/TEST"));
}

TEST_F(AreaCopyTest, ACodeThatTheCopyLacksIs503WhileMemberstatesIsDownAnd400OnceItIsBack) {
  suite_.Kill("memberstates");
  ExpectUnknownHere(CreateNote("TEST", "QZZ"));
  ExpectUnknownHere(CreateProject("TEST", "QZZ"));
  ExpectUnknownHere(client_.Get("/v1/observations?area=QZZ"));
  ExpectUnknownHere(client_.Get("/v1/projects?area=QZZ"));

  suite_.Restart("memberstates");
  ASSERT_TRUE(Eventually([&] {
    return CreateNote("TEST", "QZZ").status == 400 && CreateProject("TEST", "QZZ").status == 400;
  }));
  ExpectNoSuchArea(CreateNote("TEST", "QZZ"), "contextNote.area");
  ExpectNoSuchArea(CreateProject("TEST", "QZZ"), "project.countries[0].area");
  ExpectNoSuchArea(client_.Get("/v1/observations?area=QZZ"), "area");
  ExpectNoSuchArea(client_.Get("/v1/projects?area=QZZ"), "area");
}

TEST_F(AreaCopyTest, AnAreaThatMemberstatesGainsIsUsableAtOnce) {
  const HttpResponse created =
      Post("/v1/areas?areaId=QZZ", R"("kind":"COUNTRY","displayName":"Testland")");
  ASSERT_EQ(created.status, 200) << created.body;
  const HttpResponse note = CreateNote("TEST", "QZZ");
  EXPECT_EQ(note.status, 200) << note.body;
  const HttpResponse project = CreateProject("TEST", "QZZ");
  EXPECT_EQ(project.status, 200) << project.body;
  EXPECT_THAT(ProjectsWithin("QZZ"), ElementsAre("projects/TEST"));
}

TEST_F(AreaCopyTest, TheCopyFollowsMemberstatesAlsoAfterItWasDown) {
  ASSERT_EQ(Post("/v1/areas?areaId=TEST_GROUP", R"("kind":"GROUP","displayName":"Test")").status,
            200);
  EXPECT_THAT(ObservedWithin("TEST_GROUP"), ElementsAre());

  const std::string members = "/v1/areas/TEST_GROUP/members";
  ASSERT_EQ(Post(members, R"("member":"areas/ARM")").status, 200);
  EXPECT_TRUE(Eventually([&] { return ObservedWithin("TEST_GROUP").size() == 1; }));

  suite_.Kill("memberstates");
  suite_.Restart("memberstates");
  ASSERT_TRUE(Eventually([&] { return Post(members, R"("member":"areas/GEO")").status == 200; }));
  EXPECT_TRUE(Eventually([&] { return ObservedWithin("TEST_GROUP").size() == 2; }));
  EXPECT_THAT(ObservedWithin("TEST_GROUP"), UnorderedElementsAre("areas/ARM", "areas/GEO"));
}

TEST_F(AreaCopyTest, AServiceThatHasItsCopyStartsAgainWithoutMemberstates) {
  suite_.Kill("memberstates");
  for (const char* service : {"indicators", "programmes"}) {
    suite_.Kill(service);
    suite_.Restart(service);
  }
  ASSERT_TRUE(Eventually([&] {
    return client_.Get("/v1/targets?area=ARM").status == 200 &&
           client_.Get("/v1/projects?area=ROU").status == 200;
  }));
  ExpectWhatIsAnsweredByTheCopy();
  EXPECT_EQ(CreateNote("TEST", "GEO").status, 200);
  EXPECT_EQ(CreateProject("TEST", "GEO").status, 200);
}

}  // namespace
}  // namespace corridor::e2e
