#include "gateway/docs/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAreArray;

TEST(AddressTest, TemplatesBecomePathsOfOneParameterASegment) {
  const struct {
    std::string path;
    std::vector<std::string> field_names;
    std::string address;
    std::vector<std::string> variables;
    std::string shape;
  } cases[] = {
      {"/v1/areas", {}, "/v1/areas", {}, "/v1/areas"},
      {"/v1/{name=areas/*}", {"name"}, "/v1/areas/{area}", {"areas/{area}"}, "/v1/areas/{}"},
      {"/v1/{name=areas/*/members/*}:restore",
       {"name"},
       "/v1/areas/{area}/members/{member}:restore",
       {"areas/{area}/members/{member}"},
       "/v1/areas/{}/members/{}:restore"},
      {"/v1/{parent=activities/*}/series:count",
       {"parent"},
       "/v1/activities/{activity}/series:count",
       {"activities/{activity}"},
       "/v1/activities/{}/series:count"},
      {"/v1/compare/{left}/{position.row}",
       {"left", "position.row"},
       "/v1/compare/{left}/{position.row}",
       {"{left}", "{position.row}"},
       "/v1/compare/{}/{}"},
      {"/v1/{name=files/**}:purge",
       {"name"},
       "/v1/files/{file}:purge",
       {"files/{file}"},
       "/v1/files/{}:purge"},
      {"/v1/areas/*/{name=areas/*/*}",
       {"name"},
       "/v1/areas/{area}/areas/{area2}/{segment}",
       {"areas/{area2}/{segment}"},
       "/v1/areas/{}/areas/{}/{}"},
      {"/v1/{collection=memberStates}:count",
       {"collection"},
       "/v1/memberStates:count",
       {"memberStates"},
       "/v1/memberStates:count"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.path);
    ASSERT_OK_AND_ASSIGN(const PathTemplate path, PathTemplate::Parse(c.path));
    const Address address = AddressOf(path, c.field_names);
    EXPECT_EQ(address.path, c.address);
    EXPECT_THAT(address.variables, ElementsAreArray(c.variables));
    EXPECT_EQ(address.shape, c.shape);
  }
}

TEST(AddressTest, AParameterKnowsWhatItIsAPartOf) {
  ASSERT_OK_AND_ASSIGN(const PathTemplate path, PathTemplate::Parse("/v1/{a}/*/{b=files/**}"));
  const Address address = AddressOf(path, {"a", "b"});
  ASSERT_EQ(address.parameters.size(), 3u);
  EXPECT_EQ(address.parameters[0].variable, 0u);
  EXPECT_TRUE(address.parameters[0].is_whole);
  EXPECT_EQ(address.parameters[1].variable, std::nullopt);
  EXPECT_FALSE(address.parameters[1].is_whole);
  EXPECT_EQ(address.parameters[2].variable, 1u);
  EXPECT_FALSE(address.parameters[2].is_whole);
  EXPECT_TRUE(address.parameters[2].is_rest);
}

TEST(AddressTest, CollectionsHaveASingular) {
  EXPECT_EQ(SingularOf("areas"), "area");
  EXPECT_EQ(SingularOf("activities"), "activity");
  EXPECT_EQ(SingularOf("series"), "series");
  EXPECT_EQ(SingularOf("staff"), "staff");
}

}  // namespace
}  // namespace corridor::gateway
