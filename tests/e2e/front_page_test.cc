// The front page as a browser draws it from the suite: Chromium without a window, if installed.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/chromium.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kLongest = absl::Seconds(60);

// An element of the page: its attributes, and its tag as the attribute `<`.
using Element = std::map<std::string, std::string>;

// Takes the next attribute off `text`, which is at a name.
void TakeAttribute(std::string_view& text, Element& element) {
  const size_t name_end = std::min(text.find_first_of("= >", 1), text.size());
  std::string& value = element[std::string(text.substr(0, name_end))];
  text.remove_prefix(name_end);
  constexpr std::string_view kOpen = "=\"";
  if (text.substr(0, kOpen.size()) != kOpen) return;
  text.remove_prefix(kOpen.size());
  const size_t value_end = std::min(text.find('"'), text.size());
  value = text.substr(0, value_end);
  text.remove_prefix(std::min(value_end + 1, text.size()));
}

// The elements that a browser wrote out: attributes in double quotes, of which there are none
// within.
std::vector<Element> Elements(std::string_view html) {
  std::vector<Element> elements;
  for (size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<')) {
    html.remove_prefix(at + 1);
    const size_t tag_end = std::min(html.find_first_of(" >"), html.size());
    Element element = {{"<", std::string(html.substr(0, tag_end))}};
    html.remove_prefix(tag_end);
    while (!html.empty() && html.front() != '>') {
      if (html.front() == ' ') {
        html.remove_prefix(1);
      } else {
        TakeAttribute(html, element);
      }
    }
    elements.push_back(std::move(element));
  }
  return elements;
}

// A page as the browser wrote it out, and its elements.
struct Page {
  std::string html;
  std::vector<Element> elements;
};

class FrontPageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const bool is_installed, ChromiumIsInstalled(absl::Now() + kLongest));
    if (!is_installed) GTEST_SKIP() << "chromium is not installed";
  }

  // Answers the page as it stands once it has drawn everything. `fragment` names an area: `#ROU`.
  Page Draw(const std::string& fragment) {
    const auto page = DrawPage(absl::StrCat("http://", suite_.address("gateway"), "/", fragment),
                               absl::Seconds(8), absl::Now() + kLongest);
    EXPECT_OK(page);
    if (!page.ok()) return {};
    return {page->html, Elements(page->html)};
  }

  Suite suite_;
};

// Values of `name` in the elements that have all of `attributes`, in order.
std::vector<std::string> ValuesOf(const std::string& name, const Page& page,
                                  const Element& attributes = {}) {
  std::vector<std::string> values;
  for (const Element& element : page.elements) {
    const auto value = element.find(name);
    if (value != element.end() &&
        std::includes(element.begin(), element.end(), attributes.begin(), attributes.end())) {
      values.push_back(value->second);
    }
  }
  return values;
}

// State of the element with this id.
std::string StateOf(const std::string& id, const Page& page) {
  const std::vector<std::string> states = ValuesOf("data-state", page, {{"id", id}});
  return states.empty() ? "not on the page" : states.front();
}

// State of each part of the profile.
std::map<std::string, std::string> PartsOf(const Page& page) {
  std::map<std::string, std::string> states;
  for (const std::string& part : ValuesOf("data-part", page)) {
    states[part] = ValuesOf("data-state", page, {{"data-part", part}}).front();
  }
  return states;
}

TEST_F(FrontPageTest, ShowsTheMembersOfTheBeginningOf2018) {
  const Page page = Draw("");
  EXPECT_EQ(StateOf("members", page), "ready");
  const Element count = {{"id", "members-on-2018-01-01"}, {"data-state", "ready"}};
  EXPECT_THAT(ValuesOf("data-certain", page, count), ElementsAre("169"));
  EXPECT_THAT(ValuesOf("data-possible", page, count), ElementsAre("169"));
  EXPECT_THAT(page.html, HasSubstr("IOM had <strong>169</strong> member states"));
}

