// A filter's SQL, run by the store, selects exactly what the filter passes.
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/request/filter.h"
#include "platform/store/database.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor {
namespace {

struct Thing {
  std::string code;
  int64_t kind = 0;
  int64_t year = 0;
};

const std::vector<FilterField>& Fields() {
  static const auto* fields = new std::vector<FilterField>{
      {.name = "code", .column = "code"},
      {.name = "kind",
       .column = "kind",
       .type = FilterField::Type::kEnum,
       .choices = {{"COUNTRY", int64_t{1}}, {"GROUP", int64_t{2}}}},
      {.name = "year", .column = "year", .type = FilterField::Type::kInteger},
  };
  return *fields;
}

class FilterSqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, test_database_.Open());
    const absl::Time deadline = absl::InfiniteFuture();
    ASSERT_OK_AND_ASSIGN(auto writing, database_->Write(deadline));
    ASSERT_OK(writing->ExecuteScript(
        "CREATE TABLE things (id INTEGER NOT NULL, code TEXT NOT NULL, kind INTEGER NOT NULL, "
        "year INTEGER NOT NULL);"));
    for (const char* code : {"", "A", "ARM", "arm", "ARMARM", "MRA", "*A", "A*", "100%", "a_b", "É",
                             "éA", "a\"b", "a'b", "a\\b", "AzE", "  "}) {
      for (const int64_t kind : {0, 1, 2}) {
        things_.push_back({code, kind, static_cast<int64_t>(things_.size()) * 7 % 5 - 1});
        const Thing& thing = things_.back();
        const auto id = static_cast<int64_t>(things_.size()) - 1;
        ASSERT_OK(writing->Execute("INSERT INTO things VALUES (?1, ?2, ?3, ?4)",
                                   {id, std::string_view(thing.code), thing.kind, thing.year}));
      }
    }
    ASSERT_OK(writing->Commit());
  }

  std::vector<int64_t> Selected(const Filter& filter) {
    const FilterSql sql = filter.ToSql(2);
    std::vector<store::Param> params = {int64_t{-1}};
    sql.AppendTo(params);
    std::vector<int64_t> ids;
    auto snapshot = database_->Read(absl::InfiniteFuture());
    EXPECT_OK(snapshot);
    EXPECT_OK((*snapshot)->Query(
        absl::StrCat("SELECT id FROM things WHERE id > ?1 AND ", sql.condition, " ORDER BY id"),
        params, [&](const store::Row& row) {
          ids.push_back(row.Int(0));
          return absl::OkStatus();
        }));
    return ids;
  }

  std::vector<int64_t> Passing(const Filter& filter) const {
    std::vector<int64_t> ids;
    for (size_t i = 0; i < things_.size(); ++i) {
      const Thing& thing = things_[i];
      const bool passes = filter.Passes([&](std::string_view name) {
        return name == "code"   ? FilterValue(thing.code)
               : name == "kind" ? FilterValue(thing.kind)
                                : FilterValue(thing.year);
      });
      if (passes) ids.push_back(static_cast<int64_t>(i));
    }
    return ids;
  }

  TestDatabase test_database_;
  std::unique_ptr<store::Database> database_;
  std::vector<Thing> things_;
};

// Filters of random shape; some are none.
class FilterWriter {
 public:
  explicit FilterWriter(unsigned seed) : random_(seed) {}

  std::string Write(int depth) {
    std::vector<std::string> terms;
    for (int i = 0; i <= Below(3); ++i) {
      const std::string inner =
          depth > 0 && Below(3) == 0 ? absl::StrCat("(", Write(depth - 1), ")") : Comparison();
      terms.push_back(absl::StrCat(Of({"", "", "NOT ", "-"}), inner));
    }
    return absl::StrJoin(terms, Of({" AND ", " OR ", " "}));
  }

 private:
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string Of(const std::vector<std::string>& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int>(choices.size())))];
  }
  std::string Comparison() {
    const std::string op = Of({" = ", " != ", " < ", " <= ", " > ", " >= ", ":"});
    switch (Below(3)) {
      case 0:
        return absl::StrCat("year", op, Below(5) - 1);
      case 1:
        return absl::StrCat("kind", Of({" = ", " != ", ":"}), Of({"COUNTRY", "GROUP", "*"}));
      default:
        return absl::StrCat(
            "code", op, "\"", Of({"", "", "*"}),
            Of({"", "A", "ARM", "M", "é", "%", "_", "\\*", "\\\"", "'", "\\\\", " "}),
            Of({"", "", "*"}), "\"");
    }
  }

  std::mt19937 random_;
};

TEST_F(FilterSqlTest, TheStoreSelectsWhatTheFilterPasses) {
  int filters = 0, selective = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const std::string text = FilterWriter(seed).Write(2);
    const absl::StatusOr<Filter> filter = Filter::Parse(text, Fields());
    if (!filter.ok()) continue;  // E.g. `code < "A*"`.
    const std::vector<int64_t> passing = Passing(*filter);
    ASSERT_EQ(Selected(*filter), passing) << text << "\n" << filter->ToSql(2).condition;
    ++filters;
    if (!passing.empty() && passing.size() < things_.size()) ++selective;
  }
  EXPECT_GT(filters, 1000);
  EXPECT_GT(selective, 500);
}

TEST_F(FilterSqlTest, AnEmptyFilterSelectsAll) {
  ASSERT_OK_AND_ASSIGN(const Filter filter, Filter::Parse("", Fields()));
  EXPECT_EQ(Selected(filter).size(), things_.size());
}

}  // namespace
}  // namespace corridor
