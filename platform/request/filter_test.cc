#include "platform/request/filter.h"

#include <map>

#include "corridor/memberstates/v1/area.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::VariantWith;

const std::vector<FilterField>& Fields() {
  static const auto* fields = new std::vector<FilterField>{
      {.name = "code", .column = "a.code"},
      {.name = "display_name", .column = "a.display_name"},
      {.name = "kind",
       .column = "a.kind",
       .type = FilterField::Type::kEnum,
       .choices = ChoicesOf(memberstates::v1::Area::Kind_descriptor())},
      {.name = "year", .column = "a.year", .type = FilterField::Type::kInteger},
  };
  return *fields;
}

std::string Sql(std::string_view filter, int first_param = 1) {
  const absl::StatusOr<Filter> parsed = Filter::Parse(filter, Fields());
  if (!parsed.ok()) return parsed.status().ToString();
  return parsed->ToSql(first_param).condition;
}

bool Passes(std::string_view filter, const std::map<std::string, FilterValue>& values) {
  const absl::StatusOr<Filter> parsed = Filter::Parse(filter, Fields());
  EXPECT_OK(parsed) << filter;
  return parsed.ok() &&
         parsed->Passes([&](std::string_view name) { return values.at(std::string(name)); });
}

TEST(FilterTest, AnEmptyFilterPassesEverything) {
  for (const char* filter : {"", "  ", "\t\n"}) {
    ASSERT_OK_AND_ASSIGN(const Filter parsed, Filter::Parse(filter, Fields()));
    EXPECT_TRUE(parsed.empty());
    EXPECT_EQ(parsed.ToSql(1).condition, "1 = 1");
    EXPECT_THAT(parsed.ToSql(1).values, IsEmpty());
    EXPECT_TRUE(parsed.Passes([](std::string_view) { return FilterValue(); }));
  }
}

TEST(FilterTest, ValuesAreBoundNotWritten) {
  ASSERT_OK_AND_ASSIGN(
      const Filter filter,
      Filter::Parse("code = \"x'; DROP\" AND (year != -3 OR NOT kind:COUNTRY)", Fields()));
  const FilterSql sql = filter.ToSql(4);
  EXPECT_EQ(sql.condition, "(a.code = ?4 AND (NOT (a.year = ?5) OR NOT (a.kind = ?6)))");
  EXPECT_THAT(sql.values,
              ElementsAre(VariantWith<std::string>("x'; DROP"), VariantWith<int64_t>(-3),
                          VariantWith<int64_t>(memberstates::v1::Area::COUNTRY)));
  std::vector<store::Param> params = {int64_t{9}};
  sql.AppendTo(params);
  EXPECT_THAT(params,
              ElementsAre(VariantWith<int64_t>(9), VariantWith<std::string_view>("x'; DROP"),
                          VariantWith<int64_t>(-3), VariantWith<int64_t>(3)));
}

TEST(FilterTest, OrBindsTighterThanAndAndJuxtapositionIsAnd) {
  EXPECT_EQ(Sql("year = 1 AND year = 2 OR year = 3"),
            "(a.year = ?1 AND (a.year = ?2 OR a.year = ?3))");
  EXPECT_EQ(Sql("year=1 year=2 OR year=3 AND year=4"),
            "(a.year = ?1 AND (a.year = ?2 OR a.year = ?3) AND a.year = ?4)");
  EXPECT_EQ(Sql("((year=1))"), "a.year = ?1");
}

TEST(FilterTest, EveryOperatorHasItsSql) {
  const std::pair<const char*, const char*> cases[] = {
      {"year = 1", "a.year = ?1"},
      {"year != 1", "NOT (a.year = ?1)"},
      {"year < 1", "a.year < ?1"},
      {"year <= 1", "a.year <= ?1"},
      {"year > 1", "a.year > ?1"},
      {"year >= 1", "a.year >= ?1"},
      {"year:1", "a.year = ?1"},
      {"-year = 1", "NOT (a.year = ?1)"},
      {"-(year = 1)", "NOT (a.year = ?1)"},
      {"NOT year = 1", "NOT (a.year = ?1)"},
      {"kind = WORLD", "a.kind = ?1"},
      {"kind:*", "a.kind <> ?1"},
      {"code = 'A'", "a.code = ?1"},
      {"code >= A", "a.code >= ?1"},
      {"code:A", "replace(lower(a.code), ?1, '') <> lower(a.code)"},
      {"code = \"A*\"", "substr(a.code, 1, length(?1)) = ?1"},
      {"code = *A", "substr(a.code, length(a.code) - length(?1) + 1) = ?1"},
      {"code = \"*A*\"", "replace(a.code, ?1, '') <> a.code"},
      {"code != \"A*\"", "NOT (substr(a.code, 1, length(?1)) = ?1)"},
      {"code = *", "a.code <> ?1"},
      {"code = \"\"", "a.code = ?1"},
      {"code:\"\"", "a.code = ?1"},
  };
  for (const auto& [filter, sql] : cases) EXPECT_EQ(Sql(filter), sql) << filter;
}

