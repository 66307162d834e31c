#include "platform/text/fold.h"

#include <vector>

#include "gtest/gtest.h"

namespace corridor {
namespace {

TEST(FoldNameTest, CaseAccentsPunctuationAndSpacingDoNotCount) {
  struct Case {
    std::string_view name, folded;
  };
  for (const Case& c : std::vector<Case>{
           {"Moldavia", "moldavia"},
           {"MOLDAVIA", "moldavia"},
           {"Côte d'Ivoire", "cote d ivoire"},
           {"CÔTE D’IVOIRE", "cote d ivoire"},
           {"Co\xCC\x82te d-Ivoire", "cote d ivoire"},
           {"Moldova, Republic of", "moldova republic of"},
           {"  Guinea -\t Bissau. ", "guinea bissau"},
           {"Großbritannien", "grossbritannien"},
           {"İran", "iran"},
           {"São Tomé & Príncipe", "sao tome principe"},
           {"M49_143", "m49 143"},
           {"498", "498"},
           {"４９８", "498"},
           {"Việt Nam", "viet nam"},
           {"Ελλάδα", "ελλαδα"},
           {"Україна", "украіна"},
           {"", ""},
           {" ,.- ", ""},
       }) {
    EXPECT_EQ(FoldName(c.name), c.folded) << c.name;
  }
}

TEST(FoldNameTest, MarksThatTellNamesApartStay) {
  EXPECT_NE(FoldName("ガーナ"), FoldName("カーナ"));
  EXPECT_NE(FoldName("नेपाल"), FoldName("नपल"));
  EXPECT_NE(FoldName("คูเวต"), FoldName("คเวต"));
  EXPECT_EQ(FoldName("مِصر"), FoldName("مصر"));
}

TEST(FoldNameTest, MalformedTextIsFoldedToReplacementCharacters) {
  EXPECT_EQ(FoldName("A\xFF"), "a\xEF\xBF\xBD");
}

TEST(FoldNameTest, FoldingTwiceChangesNothing) {
  for (const std::string_view name : {"Côte d’Ivoire", "Ångström", "ﬃ ½", "ǰ Ϊ", "ͅ"}) {
    EXPECT_EQ(FoldName(FoldName(name)), FoldName(name)) << name;
  }
}

}  // namespace
}  // namespace corridor
