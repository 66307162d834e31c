#include "platform/text/csv.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kColumns[] = {"code", "name"};

absl::StatusOr<CsvTable> Parse(std::string_view text) {
  return ParseCsv(text, "areas.csv", kColumns);
}

TEST(CsvTest, FieldsAreFoundByTheNameOfTheirColumn) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, Parse("name,code\nArmenia,ARM\nGeorgia,GEO\n"));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.Get(table.rows[0], "code"), "ARM");
  EXPECT_EQ(table.Get(table.rows[1], "name"), "Georgia");
}

TEST(CsvTest, QuotedFieldsHoldCommasQuotesAndLineEnds) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table,
                       Parse("code,name\nA,\"x, \"\"y\"\"\nz\"\n\"B\",\"\"\n,last"));
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("A", "x, \"y\"\nz"));
  EXPECT_THAT(table.rows[1].fields, ElementsAre("B", ""));
  EXPECT_THAT(table.rows[2].fields, ElementsAre("", "last"));
  EXPECT_EQ(table.rows[0].line, 2);
  EXPECT_EQ(table.rows[1].line, 4);
}

TEST(CsvTest, ByteOrderMarkAndCarriageReturnsAreNotPartOfTheText) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, Parse("\xEF\xBB\xBF"
                                                   "code,name\r\nA,b\r\n"));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(table.rows[0].fields, ElementsAre("A", "b"));
}

TEST(CsvTest, MalformedFilesAreRefusedWithFileAndLine) {
  struct Case {
    std::string_view text, message;
  };
  for (const Case& c : {
           Case{"", "areas.csv:1: the header row is missing"},
           Case{"code,title\n", "areas.csv:1: unknown column \"title\""},
           Case{"code\n", "areas.csv:1: column \"name\" is missing"},
           Case{"code,name,code\n", "areas.csv:1: column \"code\" occurs twice"},
           Case{"code,name\nA\n", "areas.csv:2: 1 fields in place of 2"},
           Case{"code,name\nA,b,c\n", "areas.csv:2: 3 fields in place of 2"},
           Case{"code,name\n\n", "areas.csv:2: 1 fields in place of 2"},
           Case{"code,name\nA,\"b\n", "areas.csv:2: a quoted field that never ends"},
           Case{"code,name\nA,b\"c\n", "areas.csv:2: a quote inside a field"},
           Case{"code,name\nA,\"b\"c\n", "areas.csv:2: text after the end of a quoted field"},
           Case{"code,name\nA,b\rC,d\n", "areas.csv:2: a carriage return without a line feed"},
       }) {
    EXPECT_THAT(Parse(c.text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)))
        << c.text;
  }
}

TEST(CsvTest, AnErrorAboutACellNamesFileLineColumnAndValue) {
  ASSERT_OK_AND_ASSIGN(const CsvTable table, Parse("code,name\nA,b\n"));
  EXPECT_THAT(InvalidCell(table, table.rows[0], "name", "is too short"),
              StatusIs(absl::StatusCode::kInvalidArgument, "areas.csv:2: name \"b\" is too short"));
}

}  // namespace
}  // namespace corridor
