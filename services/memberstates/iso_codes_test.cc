#include "services/memberstates/iso_codes.h"

#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"

namespace corridor::memberstates {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::map<std::string, v1::Area> ByName() {
  std::map<std::string, v1::Area> areas;
  for (const v1::Area& area : IsoAreas().areas()) areas.emplace(area.name(), area);
  return areas;
}

TEST(IsoCodesTest, EveryCountryHasItsThreeCodesAndAName) {
  std::set<std::string> alpha2, numeric;
  for (const v1::Area& area : IsoAreas().areas()) {
    if (area.kind() != v1::Area::COUNTRY) continue;
    EXPECT_THAT(area.name(), SizeIs(9));
    EXPECT_FALSE(area.display_name().empty()) << area.name();
    EXPECT_THAT(area.numeric_code(), SizeIs(3)) << area.name();
    alpha2.insert(area.alpha2_code());
    numeric.insert(area.numeric_code());
  }
  EXPECT_THAT(alpha2, SizeIs(249));
  EXPECT_THAT(numeric, SizeIs(249));
}

TEST(IsoCodesTest, ACommonNameIsAnAlias) {
  const v1::Area moldova = ByName().at("areas/MDA");
  EXPECT_EQ(moldova.display_name(), "Moldova, Republic of");
  EXPECT_EQ(moldova.official_name(), "Republic of Moldova");
  EXPECT_EQ(moldova.alpha2_code(), "MD");
  EXPECT_EQ(moldova.numeric_code(), "498");
  EXPECT_THAT(moldova.aliases(), ElementsAre("Moldova"));
}

TEST(IsoCodesTest, NamesComeInManyLanguagesTaggedAsBcp47) {
  const v1::Area armenia = ByName().at("areas/ARM");
  EXPECT_GT(armenia.names_size(), 100);
  EXPECT_THAT(armenia.names(), Contains(EqualsProto("language: 'de' text: 'Armenien'")));
  EXPECT_THAT(armenia.names(), Contains(EqualsProto("language: 'pt-BR' text: 'Armênia'")));
  EXPECT_THAT(armenia.names(), Contains(EqualsProto("language: 'sr-Latn' text: 'Jermenija'")));
  EXPECT_THAT(ByName().at("areas/MDA").names(),
              Contains(EqualsProto("language: 'es' text: 'Moldavia'")));
}

TEST(IsoCodesTest, WithdrawnCodesSayWhenAndWhy) {
  const std::map<std::string, v1::Area> areas = ByName();
  EXPECT_THAT(areas, SizeIs(249 + 31));
  v1::Area antilles = areas.at("areas/ANT");
  antilles.clear_names();
  EXPECT_THAT(antilles, EqualsProto(R"pb(
                name: "areas/ANT"
                kind: FORMER_COUNTRY
                display_name: "Netherlands Antilles"
                alpha2_code: "AN"
                numeric_code: "530"
                aliases: "ANHH"
                description: "had numeric code 532 until Aruba split away in 1986"
                withdrawn { text: "2010-12-15" }
              )pb"));
}

TEST(IsoCodesTest, AFormerCountryWhoseCodeIsInUseHasFourLetters) {
  const std::map<std::string, v1::Area> areas = ByName();
  EXPECT_EQ(areas.at("areas/ATF").kind(), v1::Area::COUNTRY);
  EXPECT_EQ(areas.at("areas/FQHH").kind(), v1::Area::FORMER_COUNTRY);
}

}  // namespace
}  // namespace corridor::memberstates
