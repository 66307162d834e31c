#include "platform/default_data/json_members.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class JsonMembersTest : public ::testing::Test {
 protected:
  absl::Status Read(std::string_view json,
                    absl::FunctionRef<absl::Status(const JsonMembers&)> each) {
    return ReadJsonList(dir_.Write("things.json", json),
                        {"id", "kind", "complete", "links", "source", "locator", "note"}, each);
  }

  TempDir dir_;
};

absl::Status Ignore(const JsonMembers&) { return absl::OkStatus(); }

TEST_F(JsonMembersTest, TextsTruthsWordsAndListsAreReadInOrder) {
  std::vector<std::string> seen;
  ASSERT_OK(Read(R"([{"id": "A", "complete": true, "kind": "PRESS",
                      "links": [{"uri": "x"}, {"uri": "y"}]}, {"id": "B", "complete": false}])",
                 [&](const JsonMembers& thing) -> absl::Status {
                   ASSIGN_OR_RETURN(const std::string id, thing.Text("id"));
                   ASSIGN_OR_RETURN(const bool complete, thing.Bool("complete"));
                   seen.push_back(id + (complete ? " complete" : ""));
                   ASSIGN_OR_RETURN(const auto links, thing.List("links", {"uri"}));
                   for (const JsonMembers& link : links) {
                     ASSIGN_OR_RETURN(const std::string uri, link.Text("uri"));
                     seen.push_back(uri);
                   }
                   if (id != "A") return absl::OkStatus();
                   EXPECT_THAT(thing.Word("kind", &common::v1::Citation::SourceKind_Parse),
                               IsOkAndHolds(common::v1::Citation::PRESS));
                   EXPECT_THAT(thing.Text("note"), IsOkAndHolds(std::string()));
                   return absl::OkStatus();
                 }));
  EXPECT_THAT(seen, ElementsAre("A complete", "x", "y", "B"));
}

TEST_F(JsonMembersTest, MistakesAreNamedByFilePlaceAndMember) {
  const auto text = [](const JsonMembers& thing) { return thing.Text("id").status(); };
  const auto truth = [](const JsonMembers& thing) { return thing.Bool("complete").status(); };
  const auto word = [](const JsonMembers& thing) {
    return thing.Word("kind", &common::v1::Citation::SourceKind_Parse).status();
  };
  const auto links = [](const JsonMembers& thing) { return thing.List("links", {"uri"}).status(); };
  struct Case {
    const char* json;
    absl::FunctionRef<absl::Status(const JsonMembers&)> each;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"{}", Ignore, "things.json: "},
           {"[", Ignore, "things.json: "},
           {"[1]", Ignore, "things.json: [0]: is not an object"},
           {R"([{}, {"founded": 1}])", Ignore, "things.json: [1]: unknown member \"founded\""},
           {R"([{"id": 1}])", text, "things.json: [0].id: is not a text"},
           {R"([{}])", truth, "things.json: [0].complete: is not true or false"},
           {R"([{"kind": "RUMOUR"}])", word, "things.json: [0].kind: \"RUMOUR\" is not known"},
           {R"([{"links": 1}])", links, "things.json: [0].links: is not a list"},
           {R"([{"links": [{}, {"url": 1}]}])", links,
            "things.json: [0].links[1]: unknown member \"url\""},
       }) {
    EXPECT_THAT(Read(c.json, c.each),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.json;
  }
  EXPECT_THAT(ReadJsonList("no/such.json", {}, Ignore),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such.json")));
}

TEST_F(JsonMembersTest, ACitationIsThatOfItsSourceWithWhatIsSaidHere) {
  dir_.Write("sources.csv",
             "id,kind,claimant,title,locator,licence,note\n"
             "UN_M49,CODE_LIST,UNSD,M49,https://unstats.un.org,,Read in 2024.\n");
  ASSERT_OK_AND_ASSIGN(const SourcesFile sources, SourcesFile::Read(dir_.path()));
  EXPECT_OK(Read(R"([{"source": "UN_M49", "locator": "table 1", "note": "Old."}])",
                 [&](const JsonMembers& thing) -> absl::Status {
                   ASSIGN_OR_RETURN(const common::v1::Citation citation, thing.Cite(sources));
                   EXPECT_THAT(citation, EqualsProto(R"pb(source: "UN_M49"
                                                          kind: CODE_LIST
                                                          claimant: "UNSD"
                                                          title: "M49"
                                                          locator: "https://unstats.un.org, table 1"
                                                          note: "Old.")pb"));
                   return absl::OkStatus();
                 }));
  EXPECT_THAT(Read(R"([{"source": "A_FRIEND"}])",
                   [&](const JsonMembers& thing) { return thing.Cite(sources).status(); }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("[0].source: \"A_FRIEND\" is not in sources.csv")));
}

}  // namespace
}  // namespace corridor
