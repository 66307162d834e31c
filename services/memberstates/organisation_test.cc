#include "services/memberstates/organisation.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::memberstates {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

v1::Organisation Iom() {
  v1::Organisation organisation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    name: "organisations/IOM" kind: IGO display_name: "International Organization for Migration"
    established { text: "1951" }
    statements { topic: "NATURE" text: "It is." citations { source: "P" kind: OFFICIAL } }
    links { rel: "GLOBAL_SITE" label: "Global" citations { source: "P" kind: OFFICIAL } }
    reported_counts { status: MEMBER party_kind: STATE date { text: "1998" } count: 67
                      citations { source: "P" kind: OFFICIAL } }
    reported_counts { status: MEMBER party_kind: STATE date { text: "2018-01-01" } count: 169
                      citations { source: "P" kind: OFFICIAL } }
    completeness { status: MEMBER party_kind: STATE complete: true reason: "whole" }
    completeness { status: OBSERVER party_kind: NGO reason: "eight were seen" }
    citations { source: "P" kind: OFFICIAL })",
                                                            &organisation));
  EXPECT_OK(CheckOrganisation(organisation, "organisation"));
  return organisation;
}

DayRange Asked(std::string_view text) { return ParsePartialDate(text, "as_of").value(); }

TEST(OrganisationTest, ClaimsAnswerForTheDaysThatTheirDateCovers) {
  const auto counts = [](std::string_view day, v1::Party::Kind kind = v1::Party::STATE) {
    std::vector<int> found;
    for (const auto& count : CountsReportedFor(Iom(), v1::Spell::MEMBER, kind, Asked(day))) {
      found.push_back(count.count());
    }
    return found;
  };
  EXPECT_THAT(counts("1998-12-31"), ElementsAre(67));
  EXPECT_THAT(counts("1998"), ElementsAre(67));
  EXPECT_THAT(counts("1997/1998"), SizeIs(0));
  EXPECT_THAT(counts("2018-01-01"), ElementsAre(169));
  EXPECT_THAT(counts("2018"), SizeIs(0));
  EXPECT_THAT(counts("2018-01-01", v1::Party::KIND_UNSPECIFIED), ElementsAre(169));
  EXPECT_THAT(counts("2018-01-01", v1::Party::NGO), SizeIs(0));
  EXPECT_THAT(CountsReportedFor(Iom(), v1::Spell::OBSERVER, v1::Party::STATE, Asked("1998")),
              SizeIs(0));
}

TEST(OrganisationTest, ListsOfWhichNothingIsSaidAreNotComplete) {
  const std::vector<PartyList> recorded = {{v1::Spell::MEMBER, v1::Party::STATE},
                                           {v1::Spell::OBSERVER, v1::Party::STATE}};
  const auto answer = [&](v1::Spell::Status status, v1::Party::Kind kind) {
    std::vector<std::string> lists;
    for (const auto& list : CompletenessOf(Iom(), status, kind, recorded)) {
      lists.push_back(v1::Spell::Status_Name(list.status()) + " " +
                      v1::Party::Kind_Name(list.party_kind()) + (list.complete() ? " +" : " -") +
                      " " + list.reason());
    }
    return lists;
  };
  const std::string nothing = "No source states whether this list is complete.";
  EXPECT_THAT(answer(v1::Spell::MEMBER, v1::Party::STATE), ElementsAre("MEMBER STATE + whole"));
  EXPECT_THAT(answer(v1::Spell::MEMBER, v1::Party::IGO), ElementsAre("MEMBER IGO - " + nothing));
  EXPECT_THAT(answer(v1::Spell::MEMBER, v1::Party::KIND_UNSPECIFIED),
              ElementsAre("MEMBER STATE + whole"));
  EXPECT_THAT(answer(v1::Spell::OBSERVER, v1::Party::KIND_UNSPECIFIED),
              ElementsAre("OBSERVER STATE - " + nothing, "OBSERVER NGO - eight were seen"));
  EXPECT_THAT(answer(v1::Spell::STATUS_UNSPECIFIED, v1::Party::NGO),
              ElementsAre("MEMBER NGO - " + nothing, "OBSERVER NGO - eight were seen"));
  EXPECT_THAT(CompletenessOf({}, v1::Spell::MEMBER, v1::Party::KIND_UNSPECIFIED, {}),
              ElementsAre(EqualsProto("status: MEMBER reason: '" + nothing + "'")));
}

TEST(OrganisationTest, WhatNoOrganisationIsIsRefusedNamingFieldAndValue) {
  struct Case {
    void (*change)(v1::Organisation&);
    std::string field, message;
  };
  using O = v1::Organisation;
  for (const Case& c : std::initializer_list<Case>{
           {[](O& o) { o.set_name("organisations/iom"); }, "o.name",
            "\"organisations/iom\" is not"},
           {[](O& o) { o.clear_kind(); }, "o.kind", "\"0\" is not a kind of organisation"},
           {[](O& o) { o.clear_display_name(); }, "o.display_name", "is required"},
           {[](O& o) { o.mutable_established()->set_text("?"); }, "o.established",
            "\"?\" is not a date"},
           {[](O& o) { o.mutable_statements(0)->clear_topic(); }, "o.statements[0].topic",
            "is required"},
           {[](O& o) { o.mutable_statements(0)->clear_citations(); }, "o.statements[0].citations",
            "is required"},
           {[](O& o) { o.mutable_links(0)->clear_label(); }, "o.links[0].label", "is required"},
           {[](O& o) { o.mutable_reported_counts(1)->set_count(-1); }, "o.reported_counts[1].count",
            "\"-1\" is below 0"},
           {[](O& o) { o.mutable_reported_counts(0)->clear_date(); }, "o.reported_counts[0].date",
            "\"\" is not a date"},
           {[](O& o) { o.mutable_completeness(0)->clear_party_kind(); },
            "o.completeness[0].party_kind", "\"0\" is not a kind of party"},
           {[](O& o) { *o.add_completeness() = o.completeness(0); }, "o.completeness[2].party_kind",
            "\"STATE\" has been said something of already"},
           {[](O& o) { o.clear_citations(); }, "o.citations", "is required"},
       }) {
    v1::Organisation organisation = Iom();
    c.change(organisation);
    EXPECT_THAT(CheckOrganisation(organisation, "o"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)),
                      HasFieldViolation(c.field)));
  }
}

}  // namespace
}  // namespace corridor::memberstates
