#include "platform/store/table_sql.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::store {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

const TableSqls& Tables() {
  static const TableSqls tables = [] {
    TableSqls made;
    made.try_emplace("areas", Table{"areas", {"code"}, {"name"}}, "rowid");
    return made;
  }();
  return tables;
}

std::string AreasAt(int parameter) {
  const std::string at = absl::StrCat("?", parameter);
  return "(SELECT code, name, from_version FROM areas WHERE from_version <= " + at +
         " UNION ALL SELECT code, name, from_version FROM areas_history WHERE to_version > " + at +
         " AND from_version <= " + at + ")";
}

TEST(ExpandTablesTest, ATableIsItselfAtTheHeadAndCurrentWithHistoryElsewhere) {
  ASSERT_OK_AND_ASSIGN(const Question question,
                       ExpandTables("SELECT name FROM {areas} WHERE areas.code = ?1", 1, Tables()));
  EXPECT_EQ(question.at_head, "SELECT name FROM areas WHERE areas.code = ?1");
  EXPECT_EQ(question.at_version[kRows],
            "SELECT name FROM " + AreasAt(2) + " AS areas WHERE areas.code = ?1");
  EXPECT_TRUE(question.takes_version);
  EXPECT_FALSE(question.is_list);
}

TEST(ExpandTablesTest, AnAliasOfTheQuestionIsKept) {
  for (const std::string alias : {" a", " AS a", "\n  left_area"}) {
    ASSERT_OK_AND_ASSIGN(const Question question,
                         ExpandTables("SELECT 1 FROM {areas}" + alias, 0, Tables()));
    EXPECT_EQ(question.at_version[kRows], "SELECT 1 FROM " + AreasAt(1) + alias);
  }
  for (const std::string rest : {"", ")", ", x", " LEFT JOIN x", "\nwhere 1", " ORDER BY 1"}) {
    ASSERT_OK_AND_ASSIGN(const Question question,
                         ExpandTables("SELECT 1 FROM {areas}" + rest, 0, Tables()));
    const size_t form = question.is_list ? ListForm(false, false) : kRows;
    EXPECT_THAT(question.at_version[form], EndsWith(") AS areas" + rest));
  }
}

TEST(ExpandTablesTest, AListHasFormsForFewRowsKeptAndFewRowsEnded) {
  ASSERT_OK_AND_ASSIGN(const Question list,
                       ExpandTables("SELECT name FROM {areas} ORDER BY name", 0, Tables()));
  EXPECT_TRUE(list.is_list);
  EXPECT_EQ(list.tables.size(), 1u);
  const std::string kept = "SELECT code, name, from_version FROM areas WHERE from_version <= ?1";
  const std::string ended =
      "SELECT at.code, ended.name, at.from_version FROM areas_history AS at JOIN areas_history AS "
      "ended ON ended.rowid = at.rowid WHERE at.to_version > ?1 AND at.from_version <= ?1";
  const auto few = [](const std::string& rows) {
    return "SELECT code, name, from_version FROM (WITH few AS MATERIALIZED (" + rows +
           ") SELECT * FROM few) AS few";
  };
  const std::string few_ended = few(
      "SELECT code, name, from_version FROM areas_history WHERE to_version > ?1 AND from_version "
      "<= ?1");
  const auto list_of = [](const std::string& kept_rows, const std::string& ended_rows) {
    return "SELECT name FROM (" + kept_rows + " UNION ALL " + ended_rows +
           ") AS areas ORDER BY name";
  };
  EXPECT_EQ(list.at_version[ListForm(false, false)], list_of(kept, ended));
  EXPECT_EQ(list.at_version[ListForm(false, true)], list_of(kept, few_ended));
  EXPECT_EQ(list.at_version[ListForm(true, false)], list_of(few(kept), ended));
  EXPECT_EQ(list.at_version[ListForm(true, true)], list_of(few(kept), few_ended));
  EXPECT_EQ(list.at_version[kRows], "");
}

TEST(ExpandTablesTest, AnEngineWithoutRowIdsIsLeftToMergeBothTables) {
  TableSqls tables;
  tables.try_emplace("areas", Table{"areas", {"code"}, {"name"}}, "");
  ASSERT_OK_AND_ASSIGN(const Question list,
                       ExpandTables("SELECT name FROM {areas} ORDER BY name", 0, tables));
  const std::string kept =
      "SELECT code, name, from_version, 9223372036854775807 AS to_version FROM areas";
  const std::string ended = "SELECT code, name, from_version, to_version FROM areas_history";
  const auto few = [](const std::string& rows) {
    return "SELECT code, name, from_version, to_version FROM (WITH few AS MATERIALIZED (" + rows +
           ") SELECT * FROM few) AS few";
  };
  const auto list_of = [](const std::string& kept_rows, const std::string& ended_rows) {
    return "SELECT name FROM (SELECT code, name, from_version FROM (" + kept_rows + " UNION ALL " +
           ended_rows +
           ") AS both_tables WHERE from_version <= ?1 AND to_version > ?1) AS areas ORDER BY name";
  };
  EXPECT_EQ(list.at_version[ListForm(false, false)], list_of(kept, ended));
  EXPECT_EQ(list.at_version[ListForm(true, true)], list_of(few(kept + " WHERE from_version <= ?1"),
                                                           few(ended + " WHERE to_version > ?1")));
  ASSERT_OK_AND_ASSIGN(const Question one, ExpandTables("SELECT name FROM {areas}", 0, tables));
  EXPECT_EQ(one.at_version[kRows] + " ORDER BY name", list_of(kept, ended));
}

TEST(ExpandTablesTest, BracesWithinQuotesStay) {
  ASSERT_OK_AND_ASSIGN(const Question question, ExpandTables("SELECT '{areas}'", 0, Tables()));
  EXPECT_EQ(question.at_version[kRows], "SELECT '{areas}'");
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
