// What is said of a group is said of its members.
#include "services/indicators/context_handlers.h"

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ContextHandlersTest : public AreasTest {
 protected:
  ContextHandlersTest() {
    EXPECT_OK(AddNote("ARMENIA", "ARM"));
    EXPECT_OK(AddNote("CAUCASUS", "CAUCASUS", "topic: 'LABOUR_MIGRATION'"));
    EXPECT_OK(AddNote("CIS", "CIS", "topic: 'POVERTY' related_areas: 'areas/MDA'"));
    EXPECT_OK(AddNote("GEORGIA", "GEO"));
    EXPECT_OK(AddNote("MOLDOVA", "MDA"));
    for (const char* area : {"ARM", "CIS", "GEO"}) {
      EXPECT_OK(AddTarget(area, absl::StrCat("area: 'areas/", area,
                                             "' direction: AT_MOST factor: "
                                             "0.5 due { text: '2015' }")));
    }
  }
  auto ListNotes(const std::string& request) {
    return Call(handlers_.context_notes, &ContextNoteHandler::ListContextNotes, request);
  }
  auto ListTargets(const std::string& request) {
    return Call(handlers_.targets, &TargetHandler::ListTargets, request);
  }
  std::vector<std::string> Notes(const std::string& request) {
    const auto list = ListNotes(request);
    EXPECT_OK(list) << request;
    std::vector<std::string> ids;
    for (const auto& one : list->context_notes()) ids.emplace_back(ContextNotes().Id(one.name()));
    return ids;
  }
  std::vector<std::string> TargetIds(const std::string& request) {
    const auto list = ListTargets(request);
    EXPECT_OK(list) << request;
    std::vector<std::string> ids;
    for (const auto& one : list->targets()) ids.emplace_back(Targets().Id(one.name()));
    return ids;
  }
};

TEST_F(ContextHandlersTest, NotesOnAnAreaAndOnItsGroupsOfTheDayAreListed) {
  EXPECT_THAT(Notes("area: 'ARM'"), ElementsAre("ARMENIA", "CAUCASUS", "CIS"));
  EXPECT_THAT(Notes("area: 'areas/GEO' as_of: '2009-08-17'"),
              ElementsAre("CAUCASUS", "CIS", "GEORGIA"));
  EXPECT_THAT(Notes("area: 'GEO' as_of: '2009-08-18'"), ElementsAre("CAUCASUS", "GEORGIA"));
  EXPECT_THAT(Notes("area: 'GEO' as_of: '2009'"), ElementsAre("CAUCASUS", "CIS", "GEORGIA"));
  EXPECT_THAT(Notes("area: 'GEO'"), ElementsAre("CAUCASUS", "GEORGIA"));
  // Not those of its members, nor those that only speak of it.
  EXPECT_THAT(Notes("area: 'CAUCASUS'"), ElementsAre("CAUCASUS"));
  EXPECT_THAT(Notes("area: 'MDA' as_of: '1980'"), ElementsAre("CIS", "MOLDOVA"));
  EXPECT_THAT(Notes(""), ElementsAre("ARMENIA", "CAUCASUS", "CIS", "GEORGIA", "MOLDOVA"));
}

TEST_F(ContextHandlersTest, AFilterNarrowsFurther) {
  EXPECT_THAT(Notes("area: 'ARM' filter: 'topic = \"LABOUR_MIGRATION\"'"), ElementsAre("CAUCASUS"));
  EXPECT_THAT(Notes("filter: 'area = \"areas/MDA\"'"), ElementsAre("MOLDOVA"));
  EXPECT_THAT(ListNotes("filter: 'text = \"x\"'"), Refuses("filter", "text"));
}

TEST_F(ContextHandlersTest, TargetsOfAnAreaAndOfItsGroupsOfTheDayAreListed) {
  EXPECT_THAT(TargetIds("area: 'GEO' as_of: '2000'"), ElementsAre("CIS", "GEO"));
  EXPECT_THAT(TargetIds("area: 'GEO' as_of: '2010'"), ElementsAre("GEO"));
  EXPECT_THAT(TargetIds("area: 'ARM' filter: 'area = \"areas/ARM\"'"), ElementsAre("ARM"));
}

TEST_F(ContextHandlersTest, APageIsOfTheGroupsThatThereWereOnItsFirstDay) {
  auto request = Proto<v1::ListContextNotesRequest>("area: 'GEO' page_size: 1");
  const auto first = Call(handlers_.context_notes, &ContextNoteHandler::ListContextNotes, request);
  ASSERT_OK(first);
  ASSERT_OK(AddNote("CAUCASUS_2", "CAUCASUS"));
  source_.Put(areas::MemberOf("CAUCASUS", "GEO", "1900", "1901"));
  ASSERT_OK(areas_.CatchUp(source_.head(), Soon(), {}));
  request.set_page_token(first->next_page_token());
  const auto second = Call(handlers_.context_notes, &ContextNoteHandler::ListContextNotes, request);
  ASSERT_OK(second);
  EXPECT_EQ(second->context_notes(0).name(), "contextNotes/GEORGIA");
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_THAT(Notes("area: 'GEO'"), ElementsAre("GEORGIA"));
}

TEST_F(ContextHandlersTest, AnUnknownAreaIsRefusedOrAskedFor) {
  EXPECT_THAT(ListNotes("area: 'XXX'"), Refuses("area", "XXX"));
  EXPECT_THAT(ListTargets("area: 'areas/XXX'"), Refuses("area", "XXX"));
  EXPECT_THAT(ListNotes("area: 'GEO' as_of: '../2009'"), Refuses("as_of", "../2009"));
  source_.Fail(absl::UnavailableError("down"));
  EXPECT_THAT(ListNotes("area: 'ITA'"), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("ITA")));
  EXPECT_THAT(Notes("area: 'MDA'"), ElementsAre("CIS", "MOLDOVA"));
}

}  // namespace
}  // namespace corridor::indicators
