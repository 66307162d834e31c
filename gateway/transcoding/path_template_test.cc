// Templates that google.api.http allows, those that it does not, and what their variables capture.
#include "gateway/transcoding/path_template.h"

#include <string>
#include <vector>

#include "gateway/transcoding/routes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

// A template's parts on one line: segments, `name[first+count]` of variables (`..` when to the
// end), `:verb`.
std::string Parts(const PathTemplate& path) {
  std::string parts;
  for (const PathTemplate::Segment& segment : path.segments) {
    switch (segment.kind) {
      case PathTemplate::Segment::Kind::kLiteral:
        parts += "/" + segment.literal;
        break;
      case PathTemplate::Segment::Kind::kAny:
        parts += "/*";
        break;
      case PathTemplate::Segment::Kind::kRest:
        parts += "/**";
        break;
    }
  }
  for (const PathTemplate::Variable& variable : path.variables) {
    parts += " " + variable.field_path + "[" + std::to_string(variable.first) + "+" +
             std::to_string(variable.count) + (variable.to_end ? "..]" : "]");
  }
  if (!path.verb.empty()) parts += " :" + path.verb;
  return parts;
}

TEST(PathTemplateTest, ReadsEveryFormOfTheGrammar) {
  constexpr struct {
    const char* text;
    const char* parts;
  } kCases[] = {
      {"/healthz", "/healthz"},
      {"/v1/areas", "/v1/areas"},
      {"/v1/*", "/v1/*"},
      {"/**", "/**"},
      {"/v1/**", "/v1/**"},
      {"/v1/{name}", "/v1/* name[1+1]"},
      {"/v1/{name=*}", "/v1/* name[1+1]"},
      {"/v1/{name=**}", "/v1/** name[1+1..]"},
      {"/v1/{name=areas/*}", "/v1/areas/* name[1+2]"},
      {"/v1/{name=areas/*/members/*}", "/v1/areas/*/members/* name[1+4]"},
      {"/v1/{name=files/**}", "/v1/files/** name[1+2..]"},
      {"/v1/{collection=memberStates}", "/v1/memberStates collection[1+1]"},
      {"/v1/{collection=memberStates}:count", "/v1/memberStates collection[1+1] :count"},
      {"/v1/{membership.name=organisations/*/memberships/*}",
       "/v1/organisations/*/memberships/* membership.name[1+4]"},
      {"/v1/{a}/x/{b.c_d}/{e=y/*}", "/v1/*/x/*/y/* a[1+1] b.c_d[3+1] e[4+2]"},
      {"/v1/areas:resolve", "/v1/areas :resolve"},
      {"/v1/{name=files/**}:purge", "/v1/files/** name[1+2..] :purge"},
      {"/v1/a%20b/%7Bc%7D", "/v1/a b/{c}"},
      {"/v1.2/a-b_c~d", "/v1.2/a-b_c~d"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    absl::StatusOr<PathTemplate> path = PathTemplate::Parse(test.text);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(Parts(*path), test.parts);
    EXPECT_EQ(path->text, test.text);
  }
}

TEST(PathTemplateTest, RefusesWhatTheGrammarDoesNotHaveAndSaysWhere) {
  constexpr struct {
    const char* text;
    const char* why;
  } kCases[] = {
      {"", "must begin with /, at character 1"},
      {"v1/areas", "must begin with /, at character 1"},
      {"/", "lacks a segment, at character 2"},
      {"/v1/", "lacks a segment, at character 5"},
      {"/v1//areas", "lacks a segment, at character 5"},
      {"/v1/**/areas", "has ** before its end"},
      {"/v1/{name=**}/areas", "has ** before its end"},
      {"/v1/***", "has something after its end, at character 7"},
      {"/v1/a*", "has something after its end, at character 6"},
      {"/v1/{name", "has a variable that does not end with }, at character 10"},
      {"/v1/{name=areas/*", "has a variable that does not end with }"},
      {"/v1/{}", "has a variable without a field name, at character 6"},
      {"/v1/{1name}", "has a variable without a field name"},
      {"/v1/{area.}", "has a variable without a field name"},
      {"/v1/{.name}", "has a variable without a field name"},
      {"/v1/{a-b}", "has a variable that does not end with }"},
      {"/v1/{name=}", "lacks a segment"},
      {"/v1/{name=areas/}", "lacks a segment"},
      {"/v1/{name={other}}", "has a variable within a variable"},
      {"/v1/{name=areas/{other}}", "has a variable within a variable"},
      {"/v1/{name}/{name}", "binds a field twice"},
      {"/v1/{a}{b}", "has something after its end"},
      {"/v1/areas:", "lacks a segment"},
      {"/v1/areas:a:b", "has something after its end"},
      {"/v1/areas:a/b", "has something after its end"},
      {"/v1/areas?x", "has something after its end"},
      {"/v1/a%2", "has a bad percent-escape"},
      {"/v1/a b", "has something after its end"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.text);
    EXPECT_THAT(PathTemplate::Parse(test.text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.why)));
  }
}

