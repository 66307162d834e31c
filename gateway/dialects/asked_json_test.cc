#include "gateway/dialects/asked_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

// `int64 enums defaults [fields] left-over query`, of what was asked.
std::string Read(const HttpHeaders& headers, std::string_view query, bool has_fields = false) {
  const absl::StatusOr<AskedJson> asked = ReadAskedJson(headers, query, has_fields);
  if (!asked.ok()) return std::string(asked.status().message());
  const JsonChoices& choices = asked->choices;
  return absl::StrCat(choices.int64_as_number ? "int64 " : "",
                      choices.enums_as_numbers ? "enums " : "",
                      choices.omit_defaults ? "omit " : "", "[", absl::StrJoin(choices.fields, " "),
                      "] ", asked->query);
}

TEST(AskedJsonTest, HeadersAndQueryChoose) {
  const struct {
    HttpHeaders headers;
    const char* query;
    const char* asked;
  } rows[] = {
      {{}, "", "[] "},
      {{}, "a=1&b=2", "[] a=1&b=2"},
      {{{"corridor-json", "int64=number, enums=number,defaults=omit"}}, "", "int64 enums omit [] "},
      {{{"corridor-json", "int64=string,,enums=name"}, {"corridor-json", "defaults=write"}},
       "",
       "[] "},
      {{{"corridor-fields", "areas.displayName, next_page_token"}},
       "",
       "[areas.displayName next_page_token] "},
      {{}, "$int64=number&a=1&$enums=number&$defaults=omit&b=2", "int64 enums omit [] a=1&b=2"},
      {{}, "%24int64=number", "int64 [] "},
      {{}, "fields=a,b.c&fields=d", "[a b.c d] "},
      {{}, "$fields=a%2Cb", "[a b] "},
      {{}, "fields=*", "[] "},
      {{}, "fields=a,*", "[] "},
      // The query goes before the headers, one by one.
      {{{"corridor-json", "int64=number, enums=number"}}, "$int64=string", "enums [] "},
      {{{"corridor-fields", "a"}}, "fields=b", "[b] "},
      {{{"corridor-fields", "a"}}, "fields=*", "[] "},
      // What is malformed is left to who reads the rest.
      {{}, "%zz=1&=2", "[] %zz=1&=2"},
  };
  for (const auto& row : rows) EXPECT_EQ(Read(row.headers, row.query), row.asked) << row.query;
}

TEST(AskedJsonTest, AParameterOfTheMethodsOwnWins) {
  EXPECT_EQ(Read({}, "fields=x&$fields=a", /*has_fields=*/true), "[a] fields=x");
}

TEST(AskedJsonTest, WhatIsNoChoiceIsNamed) {
  const struct {
    HttpHeaders headers;
    std::string query;
    const char* error;
  } rows[] = {
      {{}, "$int64=text", "$int64: \"text\" is for int64 neither string nor number"},
      {{}, "$enums=", "$enums: \"\" is for enums neither name nor number"},
      {{}, "$defaults", "$defaults: \"\" is for defaults neither write nor omit"},
      {{}, "$int64=number&$int64=number", "$int64: \"number\" is a second value for int64"},
      {{}, "$pretty=1", "$pretty: \"1\" is for \"pretty\", where there are only int64, enums and"},
      {{}, "$=1", "$: \"1\" is for \"\", where there are only"},
      {{}, "$int64=%zz", "$int64: \"%zz\" has a bad percent-escape"},
      {{}, "fields=", "fields: \"\" is not a list of fields parted by commas"},
      {{}, "fields=a,,b", "fields: \"a,,b\" is not a list of fields"},
      {{}, "fields=a..b", "fields: \"a..b\" is not a list of fields"},
      {{}, "$fields=a%20b", "$fields: \"a b\" is not a list of fields"},
      {{}, "fields=a(b)", "fields: \"a(b)\" is not a list of fields"},
      {{{"corridor-json", "int64"}}, "", "corridor-json: \"\" is for int64 neither"},
      {{{"corridor-json", "json=yes"}}, "", "corridor-json: \"yes\" is for \"json\""},
      {{{"corridor-fields", "a b"}}, "", "corridor-fields: \"a b\" is not a list"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Read(row.headers, row.query), HasSubstr(row.error)) << row.query;
  }
}

TEST(AskedJsonTest, TheFieldsAreBounded) {
  std::string most = "fields=a";
  for (int i = 1; i < 100; ++i) absl::StrAppend(&most, ",f", i);
  EXPECT_EQ(ReadAskedJson({}, most, false)->choices.fields.size(), 100U);
  EXPECT_THAT(Read({}, most + ",b"), HasSubstr("is more than 100 fields"));
}

}  // namespace
}  // namespace corridor::gateway
