#include "platform/resources/reader.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/resources/three_kinds_fixture.h"

namespace corridor::resources {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReaderTest : public ThreeKindsTest {
 protected:
  ReaderTest() {
    EXPECT_OK(AddPartner("A", "kind: NGO area: 'areas/ROU'"));
    EXPECT_OK(AddPartner("B", "kind: GOVERNMENT area: 'areas/CZE'"));
    EXPECT_OK(AddPartner("C"));
    EXPECT_OK(AddProject("P",
                         "display_name: 'First' dates { actual_start { text: '2002-05-01' } } "
                         "participants { participant: 'partners/A' role: FUNDING } "
                         "participants { participant: 'partners/B' role: IMPLEMENTING } "
                         "target_groups { group: 'MINORS' }"));
    EXPECT_OK(AddProject("Q",
                         "titled_by_source: true dates { actual_start { text: '2004-01-01' } } "
                         "participants { participant: 'partners/B' role: FUNDING }"));
  }
  template <typename Resource>
  std::vector<std::string> Ids(const Kind& kind, Query query, const store::KnownAt& known_at = {}) {
    if (query.slice.limit == 1) query.slice.limit = 100;
    const auto list = ReadAt(known_at)->List<Resource>(kind, query);
    EXPECT_OK(list);
    std::vector<std::string> ids;
    if (!list.ok()) return ids;
    for (const Resource& one : *list) ids.emplace_back(kind.Id(one.name()));
    return ids;
  }
  auto PartnerIds(const Query& query) { return Ids<v1::Partner>(Partners(), query); }
  auto ProjectIds(const Query& query, const store::KnownAt& known_at = {}) {
    return Ids<v1::Project>(Projects(), query, known_at);
  }
  absl::Status Write(absl::FunctionRef<absl::Status(Writer&)> body) {
    return store_->Write({.actor = "tester"}, Soon(), body).status();
  }
};

TEST_F(ReaderTest, AListIsFilteredByColumnsOfEveryType) {
  EXPECT_THAT(PartnerIds({}), ElementsAre("A", "B", "C"));
  EXPECT_THAT(PartnerIds({.filter = "id = \"B\""}), ElementsAre("B"));
  EXPECT_THAT(PartnerIds({.filter = "area = \"areas/ROU\""}), ElementsAre("A"));
  EXPECT_THAT(PartnerIds({.filter = "display_name : \"part\""}), SizeIs(3));
  EXPECT_THAT(PartnerIds({.filter = "kind = NGO OR kind = GOVERNMENT"}), ElementsAre("A", "B"));
  EXPECT_THAT(PartnerIds({.filter = "kind != NGO"}), ElementsAre("B", "C"));
  EXPECT_THAT(ProjectIds({.filter = "titled_by_source = true"}), ElementsAre("Q"));
  EXPECT_THAT(ProjectIds({.filter = "titled_by_source = false"}), ElementsAre("P"));

  const auto refuses = [&](const Kind& kind, const std::string& filter,
                           const std::string& message) {
    EXPECT_THAT(ReadAt()->List<v1::Project>(kind, {.filter = filter}),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)),
                      HasFieldViolation("filter")));
  };
  refuses(Partners(), "kind = NGOS", "NGOS");
  refuses(Projects(), "titled_by_source = maybe", "maybe");
  refuses(Projects(), "first_day = \"2002\"", "first_day");
}

TEST_F(ReaderTest, ConditionsAreOnColumnsWhetherFieldsOrComputed) {
  const auto partners = [&](const Condition& condition) {
    return PartnerIds({.conditions = {condition}});
  };
  const auto projects = [&](const Condition& condition) {
    return ProjectIds({.conditions = {condition}});
  };
  EXPECT_THAT(partners({"area", Condition::Test::kAnyOf, {"areas/ROU", "areas/CZE", "areas/X"}}),
              ElementsAre("A", "B"));
  EXPECT_THAT(partners({"kind", Condition::Test::kAnyOf, {int64_t{v1::Partner::NGO}}}),
              ElementsAre("A"));
  EXPECT_THAT(partners({"kind", Condition::Test::kAnyOf, {}}), IsEmpty());
  EXPECT_THAT(projects({"first_day", Condition::Test::kAtMost, {"2002-05-01"}}), ElementsAre("P"));
  EXPECT_THAT(projects({"first_day", Condition::Test::kAtLeast, {"2002-05-02"}}), ElementsAre("Q"));
  EXPECT_THAT(ProjectIds({.filter = "display_name = \"First\"",
                          .conditions = {{"first_day", Condition::Test::kAtLeast, {"2002"}},
                                         {"first_day", Condition::Test::kAtMost, {"2003"}}},
                          .refers_to = {{.targets = {"partners/A"}}}}),
              ElementsAre("P"));
}

TEST_F(ReaderTest, AListIsAskedByWhatResourcesNameAndHow) {
  const auto ids = [&](const std::vector<RefersTo>& refers_to) {
    return ProjectIds({.refers_to = refers_to});
  };
  EXPECT_THAT(ids({{.targets = {"partners/B"}}}), ElementsAre("P", "Q"));
  EXPECT_THAT(ids({{.targets = {"partners/A", "partners/C"}}}), ElementsAre("P"));
  EXPECT_THAT(ids({{.targets = {"targetGroups/MINORS"}}}), ElementsAre("P"));
  EXPECT_THAT(ids({{.targets = {"partners/B"}, .relations = {"FUNDING"}}}), ElementsAre("Q"));
  EXPECT_THAT(ids({{.targets = {"partners/B"}, .relations = {"FUNDING", "IMPLEMENTING"}}}),
              ElementsAre("P", "Q"));
  EXPECT_THAT(ids({{.targets = {"partners/B"}, .relations = {"EXTENDING"}}}), IsEmpty());
  EXPECT_THAT(ids({{.targets = {"partners/A"}}, {.targets = {"partners/B"}}}), ElementsAre("P"));
  EXPECT_THAT(ids({{.targets = {}}}), IsEmpty());
  // Names of partners are no names of projects.
  EXPECT_THAT(PartnerIds({.refers_to = {{.targets = {"partners/B"}}}}), IsEmpty());
}

