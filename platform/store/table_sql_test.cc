#include "platform/store/table_sql.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::store {
namespace {

using ::testing::HasSubstr;

const TableSqls& Tables() {
  static const TableSqls tables = [] {
    TableSqls made;
    made.try_emplace("areas", Table{"areas", {"code"}, {"name"}});
    return made;
  }();
  return tables;
}

std::string AreasAt(int parameter) {
  const std::string at = absl::StrCat("?", parameter);
  return "(SELECT code, name, from_version FROM areas WHERE from_version <= " + at +
         " UNION ALL SELECT code, name, from_version FROM areas_history WHERE from_version <= " +
         at + " AND to_version > " + at + ")";
}

TEST(ExpandTablesTest, ATableIsItselfAtTheHeadAndCurrentWithHistoryElsewhere) {
  ASSERT_OK_AND_ASSIGN(const Question question,
                       ExpandTables("SELECT name FROM {areas} WHERE areas.code = ?1", 1, Tables()));
  EXPECT_EQ(question.at_head, "SELECT name FROM areas WHERE areas.code = ?1");
  EXPECT_EQ(question.at_version,
            "SELECT name FROM " + AreasAt(2) + " AS areas WHERE areas.code = ?1");
  EXPECT_TRUE(question.takes_version);
}

TEST(ExpandTablesTest, AnAliasOfTheQuestionIsKept) {
  for (const std::string alias : {" a", " AS a", "\n  left_area"}) {
    ASSERT_OK_AND_ASSIGN(const Question question,
                         ExpandTables("SELECT 1 FROM {areas}" + alias, 0, Tables()));
    EXPECT_EQ(question.at_version, "SELECT 1 FROM " + AreasAt(1) + alias);
  }
  for (const std::string rest : {"", ")", ", x", " LEFT JOIN x", "\nwhere 1", " ORDER BY 1"}) {
    ASSERT_OK_AND_ASSIGN(const Question question,
                         ExpandTables("SELECT 1 FROM {areas}" + rest, 0, Tables()));
    EXPECT_EQ(question.at_version, "SELECT 1 FROM " + AreasAt(1) + " AS areas" + rest);
  }
}

TEST(ExpandTablesTest, AListHasAFormForVersionsNotLongAgo) {
  ASSERT_OK_AND_ASSIGN(const Question list,
                       ExpandTables("SELECT name FROM {areas} ORDER BY name", 0, Tables()));
  EXPECT_EQ(list.at_recent_version,
            "SELECT name FROM (SELECT code, name, from_version FROM areas WHERE from_version <= ?1 "
            "UNION ALL SELECT code, name, from_version FROM (WITH ended AS MATERIALIZED (SELECT "
            "code, name, from_version FROM areas_history WHERE from_version <= ?1 AND to_version > "
            "?1) SELECT * FROM ended) AS ended) AS areas ORDER BY name");
  EXPECT_EQ(list.tables.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const Question point, ExpandTables("SELECT 1 FROM {areas}", 0, Tables()));
  EXPECT_EQ(point.at_recent_version, "");
}

TEST(ExpandTablesTest, BracesWithinQuotesStay) {
  ASSERT_OK_AND_ASSIGN(const Question question, ExpandTables("SELECT '{areas}'", 0, Tables()));
  EXPECT_EQ(question.at_version, "SELECT '{areas}'");
  EXPECT_FALSE(question.takes_version);
}

TEST(ExpandTablesTest, UnknownTablesAndOpenBracesAreOurMistake) {
  EXPECT_THAT(ExpandTables("SELECT 1 FROM {spells}", 0, Tables()),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("{spells} is no versioned table")));
  EXPECT_THAT(ExpandTables("SELECT 1 FROM {areas", 0, Tables()),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("a brace is left open")));
}

TEST(QuestionsTest, OneTextHasOneNumberOfParameters) {
  Questions questions(Tables());
  ASSERT_OK_AND_ASSIGN(const auto first, questions.Get("SELECT 1 FROM {areas}", 0));
  EXPECT_THAT(questions.Get("SELECT 1 FROM {areas}", 0), IsOkAndHolds(first));
  EXPECT_THAT(questions.Get("SELECT 1 FROM {areas}", 1),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("1 parameters given for 0")));
}

}  // namespace
}  // namespace corridor::store
