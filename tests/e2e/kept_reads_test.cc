// What the contract says that a read reads is all that it reads: after any write, what is answered
// again is what the store would answer now. With `corridor-min-version` the store itself is asked.
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

struct Write {
  std::string verb;
  std::string target;
  std::string body;
};

struct Subject {
  std::string service;
  std::vector<std::string> reads;
  std::vector<Write> writes;
};

Write Patch(const std::string& name, const std::string& field, const std::string& value) {
  return {"PATCH", absl::StrCat("/v1/", name, "?updateMask=", field),
          absl::StrCat("{\"", field, "\":", value, "}")};
}
Write Delete(const std::string& name) { return {"DELETE", "/v1/" + name, ""}; }

constexpr char kText[] = "\"changed\"";
constexpr char kCitations[] = R"([{"source":"TEST","kind":"OFFICIAL"}])";

std::vector<Subject> Subjects() {
  const std::string citations = absl::StrCat(R"("citations":)", kCitations);
  return {{"memberstates",
           {"areas/ARM",
            "areas/SOUTH_CAUCASUS",
            "areas?kind=GROUP",
            "areas?pageSize=5",
            "areas:batchGet?names=areas/ARM&names=areas/GEO",
            "areas/SOUTH_CAUCASUS/members",
            "areas/M49_142/members?recursive=true",
            "areas/-/members?pageSize=1000",
            "areas/ARM/groups",
            "organisations/IOM",
            "organisations",
            "organisations/IOM/memberships/ARM",
            "organisations/IOM/memberships?pageSize=1000",
            "organisations/-/memberships?pageSize=1000",
            "organisations/IOM/memberships?area=SOUTH_CAUCASUS",
            "memberStates?pageSize=1000",
            "observers?pageSize=1000",
            "memberStates:count",
            "organisations/IOM/memberships:count?status=MEMBER&asOf=2018-01-01",
            "organisations/IOM/memberships:changes?from=1990&to=2022&pageSize=1000",
            "organisations/IOM/memberships:panel?startPeriod=2000&endPeriod=2020"},
           {Patch("areas/ARM", "displayName", kText),
            Patch("areas/SOUTH_CAUCASUS", "description", kText),
            Patch("areas/SOUTH_CAUCASUS", "membersComplete", "false"),
            Delete("areas/SOUTH_CAUCASUS/members/ARM"),
            {"POST", "/v1/areas/SOUTH_CAUCASUS/members",
             absl::StrCat(R"({"member":"areas/MDA",)", citations, "}")},
            Patch("organisations/IOM", "displayName", kText),
            Patch("organisations/IOM", "reportedCounts", "[]"),
            Delete("organisations/IOM/memberships/ARM"),
            Patch("organisations/IOM/memberships/AUT", "spells",
                  absl::StrCat(R"([{"status":"MEMBER","start":{"text":"2001"},"confidence":"LOW",)",
                               R"("evidence":)", kCitations, "}]")),
            {"POST", "/v1/areas?areaId=NEW_GROUP",
             absl::StrCat(R"({"kind":"GROUP","displayName":"New",)", citations, "}")}}},
          {"indicators",
           {"indicators/POV_2USD",
            "indicators",
            "sources/UNDP_HDR_2007_2008",
            "sources?pageSize=1000",
            "datasets/UNDP_HDR_2007_2008",
            "datasets?pageSize=1000",
            "series/POV_2USD~GEO~_U~UNDP_HDR_2007_2008",
            "series?pageSize=1000",
            "series?indicator=POV_2USD",
            "observations?indicator=POV_2USD",
            "observations?indicator=NATIONALS",
            "observations?area=GEO",
            "observations?headline=true",
            "observations?source=UNDP_HDR_2007_2008",
            "observations:compareSources?indicator=POV_2USD&area=GEO",
            "observations:derive?operation=SHARE&indicator=NATIONALS_ABROAD_WORKING&baseIndicator="
            "NATIONALS&area=MDA",
            "observations:derive?operation=DIFFERENCE&indicator=POV_2USD&area=GEO&baseArea=ARM",
            "contextNotes/ARM_DECLINE",
            "contextNotes?area=ARM",
            "contextNotes?pageSize=1000",
            "targets/ARM_EXTREME_POVERTY_2015",
            "targets?area=ARM",
            "targets/ARM_EXTREME_POVERTY_2015:assess"},
           {Patch("indicators/POV_2USD", "description", kText),
            Patch("indicators/POV_2USD", "headline", "false"),
            Patch("sources/UNDP_HDR_2007_2008", "derivedFrom", "[\"sources/GEORGIA_HDR_2008\"]"),
            Patch("datasets/UNDP_HDR_2007_2008", "citations", kCitations),
            Patch("series/POV_2USD~GEO~_U~UNDP_HDR_2007_2008", "method", kText),
            Patch("contextNotes/ARM_DECLINE", "text", kText),
            Patch("targets/ARM_EXTREME_POVERTY_2015", "indicator", "\"indicators/POV_2USD\""),
            Delete("series/POV_2USD~GEO~_U~GEORGIA_HDR_2008"),
            Delete("series/NATIONALS~MDA~Q~MDA_MET_NSB"), Delete("contextNotes/ARM_GROWTH")}},
          {"programmes",
           {"programmeAreas/MIGRATION_AND_DEVELOPMENT", "programmeAreas", "activityTypes",
            "classifications", "crosswalks", "crosswalks/IOM_BUDGET_2018_TO_DAC", "offices",
            "offices/IOM_PRAGUE", "partners", "projects", "projects?area=ROU&activeOn=2003",
            "projects?participant=offices/IOM_PRAGUE", "projects/IOM_PRAGUE_ROU_MINORS_2002"},
           {Patch("programmeAreas/MIGRATION_AND_DEVELOPMENT", "displayName", kText),
            Patch("offices/IOM_PRAGUE", "displayName", kText),
            Patch("projects/IOM_PRAGUE_ROU_MINORS_2002", "description", kText),
            Delete("projects/IOM_PRAGUE_ROU_MINORS_2002"),
            {"POST", "/v1/partners?partnerId=NEW",
             absl::StrCat(R"({"displayName":"New","kind":"NATIONAL_NGO",)", citations, "}")}}}};
}

