// On the contracts themselves, with an example or two of one resource.
#include "gateway/docs/example_maker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/docs/learnt_values.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kPartner =
    R"({"name":"partners/SAVE","displayName":"Save","etag":"1-1"})";
constexpr std::string_view kTarget =
    R"({"name":"targets/T","due":{"text":"2015","earliest":"2015-01-01","latest":"2015-12-31"},)"
    R"("assessment":{"target":"targets/T"}})";
constexpr std::string_view kVersions =
    R"({"versions":[{"version":"3","change":{"name":"partners/OTHER","kind":"UPDATED",)"
    R"("fields":[{"path":"etag"}]},"resource":{"name":"partners/OTHER"}}]})";

class ExampleMakerTest : public ::testing::Test {
 protected:
  const Binding& BindingOf(const std::string& method) const {
    for (const Binding& binding : bindings_) {
      if (binding.method->full_name() == absl::StrCat("corridor.", method)) return binding;
    }
    ADD_FAILURE() << method;
    return bindings_.front();
  }
  static Address AddressOfBinding(const Binding& binding) {
    std::vector<std::string> names;
    for (const auto& chain : binding.variables) names.push_back(JsonPath(chain));
    return AddressOf(binding.path, names);
  }
  absl::Status Learn(const std::string& method, const Example& example) {
    const Binding& binding = BindingOf(method);
    const absl::Status answer = learnt_.LearnAnswer(example, binding);
    return answer.ok() ? learnt_.LearnRequest(example, binding, AddressOfBinding(binding)) : answer;
  }
  // The parameters as `partner=SAVE validateOnly=true`, and the whole of what else is shown.
  Shown Show(const std::string& method, std::string* parameters = nullptr) {
    const Binding& binding = BindingOf(method);
    const auto shown = ShowExample(learnt_, binding, AddressOfBinding(binding), nullptr);
    EXPECT_OK(shown);
    if (parameters != nullptr) {
      *parameters = absl::StrJoin(shown->parameters, " ", absl::PairFormatter("="));
    }
    return *shown;
  }
  void LearnPartner() {
    ASSERT_OK(Learn("programmes.v1.Partners.GetPartner", {"", "/v1/partners/SAVE", "", kPartner}));
  }

  const ContractPool contract_{CorridorContract()};
  const std::vector<Binding> bindings_ = *ReadBindings(contract_.files());
  LearntValues learnt_{contract_.files()};
};

TEST_F(ExampleMakerTest, APathNamesWhatThereIs) {
  LearnPartner();
  std::string parameters;
  const Shown read = Show("programmes.v1.Partners.GetPartner", &parameters);
  EXPECT_EQ(parameters, "partner=SAVE");
  EXPECT_EQ(read.body, "");
  EXPECT_THAT(read.answer, HasSubstr(R"("name":"partners/SAVE","displayName":"Save")"));
}

TEST_F(ExampleMakerTest, AChangeHasWhatMayBeWritten) {
  LearnPartner();
  std::string parameters;
  const Shown change = Show("programmes.v1.Partners.UpdatePartner", &parameters);
  EXPECT_EQ(parameters, "partner=SAVE validateOnly=true");
  EXPECT_EQ(change.body, R"({"name":"partners/SAVE","displayName":"Save"})");
  EXPECT_THAT(change.answer, HasSubstr(R"("etag":"1-1")"));
}

TEST_F(ExampleMakerTest, WhatIsOutputOnlyIsNotWritten) {
  ASSERT_OK(Learn("indicators.v1.Targets.GetTarget", {"", "/v1/targets/T", "", kTarget}));
  EXPECT_EQ(Show("indicators.v1.Targets.UpdateTarget").body,
            R"({"name":"targets/T","due":{"text":"2015"}})");
}

TEST_F(ExampleMakerTest, WhatIsCreatedIsNotThereYet) {
  LearnPartner();
  const Shown one = Show("programmes.v1.Partners.CreatePartner");
  EXPECT_EQ(one.body, R"({"name":"partners/SAVE_2","displayName":"Save"})");
  EXPECT_THAT(one.answer, HasSubstr(R"("name":"partners/SAVE_2")"));
  const Shown several = Show("programmes.v1.Partners.BatchCreatePartners");
  EXPECT_EQ(several.body,
            R"({"requests":[{"partner":{"name":"partners/SAVE_2","displayName":"Save"}}],)"
            R"("validateOnly":true})");
  EXPECT_THAT(several.answer, HasSubstr(R"({"partners":[{"name":"partners/SAVE_2")"));
}

