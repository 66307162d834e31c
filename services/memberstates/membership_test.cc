#include "services/memberstates/membership.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::memberstates {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One spell as `MEMBER 1951..1990`; an empty side is not stated.
v1::Spell Spell(v1::Spell::Status status, std::string_view start, std::string_view end) {
  v1::Spell spell;
  spell.set_status(status);
  spell.set_confidence(common::v1::HIGH);
  if (!start.empty()) spell.mutable_start()->set_text(std::string(start));
  if (!end.empty()) spell.mutable_end()->set_text(std::string(end));
  spell.add_evidence()->set_source("S");
  spell.mutable_evidence(0)->set_kind(common::v1::Citation::OFFICIAL);
  return spell;
}

v1::Membership MembershipOf(std::initializer_list<v1::Spell> spells) {
  v1::Membership membership;
  membership.set_name("organisations/IOM/memberships/VEN");
  membership.mutable_party()->set_display_name("Venezuela");
  for (const v1::Spell& spell : spells) *membership.add_spells() = spell;
  return membership;
}

DayRange Asked(std::string_view text) { return ParsePartialDate(text, "as_of").value(); }

DaySpan Span(std::string_view first, std::string_view end) {
  return {*Asked(first).earliest, *Asked(end).earliest};
}

TEST(SpellsTest, WhatHoldsOnADayFollowsTheHalfOpenRuleAndThePrecision) {
  struct Case {
    std::string_view start, end, asked;
    Holds holds;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"2001-06-07", "", "2001-06-06", Holds::kNo},
           {"2001-06-07", "", "2001-06-07", Holds::kCertainly},
           {"2001-06-07", "2021-04-19", "2021-04-18", Holds::kCertainly},
           {"2001-06-07", "2021-04-19", "2021-04-19", Holds::kNo},
           {"2012", "", "2012-11-27", Holds::kPossibly},
           {"2012", "", "2012-12-31", Holds::kCertainly},
           {"../2015", "2021-04-19", "2009-12-31", Holds::kPossibly},
           {"../2015", "2021-04-19", "2018-01-01", Holds::kCertainly},
           {"", "", "2018-01-01", Holds::kPossibly},
           {"2018-06", "", "2018", Holds::kPossibly},
           {"2017", "", "2018", Holds::kCertainly},
       }) {
    v1::Membership membership = MembershipOf({Spell(v1::Spell::OBSERVER, c.start, c.end)});
    ASSERT_OK(CheckSpells(membership, "membership.spells"));
    EXPECT_EQ(HoldsOn(membership.spells(0), Asked(c.asked)), c.holds)
        << c.start << " " << c.end << " " << c.asked;
  }
}

TEST(SpellsTest, SpellsAreKeptInOrderOfTimeWithWhatTheirDatesMean) {
  v1::Membership membership = MembershipOf({Spell(v1::Spell::MEMBER, "2011-12-05", ""),
                                            Spell(v1::Spell::OBSERVER, "", "1955"),
                                            Spell(v1::Spell::MEMBER, "1955/1965", "1973")});
  ASSERT_OK(CheckSpells(membership, "membership.spells"));
  EXPECT_EQ(membership.spells(0).status(), v1::Spell::OBSERVER);
  EXPECT_EQ(membership.spells(1).start().earliest(), "1955-01-01");
  EXPECT_EQ(membership.spells(1).end().latest(), "1973-12-31");
  EXPECT_EQ(membership.spells(2).start().text(), "2011-12-05");
}