// Without what says from when an answer is.
std::string Undated(std::string body) {
  for (const auto& [begin, end] :
       {std::pair("\"knownVersion\":{", '}'), {"\"nextPageToken\":\"", '"'}}) {
    for (size_t at = body.find(begin); at != std::string::npos; at = body.find(begin)) {
      body.erase(at, body.find(end, at + std::strlen(begin)) + 1 - at);
    }
  }
  return body;
}

class KeptReadsTest : public ::testing::TestWithParam<Subject> {
 protected:
  // The answer without what says from when it is.
  std::string Ask(const std::string& target, const std::string& min_version, std::string& tier) {
    HttpRequest request;
    request.target = "/v1/" + target;
    if (!min_version.empty()) request.headers = {"corridor-min-version: " + min_version};
    const HttpResponse response = client_.Send(request);
    tier = response.Header("corridor-cache");
    return absl::StrCat(response.status, " ", Undated(response.body));
  }
  std::map<std::string, std::string> AskAll(const std::string& min_version = "") {
    std::map<std::string, std::string> answers;
    for (const std::string& read : GetParam().reads) {
      std::string tier;
      answers[read] = Ask(read, min_version, tier);
      // An error, of what a write deleted, is never kept.
      ++tiers_[absl::StartsWith(answers[read], "200 ") ? tier : "l1"];
      EXPECT_NE(tier, "") << read << ": " << answers[read];
    }
    return answers;
  }

  // Asks until all of it is kept: what other services told this one may come meanwhile.
  std::map<std::string, std::string> AskUntilKept() {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    std::map<std::string, std::string> answers;
    do {
      tiers_.clear();
      answers = AskAll();
    } while (tiers_["l1"] < Reads() && absl::Now() < limit);
    EXPECT_EQ(tiers_["l1"], Reads()) << "Not all of it is kept.";
    return answers;
  }
  static int Reads() { return static_cast<int>(GetParam().reads.size()); }

  Suite suite_{AllServices(), {.gateway_options = {"--response-cache-bytes=0"}}};
  HttpClient client_ = suite_.Client();
  std::map<std::string, int> tiers_;
};

TEST_P(KeptReadsTest, AfterAnyWriteWhatIsKeptIsWhatTheStoreAnswers) {
  for (const auto& [read, answer] : AskUntilKept()) {
    EXPECT_TRUE(absl::StartsWith(answer, "200 ")) << read << ": " << answer;
  }
  int kept_on = 0;
  for (const Write& write : GetParam().writes) {
    SCOPED_TRACE(absl::StrCat(write.verb, " ", write.target, " ", write.body));
    const auto before = AskUntilKept();
    const HttpResponse written = client_.Send({.verb = write.verb,
                                               .target = write.target,
                                               .headers = {"Content-Type: application/json"},
                                               .body = write.body});
    ASSERT_EQ(written.status, 200) << written.body;
    tiers_.clear();
    const auto kept = AskAll();
    EXPECT_LT(tiers_["l1"], Reads()) << "It ended nothing.";
    kept_on += tiers_["l1"];
    EXPECT_NE(kept, before) << "It changed nothing.";
    const auto now = AskAll(written.Header("corridor-version"));
    for (const auto& [read, answer] : now) EXPECT_EQ(kept.at(read), answer) << read;
  }
  EXPECT_GT(kept_on, 0) << "Every write ended everything.";
}

INSTANTIATE_TEST_SUITE_P(All, KeptReadsTest, ::testing::ValuesIn(Subjects()),
                         [](const auto& subject) { return subject.param.service; });

}  // namespace
}  // namespace corridor::e2e