// What the first variable of `path_template` captures in `path`.
absl::StatusOr<std::string> Captured(const char* path_template, std::string_view path) {
  absl::StatusOr<PathTemplate> parsed = PathTemplate::Parse(path_template);
  absl::StatusOr<Routes> routes = Routes::Create({{"GET", *parsed, "Test"}});
  Routes::Found found = routes->Find("GET", path);
  if (found.route != 0) return absl::NotFoundError("no match");
  return CapturedValue(parsed->variables[0], found.segments, "theName");
}

TEST(PathTemplateTest, DecodesWhatVariablesCapture) {
  constexpr struct {
    const char* path_template;
    const char* path;
    const char* value;
  } kCases[] = {
      {"/v1/{name=areas/*}", "/v1/areas/ARM", "areas/ARM"},
      {"/v1/{name=areas/*}", "/v1/areas/C%C3%B4te%20d'Ivoire", "areas/Côte d'Ivoire"},
      // A slash that is data: decoded where no separator can be meant, left where one could.
      {"/v1/{name}", "/v1/a%2Fb%2fc", "a/b/c"},
      {"/v1/{name=*}", "/v1/a%2Fb", "a/b"},
      {"/v1/{name=areas/*}", "/v1/areas/a%2Fb%2fc", "areas/a%2Fb%2fc"},
      {"/v1/{name=**}", "/v1/a%2Fb/c%21", "a%2Fb/c!"},
      // Every other reserved character is decoded in both.
      {"/v1/{name}", "/v1/%3A%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D",
       ":?#[]@!$&'()*+,;="},
      {"/v1/{name=a/*}", "/v1/a/%3A%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D",
       "a/:?#[]@!$&'()*+,;="},
      {"/v1/{name}", "/v1/a+b", "a+b"},
      {"/v1/{name}", "/v1/%2561", "%61"},
      {"/v1/{name=files/**}", "/v1/files", "files"},
      {"/v1/{name=files/**}", "/v1/files/", "files/"},
      {"/v1/{name=files/**}", "/v1/files/a/b//c", "files/a/b//c"},
      {"/v1/{name=**}", "/v1", ""},
      {"/v1/{collection=memberStates}", "/v1/memberStates", "memberStates"},
      {"/v1/{collection=memberStates}", "/v1/member%53tates", "memberStates"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.path);
    EXPECT_THAT(Captured(test.path_template, test.path), IsOkAndHolds(std::string(test.value)));
  }
}

TEST(PathTemplateTest, NamesTheVariableAndItsValueWhenItCannotBeDecoded) {
  for (const char* raw : {"a%", "a%2", "a%zz", "%%41", "%4"}) {
    SCOPED_TRACE(raw);
    EXPECT_THAT(Captured("/v1/{name}", "/v1/" + std::string(raw)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "theName: \"" + std::string(raw) + "\" has a bad percent-escape"));
  }
  EXPECT_THAT(Captured("/v1/{name=areas/*}", "/v1/areas/%FF"),
              StatusIs(absl::StatusCode::kInvalidArgument, "theName: \"areas/%FF\" is not UTF-8"));
}

}  // namespace
}  // namespace corridor::gateway