TEST(SpellsTest, WhatCannotBeIsRefusedNamingFieldAndValue) {
  struct Case {
    v1::Membership membership;
    std::string field, message;
  };
  const auto with = [](v1::Spell spell, auto change) {
    change(spell);
    return MembershipOf({spell});
  };
  const v1::Spell good = Spell(v1::Spell::MEMBER, "2001", "2010");
  for (const Case& c : std::initializer_list<Case>{
           {MembershipOf({}), "s", "s: is required"},
           {with(good, [](v1::Spell& s) { s.clear_status(); }), "s[0].status",
            "\"0\" is not a status"},
           {with(good, [](v1::Spell& s) { s.set_status(static_cast<v1::Spell::Status>(9)); }),
            "s[0].status", "\"9\" is not a status"},
           {with(good, [](v1::Spell& s) { s.clear_confidence(); }), "s[0].confidence",
            "\"0\" is not a confidence"},
           {with(good, [](v1::Spell& s) { s.mutable_start()->set_text("soon"); }), "s[0].start",
            "\"soon\" is not a date"},
           {with(good, [](v1::Spell& s) { s.mutable_end()->set_text("2018-02-30"); }), "s[0].end",
            "\"2018-02-30\" is not a date"},
           {with(good, [](v1::Spell& s) { s.mutable_end()->set_text("2000"); }), "s[0].end",
            "\"2000\" is not after the start, \"2001\""},
           {MembershipOf({Spell(v1::Spell::MEMBER, "2001-06-07", "2001-06-07")}), "s[0].end",
            "is not after the start"},
           {with(good, [](v1::Spell& s) { s.clear_evidence(); }), "s[0].evidence", "is required"},
           {with(good, [](v1::Spell& s) { s.mutable_evidence(0)->clear_source(); }),
            "s[0].evidence[0].source", "is required"},
           {with(good, [](v1::Spell& s) { s.mutable_evidence(0)->clear_kind(); }),
            "s[0].evidence[0].kind", "\"0\" is not a kind of source"},
           {with(good,
                 [](v1::Spell& s) {
                   s.mutable_evidence(0)->set_kind(common::v1::Citation::INFERRED);
                 }),
            "s[0].evidence[0].reasoning", "is required"},
           {MembershipOf(
                {Spell(v1::Spell::MEMBER, "2001", ""), Spell(v1::Spell::MEMBER, "2010", "")}),
            "s[1].start", "\"2010\" overlaps the spell [0]"},
           {MembershipOf({Spell(v1::Spell::MEMBER, "2001-01-01", "2010-01-02"),
                          Spell(v1::Spell::MEMBER, "2010-01-01", "")}),
            "s[1].start", "overlaps the spell [0]"},
       }) {
    v1::Membership membership = c.membership;
    EXPECT_THAT(CheckSpells(membership, "s"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)),
                      HasFieldViolation(c.field)));
  }
}

TEST(SpellsTest, SpellsThatNeedNotOverlapAreAllowed) {
  for (v1::Membership membership : {
           MembershipOf({Spell(v1::Spell::MEMBER, "2001-01-01", "2010-01-01"),
                         Spell(v1::Spell::MEMBER, "2010-01-01", "")}),
           MembershipOf(
               {Spell(v1::Spell::MEMBER, "2001", "2010"), Spell(v1::Spell::MEMBER, "2010", "")}),
           MembershipOf(
               {Spell(v1::Spell::OBSERVER, "2001", ""), Spell(v1::Spell::MEMBER, "2010", "")}),
           MembershipOf({Spell(v1::Spell::MEMBER, "", ""), Spell(v1::Spell::MEMBER, "2010", "")}),
       }) {
    EXPECT_OK(CheckSpells(membership, "s")) << membership.DebugString();
  }
}

TEST(AnswerTest, TheSpellThatCertainlyHoldsAnswersBeforeOneThatMay) {
  v1::Spell low = Spell(v1::Spell::MEMBER, "2010", "2019");
  low.set_confidence(common::v1::LOW);
  v1::Membership membership = MembershipOf({Spell(v1::Spell::MEMBER, "2001", "2010-12-31"), low});
  ASSERT_OK(CheckSpells(membership, "s"));
  EXPECT_THAT(*AnswerFor(membership, v1::Spell::MEMBER, Asked("2010-06-01")),
              EqualsProto("status: MEMBER certain: true confidence: HIGH"));
  EXPECT_THAT(*AnswerFor(membership, v1::Spell::MEMBER, Asked("2010-12-31")),
              EqualsProto("status: MEMBER certain: true confidence: LOW"));
  EXPECT_FALSE(AnswerFor(membership, v1::Spell::OBSERVER, Asked("2010")).has_value());
  EXPECT_FALSE(AnswerFor(membership, v1::Spell::MEMBER, Asked("2020")).has_value());
}

