#include "gateway/docs/comments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/docs/testdata/contracts.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CommentsTest : public ::testing::Test {
 protected:
  MethodText TextOf(const std::string& method) {
    return comments_.OfMethod(
        *contract_.pool().FindMethodByName("documented.shop.v1.Things." + method));
  }
  // `NOT_FOUND: no such thing`.
  std::vector<std::string> ErrorsOf(const std::string& method) {
    std::vector<std::string> lines;
    for (const NamedError& error : TextOf(method).errors) {
      lines.push_back(absl::StrCat(std::string(CodeName(error.code)), ": ", error.reason));
    }
    return lines;
  }
  std::string FieldText(const std::string& message, const std::string& field) {
    return comments_.Of(
        *contract_.pool().FindFieldByName("documented.shop.v1." + message + "." + field));
  }

  const ContractPool contract_{DocumentedContract()};
  const Comments comments_{contract_.files()};
};

TEST_F(CommentsTest, AMethodIsSummedUpByItsFirstSentence) {
  const MethodText text = TextOf("GetThing");
  EXPECT_EQ(text.summary, "Answers one thing, e.g. a lamp (if any. There may be none).");
  EXPECT_EQ(text.description, "It costs nothing.\n\nSee `shelfNumber`.");
}

TEST_F(CommentsTest, WhatIsNoSentenceIsTheWholeSummary) {
  EXPECT_EQ(TextOf("WatchThings").summary, "Errors are never made here");
  EXPECT_THAT(ErrorsOf("WatchThings"), IsEmpty());
}

TEST_F(CommentsTest, AMethodWithoutACommentHasNoText) {
  const MethodText text = TextOf("Silent");
  EXPECT_EQ(text.summary, "");
  EXPECT_EQ(text.description, "");
}

TEST_F(CommentsTest, ErrorsComeWithTheirReasons) {
  EXPECT_THAT(ErrorsOf("GetThing"),
              ElementsAre("NOT_FOUND: no such thing", "INVALID_ARGUMENT: `shelfNumber`, `name`",
                          "OUT_OF_RANGE: "));
}

TEST_F(CommentsTest, AnErrorThatIsNamedTwiceHasBothReasons) {
  EXPECT_THAT(ErrorsOf("CreateThing"),
              ElementsAre("ALREADY_EXISTS: ",
                          "INVALID_ARGUMENT: naming the entry, field and value; too heavy"));
}

TEST_F(CommentsTest, ErrorsMayBeThoseOfAnotherMethod) {
  EXPECT_THAT(ErrorsOf("BatchCreateThings"),
              ElementsAre("ALREADY_EXISTS: in their order",
                          "INVALID_ARGUMENT: naming the entry, field and value; too heavy, "
                          "in their order",
                          "NOT_FOUND: no such thing", "OUT_OF_RANGE: "));
}

TEST_F(CommentsTest, FieldsInBackticksAreSpelledAsJsonSpellsThem) {
  EXPECT_EQ(FieldText("GetThingRequest", "shelf_number"),
            "See `shelfNumber` of Thing, or `other_words`.");
}

// They are AIP-160's own, and know no other spelling.
TEST_F(CommentsTest, FieldsOfAFilterAreSpelledAsTheyAre) {
  EXPECT_EQ(FieldText("GetThingRequest", "filter"), "AIP-160 filter over `shelf_number`.");
}

TEST(FirstSentenceTest, EndsAtAPeriodThatABlankFollows) {
  const struct {
    std::string text, sentence;
  } cases[] = {
      {"", ""},
      {"One. Two.", "One."},
      {"One", "One"},
      {"Version 1.5 of `a. b`. Two.", "Version 1.5 of `a. b`."},
      {"Some, e.g. these, i.e. those. Two.", "Some, e.g. these, i.e. those."},
      {"With (a. b) more. Two.", "With (a. b) more."},
      {"A list:\n\n- one. - two.", "A list:"},
  };
  for (const auto& c : cases) EXPECT_EQ(FirstSentence(c.text), c.sentence) << c.text;
}

}  // namespace
}  // namespace corridor::gateway