TEST_F(ExampleMakerTest, ARequiredNameIsOfTheKindThatItsCommentSays) {
  LearnPartner();
  const Shown several = Show("programmes.v1.Partners.BatchDeletePartners");
  EXPECT_EQ(several.body, R"({"requests":[{"name":"partners/SAVE"}],"validateOnly":true})");
  EXPECT_EQ(several.answer, "{}");
}

TEST_F(ExampleMakerTest, AListHasOneThatWasAnswered) {
  LearnPartner();
  std::string parameters;
  const Shown list = Show("programmes.v1.Partners.ListPartners", &parameters);
  EXPECT_EQ(parameters, "");
  EXPECT_THAT(list.answer, HasSubstr(R"({"partners":[{"name":"partners/SAVE",)"));
}

TEST_F(ExampleMakerTest, ARequiredFieldIsAsAnExampleOfTheMethodHasIt) {
  LearnPartner();
  ASSERT_OK(Learn("programmes.v1.Versions.RestoreVersion",
                  {"", "/v1/projects/P:restore", R"({"version":"8"})", ""}));
  ASSERT_OK(Learn("indicators.v1.Versions.RestoreVersion",
                  {"", "/v1/indicators/I:restore", R"({"version":"9"})", ""}));
  EXPECT_EQ(Show("programmes.v1.Versions.RestoreVersion").body,
            R"({"version":"8","validateOnly":true})");
  EXPECT_EQ(Show("indicators.v1.Versions.RestoreVersion").body,
            R"({"version":"9","validateOnly":true})");
}

TEST_F(ExampleMakerTest, VersionsAreOfTheResourceThatIsAskedFor) {
  ASSERT_OK(Learn("programmes.v1.Projects.GetProject",
                  {"", "/v1/projects/P", "", R"({"name":"projects/P"})"}));
  ASSERT_OK(Learn("programmes.v1.Versions.ListVersions",
                  {"", "/v1/projects/OTHER/versions", "", kVersions}));
  const std::string answer = Show("programmes.v1.Versions.ListVersions").answer;
  EXPECT_THAT(answer, HasSubstr(R"("change":{"name":"projects/P","kind":"UPDATED","fields":[]})"));
  EXPECT_THAT(answer, HasSubstr(R"("resource":{"name":"projects/P"})"));
  EXPECT_THAT(answer, ::testing::Not(HasSubstr("OTHER")));
}

TEST_F(ExampleMakerTest, AnExampleOfItsOwnGoesFirst) {
  LearnPartner();
  const Binding& binding = BindingOf("programmes.v1.Partners.UpdatePartner");
  const Example own = {"", "/v1/partners/OWN", R"({"displayName":"Own"})", ""};
  const auto shown = ShowExample(learnt_, binding, AddressOfBinding(binding), &own);
  ASSERT_OK(shown);
  EXPECT_EQ(absl::StrJoin(shown->parameters, " ", absl::PairFormatter("=")), "partner=OWN");
  EXPECT_EQ(shown->body, own.body);
  EXPECT_THAT(shown->answer, HasSubstr("partners/SAVE"));
}

TEST_F(ExampleMakerTest, WhatWasNeverSeenIsLeftOut) {
  std::string parameters;
  const Shown read = Show("programmes.v1.Partners.GetPartner", &parameters);
  EXPECT_EQ(parameters, "");
  EXPECT_EQ(read.answer, "");
}

TEST_F(ExampleMakerTest, AnExampleThatTheMethodWouldNotTakeIsRefused) {
  const struct {
    std::string target, body, answer, message;
  } cases[] = {
      {"/v1/partners/P", R"({"displayNam":"x"})", "", "example Wrong: partner.displayNam"},
      {"/v1/partners/P?updateMsk=x", "{}", "", "example Wrong: updateMsk"},
      {"/v1/partners/P", "{}", R"({"kind":"NONE"})", "example Wrong: kind"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        Learn("programmes.v1.Partners.UpdatePartner", {"Wrong", c.target, c.body, c.answer}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message)));
  }
}

}  // namespace
}  // namespace corridor::gateway
