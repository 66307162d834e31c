#include "services/memberstates/area.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::memberstates {
namespace {

using Match = v1::ResolveAreasResponse::Match;
using ::testing::AllOf;
using ::testing::HasSubstr;

v1::Area Moldova() {
  v1::Area area;
  area.set_name("areas/MDA");
  area.set_kind(v1::Area::COUNTRY);
  area.set_display_name("Moldova, Republic of");
  area.set_official_name("Republic of Moldova");
  area.set_alpha2_code("MD");
  area.set_numeric_code("498");
  area.add_aliases("Moldova");
  for (const auto& [language, text] :
       {std::pair("it", "Moldavia"), std::pair("es", "Moldavia"), std::pair("en-GB", "MOLDOVA")}) {
    v1::Area::LocalizedName* name = area.add_names();
    name->set_language(language);
    name->set_text(text);
  }
  area.add_citations()->set_source("ISO_3166");
  area.mutable_citations(0)->set_kind(common::v1::Citation::CODE_LIST);
  return area;
}

TEST(AreaTest, AnAreaIsFoundByTheBestOfTheWaysInWhichATextMeansIt) {
  const std::map<std::string, Term> terms = TermsOf(Moldova());
  EXPECT_EQ(terms.at("mda"), (Term{Match::CODE, ""}));
  EXPECT_EQ(terms.at("md"), (Term{Match::ALPHA2, ""}));
  EXPECT_EQ(terms.at("498"), (Term{Match::NUMERIC, ""}));
  EXPECT_EQ(terms.at("moldova republic of"), (Term{Match::DISPLAY_NAME, ""}));
  EXPECT_EQ(terms.at("republic of moldova"), (Term{Match::DISPLAY_NAME, ""}));
  EXPECT_EQ(terms.at("moldova"), (Term{Match::ALIAS, ""}));
  // Languages that agree are one, the first.
  EXPECT_EQ(terms.at("moldavia"), (Term{Match::LOCALIZED_NAME, "es"}));
  EXPECT_EQ(terms.size(), 7u);
}

TEST(AreaTest, TheDateOfWithdrawalIsRead) {
  v1::Area area = Moldova();
  area.set_kind(v1::Area::FORMER_COUNTRY);
  area.mutable_withdrawn()->set_text("1992-08");
  ASSERT_OK(CheckArea(area, "area"));
  EXPECT_EQ(area.withdrawn().latest(), "1992-08-31");
}

TEST(AreaTest, WhatNoAreaIsIsRefusedNamingFieldAndValue) {
  struct Case {
    void (*change)(v1::Area&);
    std::string field, message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {[](v1::Area& a) { a.clear_kind(); }, "area.kind", "\"0\" is not a kind of area"},
           {[](v1::Area& a) { a.set_name("areas/mda"); }, "area.name",
            "\"areas/mda\" is not areas/"},
           {[](v1::Area& a) { a.set_name("areas/MDAX"); }, "area.name",
            "is not areas/ and the three letters of a country"},
           {[](v1::Area& a) { a.set_kind(v1::Area::REGION); }, "area.name",
            "is not areas/M49_ and the three digits of a region"},
           {[](v1::Area& a) { a.clear_display_name(); }, "area.display_name", "is required"},
           {[](v1::Area& a) { a.set_alpha2_code("M"); }, "area.alpha2_code",
            "\"M\" is not two capital letters"},
           {[](v1::Area& a) { a.set_alpha2_code("m1"); }, "area.alpha2_code", "\"m1\""},
           {[](v1::Area& a) { a.set_numeric_code("98"); }, "area.numeric_code",
            "\"98\" is not three digits"},
           {[](v1::Area& a) { a.mutable_names(0)->set_language("e_s"); }, "area.names[0].language",
            "\"e_s\" is not a language tag"},
           {[](v1::Area& a) { a.mutable_names(1)->clear_text(); }, "area.names[1].text",
            "is required"},
           {[](v1::Area& a) { a.add_aliases(""); }, "area.aliases[1]", "is required"},
           {[](v1::Area& a) { a.mutable_withdrawn()->set_text("then"); }, "area.withdrawn",
            "\"then\" is not a date"},
           {[](v1::Area& a) { a.clear_citations(); }, "area.citations", "is required"},
       }) {
    v1::Area area = Moldova();
    c.change(area);
    EXPECT_THAT(CheckArea(area, "area"),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)),
                      HasFieldViolation(c.field)));
  }
}

}  // namespace
}  // namespace corridor::memberstates