TEST(ChangesTest, ChangesThatMayLieWithinTheSpanAreListedWithWhetherTheyDo) {
  v1::Membership membership = MembershipOf({Spell(v1::Spell::OBSERVER, "../2015", "2021-04-19"),
                                            Spell(v1::Spell::MEMBER, "2021-04-19", ""),
                                            Spell(v1::Spell::MEMBER, "1955", "1973")});
  ASSERT_OK(CheckSpells(membership, "s"));
  const auto all = ChangesWithin(membership, v1::Spell::STATUS_UNSPECIFIED, Span("2021", "2022"));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].type(), Change::ENDED);
  EXPECT_TRUE(all[0].certain());
  EXPECT_EQ(all[1].type(), Change::BEGAN);
  EXPECT_EQ(all[1].display_name(), "Venezuela");
  EXPECT_EQ(all[1].evidence_size(), 1);

  // The span is half-open.
  EXPECT_THAT(ChangesWithin(membership, v1::Spell::MEMBER, Span("2020", "2021-04-19")), IsEmpty());
  EXPECT_EQ(ChangesWithin(membership, v1::Spell::MEMBER, Span("2021-04-19", "2021-04-20")).size(),
            1u);

  const auto half = ChangesWithin(membership, v1::Spell::MEMBER, Span("1955-06-01", "1960"));
  ASSERT_EQ(half.size(), 1u);
  EXPECT_FALSE(half[0].certain());

  const auto open = ChangesWithin(membership, v1::Spell::OBSERVER, Span("1900", "1901"));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_FALSE(open[0].certain());
}

TEST(ChangesTest, TheOrderIsByEarliestDayThenPartyAndEndsComeBeforeBeginnings) {
  const auto change = [](std::string_view date, std::string_view party, Change::Type type) {
    Change c;
    *c.mutable_date() = ToPartialDate(date, "date").value();
    c.set_membership("organisations/IOM/memberships/" + std::string(party));
    c.set_type(type);
    return c;
  };
  const std::vector<Change> order = {
      change("../2015", "ZWE", Change::BEGAN), change("2001", "AZE", Change::BEGAN),
      change("2001", "KHM", Change::ENDED), change("2001", "KHM", Change::BEGAN),
      change("2001-01-02", "AAA", Change::BEGAN)};
  for (size_t i = 0; i < order.size(); ++i) {
    for (size_t j = 0; j < order.size(); ++j) {
      EXPECT_EQ(ComesBefore(order[i], order[j]), i < j) << i << " " << j;
    }
  }
}

TEST(PanelTest, EachPartyHasItsStatusAtTheEndOfEachPeriodAndPeriodsAreCounted) {
  v1::Membership left = MembershipOf({Spell(v1::Spell::MEMBER, "2001", "2002/2003")});
  v1::Membership never = MembershipOf({Spell(v1::Spell::OBSERVER, "2001", "")});
  ASSERT_OK(CheckSpells(left, "s"));
  ASSERT_OK(CheckSpells(never, "s"));
  std::vector<Period> periods;
  for (const char* text : {"2000", "2001", "2002", "2003"}) {
    periods.push_back(ParsePeriod(text, "p").value());
  }
  EXPECT_THAT(Panel({left, never}, v1::Spell::MEMBER, periods), EqualsProto(R"pb(
                periods { period: "2000" day: "2000-12-31" }
                periods { period: "2001" day: "2001-12-31" certain: 1 possible: 1 }
                periods { period: "2002" day: "2002-12-31" possible: 1 }
                periods { period: "2003" day: "2003-12-31" }
                rows {
                  membership: "organisations/IOM/memberships/VEN"
                  display_name: "Venezuela"
                  held: NO
                  held: CERTAIN
                  held: POSSIBLE
                  held: NO
                })pb"));
}

TEST(PanelTest, TheFirstDayNamedIsTheEarliestOfAllDates) {
  v1::Membership membership = MembershipOf(
      {Spell(v1::Spell::MEMBER, "1955/1965", ""), Spell(v1::Spell::OBSERVER, "../1951", "1954")});
  ASSERT_OK(CheckSpells(membership, "s"));
  EXPECT_EQ(FirstDayNamed({membership}, v1::Spell::MEMBER), absl::CivilDay(1955, 1, 1));
  EXPECT_EQ(FirstDayNamed({membership}, v1::Spell::OBSERVER), absl::CivilDay(1951, 12, 31));
  EXPECT_EQ(FirstDayNamed({}, v1::Spell::MEMBER), std::nullopt);
}

TEST(ReportedTest, ACountIsConsistentBetweenCertainAndPossible) {
  EXPECT_TRUE(Consistent(98, 93, 98));
  EXPECT_TRUE(Consistent(93, 93, 98));
  EXPECT_FALSE(Consistent(92, 93, 98));
  EXPECT_FALSE(Consistent(99, 93, 98));
}

}  // namespace
}  // namespace corridor::memberstates