TEST(FilterTest, AnEscapedStarIsACharacter) {
  ASSERT_OK_AND_ASSIGN(const Filter filter, Filter::Parse(R"(code = "\*a\*b\"\\'")", Fields()));
  EXPECT_THAT(filter.ToSql(1).values, ElementsAre(VariantWith<std::string>(R"(*a*b"\')")));
  EXPECT_EQ(filter.ToSql(1).condition, "a.code = ?1");
}

TEST(FilterTest, ValuesAtHandAreTested) {
  const std::map<std::string, FilterValue> armenia = {
      {"code", "ARM"},
      {"display_name", "Armenia"},
      {"kind", int64_t{memberstates::v1::Area::COUNTRY}},
      {"year", int64_t{1993}}};
  for (const char* filter :
       {"code = ARM", "code != GEO", "code = A*", "code = *M", "code = *R*", "display_name:MEN",
        "kind = COUNTRY year > 1992", "year >= 1993 year <= 1993 year < 1994", "NOT kind = GROUP",
        "code = GEO OR kind = COUNTRY", "code > ARL", "display_name:*"}) {
    EXPECT_TRUE(Passes(filter, armenia)) << filter;
    EXPECT_FALSE(Passes("NOT (" + std::string(filter) + ")", armenia)) << filter;
  }
}

TEST(FilterTest, AnUnknownFieldIsRefusedWithTheNearest) {
  EXPECT_THAT(
      Filter::Parse("year = 1 AND displayname = \"x\"", Fields()),
      AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                     "filter: \"year = 1 AND displayname = \"x\"\" is wrong at character 14: there "
                     "is no field \"displayname\"; the nearest is \"display_name\""),
            HasFieldViolation("filter")));
}

TEST(FilterTest, AnUnknownChoiceIsRefusedWithTheNearest) {
  EXPECT_THAT(
      Filter::Parse("kind = COUNTRI", Fields()),
      StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr("WORLD, REGION, COUNTRY"),
                                                         HasSubstr("the nearest is \"COUNTRY\""))));
  EXPECT_THAT(Filter::Parse("kind = KIND_UNSPECIFIED", Fields()), HasFieldViolation("filter"));
}

TEST(FilterTest, EveryMistakeIsNamedWhereItIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"ARM", "character 4: expected one of = != < <= > >= :"},
      {"code =", "character 7: expected a value"},
      {"code = (ARM)", "character 8: expected a value"},
      {"= ARM", "character 1: expected a field"},
      {"code = ARM AND", "character 15: expected a field"},
      {"code = ARM OR", "character 14: expected a field"},
      {"NOT", "character 4: expected a field"},
      {"NOT NOT year = 1", "character 5: expected a field"},
      {"-", "character 2: expected a field"},
      {"AND", "character 1: expected a field"},
      {"(year = 1", "character 10: expected `)`"},
      {"year = 1)", "character 9: expected the end"},
      {"()", "character 2: expected a field"},
      {"code = \"ARM", "character 8: this quote is not closed"},
      {"code = \"ARM\\", "character 8: this quote is not closed"},
      {"code = \"\\n\"", "character 10: only \\, quotes and *"},
      {"code = A*M", "character 10: `*` may stand at either end"},
      {"code = A**", "character 10: `*` may stand once"},
      {"code = 2018-01-01T00:00", "character 21: a value that holds this character has to be"},
      {"year = one", "character 1: \"year\" is a whole number, not \"one\""},
      {"year = 99999999999999999999", "is a whole number"},
      {"year = 1*", "takes no `*` within a value"},
      {"year < *", "takes = != and : only"},
      {"kind < COUNTRY", "takes = != and : only"},
      {"code < A*", "takes = != and : only"},
      {"f(x)", "character 2: expected one of"},
      {"code, year", "character 5: this character has to be quoted"},
      {"code ! year", "character 6: this character has to be quoted"},
      {"\"code\" = 1", "character 1: expected a field"},
  };
  for (const auto& [filter, why] : cases) {
    EXPECT_THAT(Filter::Parse(filter, Fields()),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)),
                      HasFieldViolation("filter")))
        << filter;
  }
}

TEST(FilterTest, SizeDepthAndNumberAreLimited) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '(') + "year = 1" + std::string(depth, ')');
  };
  EXPECT_OK(Filter::Parse(nested(32), Fields()));
  EXPECT_THAT(Filter::Parse(nested(33), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nest deeper than 32")));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "year=1 ";
  EXPECT_OK(Filter::Parse(many, Fields()));
  EXPECT_THAT(Filter::Parse(many + "year=1", Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more than 100 comparisons")));
  EXPECT_THAT(Filter::Parse(std::string(4097, ' '), Fields()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("longer than 4096 bytes")));
  EXPECT_THAT(
      Filter::Parse(std::string_view("code = \"\0\"", 10), Fields()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("character 9: this is a NUL")));
}

}  // namespace
}  // namespace corridor