TEST_F(ReaderTest, WhatResourcesNamedIsAnsweredAsItWasKnown) {
  const int64_t before = Head();
  ASSERT_OK(Call(projects_, &ProjectHandler::UpdateProject,
                 "project { name: 'projects/P' participants { participant: 'partners/C' } }"));
  ASSERT_OK(Call(projects_, &ProjectHandler::DeleteProject, "name: 'projects/Q'"));
  const Query names_b = {.refers_to = {{.targets = {"partners/B"}}}};
  const Query names_c = {.refers_to = {{.targets = {"partners/C"}}}};
  EXPECT_THAT(ProjectIds(names_b), IsEmpty());
  EXPECT_THAT(ProjectIds(names_c), ElementsAre("P"));
  EXPECT_THAT(ProjectIds(names_b, before), ElementsAre("P", "Q"));
  EXPECT_THAT(ProjectIds(names_b, before + 1), ElementsAre("Q"));
  EXPECT_THAT(ProjectIds(names_c, before), IsEmpty());
}

TEST_F(ReaderTest, ASliceBeginsAfterAKeyAndEndsAtItsLimit) {
  EXPECT_THAT(PartnerIds({.slice = {.after = {"A"}, .limit = 100}}), ElementsAre("B", "C"));
  EXPECT_THAT(PartnerIds({.slice = {.after = {}, .limit = 2}}), ElementsAre("A", "B"));
}

TEST_F(ReaderTest, AResourceIsFoundByItsId) {
  const auto reader = ReadAt();
  v1::Partner partner;
  ASSERT_OK(reader->Get(Partners(), "A", partner));
  EXPECT_THAT(reader->EtagOf(Partners(), "A"), IsOkAndHolds(partner.etag()));
  EXPECT_THAT(reader->Has(Partners(), "A"), IsOkAndHolds(true));
  EXPECT_THAT(reader->Has(Partners(), "X"), IsOkAndHolds(false));
  const auto not_found = StatusIs(absl::StatusCode::kNotFound, HasSubstr("partners/X"));
  EXPECT_THAT(reader->Get(Partners(), "X", partner), not_found);
  EXPECT_THAT(reader->EtagOf(Partners(), "X"), not_found);
}

TEST_F(ReaderTest, AUseIsTheFirstResourceThatNamesAnother) {
  EXPECT_THAT(ReadAt()->FindUse("partners/B"), IsOkAndHolds("projects/P"));
  EXPECT_THAT(ReadAt()->FindUse("partners/C"), IsOkAndHolds(""));
  ASSERT_OK(AddPartner("D", "note: 'partners/D'"));
  EXPECT_THAT(ReadAt()->FindUse("partners/D"), IsOkAndHolds(""));
  EXPECT_THAT(ReadAt()->FindUse("areas/ROU"), IsOkAndHolds("partners/A"));
}

TEST_F(ReaderTest, WhatIsPutAgainAsItIsMakesNoCommit) {
  const int64_t before = Head();
  ASSERT_OK(Write([](Writer& writer) -> absl::Status {
    v1::Project project;
    RETURN_IF_ERROR(writer.reader().Get(Projects(), "P", project));
    return writer.Put(Projects(), project);
  }));
  EXPECT_EQ(Head(), before);
}

TEST_F(ReaderTest, AResourceIsNamedInEveryWayThatItIsPutWith) {
  ASSERT_OK(AddProject("R",
                       "participants { participant: 'partners/C' role: FUNDING } "
                       "participants { participant: 'partners/C' role: IMPLEMENTING } "
                       "participants { participant: 'partners/C' role: FUNDING }"));
  const auto in_role = [&](const std::string& role) {
    return ProjectIds({.refers_to = {{.targets = {"partners/C"}, .relations = {role}}}});
  };
  EXPECT_THAT(in_role("FUNDING"), ElementsAre("R"));
  EXPECT_THAT(in_role("IMPLEMENTING"), ElementsAre("R"));
  ASSERT_OK(Call(projects_, &ProjectHandler::UpdateProject,
                 "project { name: 'projects/R' "
                 "participants { participant: 'partners/C' role: IMPLEMENTING } }"));
  EXPECT_THAT(in_role("FUNDING"), IsEmpty());
  EXPECT_THAT(in_role("IMPLEMENTING"), ElementsAre("R"));
}

TEST_F(ReaderTest, DeletingTakesWhatTheResourceNamedWithIt) {
  ASSERT_OK(Write([](Writer& writer) { return writer.Delete(Projects(), "Q"); }));
  EXPECT_THAT(ProjectIds({.refers_to = {{.targets = {"partners/B"}}}}), ElementsAre("P"));
  EXPECT_THAT(Write([](Writer& writer) { return writer.Delete(Projects(), "Q"); }),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("projects/Q")));
}

}  // namespace
}  // namespace corridor::resources