TEST_F(FrontPageTest, ShowsWhatBothSourcesSayOfPovertyAndHowFarTheyAreApart) {
  const Page page = Draw("");
  EXPECT_EQ(StateOf("poverty", page), "ready");
  const Element georgia = {{"class", "observation"}, {"data-area", "GEO"}};
  EXPECT_THAT(ValuesOf("data-source", page, georgia),
              ElementsAre("GEORGIA_HDR_2008", "UNDP_HDR_2007_2008"));
  EXPECT_THAT(ValuesOf("data-value", page, georgia), ElementsAre("25", "25.3"));
  EXPECT_THAT(ValuesOf("data-value", page, {{"class", "observation"}, {"data-area", "ARM"}}),
              ElementsAre("31.1"));
  EXPECT_THAT(ValuesOf("data-value", page, {{"class", "observation"}, {"data-area", "AZE"}}),
              ElementsAre("33.4"));
  EXPECT_EQ(StateOf("poverty-comparison", page), "ready");
  EXPECT_THAT(ValuesOf("data-difference", page, {{"data-consistency", "WITHIN_ROUNDING"}}),
              ElementsAre("0.3"));
  EXPECT_THAT(page.html, HasSubstr("Georgia: <strong>"));
  EXPECT_THAT(page.html, HasSubstr(" are 0.3&nbsp;percentage points apart."));
}

TEST_F(FrontPageTest, ShowsTheProfileOfArmenia) {
  const Page page = Draw("");
  EXPECT_EQ(StateOf("profile", page), "ready");
  EXPECT_THAT(PartsOf(page),
              UnorderedElementsAre(Pair("MEMBERSHIPS", "shown"), Pair("GROUPS", "shown"),
                                   Pair("HEADLINE_INDICATORS", "shown"), Pair("TARGETS", "shown"),
                                   Pair("CONTEXT_NOTES", "shown"), Pair("PROJECTS", "empty")));
  EXPECT_THAT(ValuesOf("data-note", page),
              ElementsAre("ARM_DECLINE", "ARM_GROWTH", "ARM_LIVING_STANDARD", "ARM_PRO_POOR_POLICY",
                          "SOUTH_CAUCASUS_DISPLACEMENT", "SOUTH_CAUCASUS_FLOWS",
                          "SOUTH_CAUCASUS_POVERTY", "SOUTH_CAUCASUS_UNEMPLOYMENT"));
  EXPECT_THAT(ValuesOf("data-verdict", page, {{"data-target", "ARM_EXTREME_POVERTY_2015"}}),
              ElementsAre("CANNOT_SAY"));
}

TEST_F(FrontPageTest, ShowsTheAreaThatTheAddressNames) {
  const Page page = Draw("#ROU");
  EXPECT_EQ(StateOf("profile", page), "ready");
  EXPECT_THAT(PartsOf(page), Contains(Pair("PROJECTS", "shown")));
  EXPECT_THAT(ValuesOf("data-project", page), ElementsAre("IOM_PRAGUE_ROU_MINORS_2002"));
}

TEST_F(FrontPageTest, SaysWhichPartIsMissingWhileProgrammesIsDown) {
  suite_.Kill("programmes");
  const Page page = Draw("#ROU");
  EXPECT_EQ(StateOf("profile", page), "ready");
  EXPECT_THAT(PartsOf(page), Contains(Pair("PROJECTS", "missing")));
  EXPECT_THAT(PartsOf(page), Contains(Pair("MEMBERSHIPS", "shown")));
  EXPECT_THAT(ValuesOf("data-project", page), ElementsAre());
  EXPECT_THAT(page.html, HasSubstr("the service programmes did not answer this part"));
}

TEST_F(FrontPageTest, ShowsWhatOthersKnowOfArmeniaWhileMemberstatesIsDown) {
  suite_.Kill("memberstates");
  const Page page = Draw("");
  EXPECT_EQ(StateOf("areas", page), "error");
  EXPECT_THAT(page.html, HasSubstr("Not available: the list to pick from."));
  EXPECT_EQ(StateOf("profile", page), "ready");
  EXPECT_THAT(PartsOf(page),
              IsSupersetOf({Pair("MEMBERSHIPS", "missing"), Pair("HEADLINE_INDICATORS", "shown"),
                            Pair("CONTEXT_NOTES", "shown")}));
  EXPECT_THAT(page.html, HasSubstr("the service memberstates did not answer this part"));
  EXPECT_THAT(ValuesOf("data-note", page), Contains("ARM_GROWTH"));
}

TEST_F(FrontPageTest, ShowsTheAreaThatTheAddressNamesWhileMemberstatesIsDown) {
  suite_.Kill("memberstates");
  const Page page = Draw("#ROU");
  EXPECT_EQ(StateOf("profile", page), "ready");
  EXPECT_THAT(ValuesOf("data-project", page), ElementsAre("IOM_PRAGUE_ROU_MINORS_2002"));
}

}  // namespace
}  // namespace corridor::e2e
