// What wrong requests are answered through the gateway: the status, and an error that names field
// and value.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

using ::absl::StatusCode;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr char kMembers[] = "/v1/organisations/IOM/memberships";
constexpr char kObservations[] = "/v1/observations?indicator=POV_2USD";
constexpr char kProfile[] = "/v1/areas/ARM/profile";

// `status`, and an error with `code` whose message has all of `named`.
void ExpectError(const HttpResponse& response, int status, StatusCode code,
                 const std::vector<std::string>& named) {
  EXPECT_EQ(response.status, status);
  EXPECT_EQ(response.Header("content-type"), "application/json");
  const absl::Status error = ErrorOf(response);
  EXPECT_THAT(error, StatusIs(code));
  for (const std::string& name : named) EXPECT_THAT(error, StatusIs(code, HasSubstr(name)));
}

class BadInputTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { suite = new Suite; }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }
  static Suite* suite;
  HttpClient client_ = suite->Client();
};
Suite* BadInputTest::suite = nullptr;

// A GET, and what the message of its error names.
struct Row {
  std::string target;
  std::vector<std::string> named;
};

// Of every kind of resource that indicators and programmes have, the collection.
constexpr const char* kCollections[] = {
    "indicators",      "sources",       "datasets",       "series",  "contextNotes",
    "targets",         "projects",      "programmeAreas", "offices", "partners",
    "classifications", "activityTypes", "crosswalks"};

TEST_F(BadInputTest, AnUnknownNameIs404) {
  std::vector<Row> rows = {{"/v1/areas/XYZ", {"areas/XYZ"}},
                           {"/v1/organisations/NATO", {"organisations/NATO"}},
                           {absl::StrCat(kMembers, "/XYZ"), {"organisations/IOM/memberships/XYZ"}},
                           {"/v1/organisations/NATO/memberships", {"organisations/NATO"}},
                           {"/v1/memberstates", {"/v1/memberstates", "memberStates"}},
                           {"/v1/observation", {"/v1/observation", "/v1/observations"}},
                           {"/v1/areas/XYZ/profile", {"areas/XYZ"}},
                           {"/v1/areas/ARM/profil", {"/v1/areas/ARM/profil", "/profile"}},
                           {"/v1/targets/NONE:assess", {"targets/NONE"}},
                           {"/v2/areas", {"/v2/areas"}}};
  for (const char* collection : kCollections) {
    rows.push_back(
        {absl::StrCat("/v1/", collection, "/NONE"), {absl::StrCat(collection, "/NONE")}});
  }
  for (const Row& row : rows) {
    SCOPED_TRACE(row.target);
    ExpectError(client_.Get(row.target), 404, StatusCode::kNotFound, row.named);
  }
}

TEST_F(BadInputTest, AMalformedValueIs400NamingFieldAndValue) {
  std::vector<Row> rows = {
      {absl::StrCat(kMembers, "?asOf=2018-13-01"), {"asOf", "2018-13-01"}},
      {absl::StrCat(kMembers, "?asOf=2018-02-30"), {"asOf", "2018-02-30"}},
      {absl::StrCat(kMembers, ":count?status=MEMBER&asOf=yesterday"), {"asOf", "yesterday"}},
      {absl::StrCat(kMembers, ":changes?from=2019&to=2018"), {"to", "2018"}},
      {absl::StrCat(kMembers, ":count?status=MEMBERS"), {"status", "MEMBERS"}},
      {absl::StrCat(kMembers, "?pageToken=garbage"), {"pageToken", "garbage"}},
      {absl::StrCat(kMembers, "?pageSize=1001"), {"pageSize", "1001"}},
      {absl::StrCat(kMembers, "?pageSize=many"), {"many"}},
      {absl::StrCat(kMembers, "?pageSize=-1"), {"pageSize", "-1"}},
      {absl::StrCat(kMembers, "?knownAt=tomorrow"), {"knownAt", "tomorrow"}},
      {absl::StrCat(kMembers, "?filter=nothing%20%3D%201"), {"filter", "nothing"}},
      {"/v1/areas/arm", {"name", "areas/arm"}},
      {"/v1/areas/ar%24m", {"name", "areas/ar$m"}},
      {"/v1/areas?kind=CONTINENT", {"kind", "CONTINENT"}},
      {"/v1/observations", {"indicator", "required"}},
      {"/v1/observations?indicator=NONE", {"indicator", "NONE"}},
      {"/v1/observations?indicator=POV%202USD", {"indicator", "POV 2USD"}},
      {absl::StrCat(kObservations, "&area=geo"), {"area", "geo"}},
      {absl::StrCat(kObservations, "&counterpartArea=geo"), {"counterpartArea", "geo"}},
      {absl::StrCat(kObservations, "&source=NONE"), {"source", "NONE"}},
      {absl::StrCat(kObservations, "&startPeriod=2009-Q5"), {"startPeriod", "2009-Q5"}},
      {absl::StrCat(kObservations, "&endPeriod=2009-13"), {"endPeriod", "2009-13"}},
      {absl::StrCat(kObservations, "&startPeriod=2010&endPeriod=2009"), {"endPeriod", "2009"}},
      {absl::StrCat(kObservations, "&frequency=Z"), {"frequency", "Z"}},
      {absl::StrCat(kObservations, "&releasedBy=2018-13"), {"releasedBy", "2018-13"}},
      {absl::StrCat(kObservations, "&area=GEO&asOf=2018-13"), {"asOf", "2018-13"}},
      {absl::StrCat(kObservations, "&latest=maybe"), {"latest", "maybe"}},
      {"/v1/observations:compareSources?area=GEO", {"indicator", "required"}},
      {"/v1/observations:compareSources?indicator=POV_2USD", {"area", "required"}},
      {"/v1/observations:compareSources?indicator=NONE&area=GEO", {"indicator", "NONE"}},
      {"/v1/observations:derive?operation=RATIO", {"operation", "RATIO"}},
      {"/v1/observations:derive?indicator=NATIONALS&area=MDA", {"operation"}},
      {"/v1/contextNotes?area=ARM&asOf=2018-13", {"asOf", "2018-13"}},
      {"/v1/targets?area=ARM&asOf=2018-13", {"asOf", "2018-13"}},
      {"/v1/projects?activeOn=2003-13", {"activeOn", "2003-13"}},
      {"/v1/projects?area=ROU&asOf=2018-13", {"asOf", "2018-13"}},
      {"/v1/projects?participant=NONE", {"participant", "NONE"}},
      {"/v1/projects?role=BOSS", {"role", "BOSS"}},
      {"/v1/projects?role=FUNDING", {"role", "participant"}},
      {"/v1/projects?class=TRAFFICKING", {"class", "TRAFFICKING"}},
      {"/v1/projects?programmeArea=NONE", {"programmeArea", "NONE"}},
      {"/v1/areas/arm/profile", {"area", "areas/arm"}},
      {absl::StrCat(kProfile, "?asOf=2018-13"), {"asOf", "2018-13"}},
      {absl::StrCat(kProfile, "?knownAt=tomorrow"), {"knownAt", "tomorrow"}},
      {absl::StrCat(kProfile, "?knownAt=5"), {"knownAt", "5", "version"}}};
  for (const char* collection : kCollections) {
    rows.push_back(
        {absl::StrCat("/v1/", collection, "/a%24b"), {"name", absl::StrCat(collection, "/a$b")}});
  }
  std::vector<std::string> lists = {absl::StrCat(kObservations, "&")};
  for (const char* collection : kCollections) {
    lists.push_back(absl::StrCat("/v1/", collection, "?"));
  }
  for (const std::string& list : lists) {
    rows.push_back({absl::StrCat(list, "pageToken=garbage"), {"pageToken", "garbage"}});
    rows.push_back({absl::StrCat(list, "pageSize=1001"), {"pageSize", "1001"}});
    rows.push_back({absl::StrCat(list, "knownAt=tomorrow"), {"knownAt", "tomorrow"}});
    rows.push_back({absl::StrCat(list, "filter=nothing%20%3D%201"), {"filter", "nothing"}});
  }
  for (const Row& row : rows) {
    SCOPED_TRACE(row.target);
    ExpectError(client_.Get(row.target), 400, StatusCode::kInvalidArgument, row.named);
  }
}

TEST_F(BadInputTest, AnAreaThatThereIsNotIs400NamingTheFieldThatNamesIt) {
  for (const Row& row : std::vector<Row>{
           {absl::StrCat(kObservations, "&area=QZZ"), {"area: ", "QZZ"}},
           {absl::StrCat(kObservations, "&counterpartArea=QZZ"), {"counterpartArea: ", "QZZ"}},
           {"/v1/series?area=areas/QZZ", {"area: ", "areas/QZZ"}},
           {"/v1/observations:compareSources?indicator=POV_2USD&area=QZZ", {"area: ", "QZZ"}},
           {"/v1/observations:derive?operation=SHARE&indicator=NATIONALS&area=MDA&baseArea=QZZ",
            {"baseArea: ", "QZZ"}},
           {"/v1/contextNotes?area=QZZ", {"area: ", "QZZ"}},
           {"/v1/targets?area=QZZ", {"area: ", "QZZ"}},
           {"/v1/projects?area=QZZ", {"area: ", "QZZ"}}}) {
    SCOPED_TRACE(row.target);
    ExpectError(client_.Get(row.target), 400, StatusCode::kInvalidArgument, row.named);
  }
}

TEST_F(BadInputTest, ATimeBeforeTheFirstCommitIsAnErrorThatNamesIt) {
  for (const std::string& target : {std::string("/v1/areas/ARM?"), absl::StrCat(kObservations, "&"),
                                    std::string("/v1/projects?"), absl::StrCat(kProfile, "?")}) {
    SCOPED_TRACE(target);
    ExpectError(client_.Get(absl::StrCat(target, "knownAt=1999-01-01T00:00:00Z")), 400,
                StatusCode::kOutOfRange, {"before the first commit, version 1 of"});
  }
}

TEST_F(BadInputTest, AVersionThatIsNotReachedInTimeIsAnErrorThatNamesTheLast) {
  for (const char* target : {"/v1/areas/ARM?", "/v1/indicators/POV_2USD?", "/v1/projects?"}) {
    SCOPED_TRACE(target);
    HttpRequest request;
    request.target = absl::StrCat(target, "knownAt=99999");
    request.headers = {"corridor-timeout: 500ms"};
    ExpectError(client_.Send(request), 503, StatusCode::kUnavailable,
                {"version 99999 is not reached yet, the last one is "});
  }
}

TEST_F(BadInputTest, AnUnknownParameterIs400WithTheNearestKnownOne) {
  for (const Row& row :
       std::vector<Row>{{absl::StrCat(kMembers, "?asFo=2018-01-01"), {"asFo", "asOf"}},
                        {"/v1/observations?indicatr=POV_2USD", {"indicatr", "indicator"}},
                        {"/v1/observations:compareSources?aera=GEO", {"aera", "area"}},
                        {"/v1/contextNotes?filtr=x", {"filtr", "filter"}},
                        {"/v1/projects?activOn=2003", {"activOn", "activeOn"}},
                        {absl::StrCat(kProfile, "?knowAt=x"), {"knowAt", "knownAt"}}}) {
    SCOPED_TRACE(row.target);
    ExpectError(client_.Get(row.target), 400, StatusCode::kInvalidArgument,
                {row.named[0], absl::StrCat("the nearest is ", row.named[1])});
  }
}

TEST_F(BadInputTest, ParametersAreTakenInCamelAndSnakeCaseAlike) {
  EXPECT_EQ(client_.Get(absl::StrCat(kMembers, "?asOf=2018-01-01&pageSize=1")).status, 200);
  EXPECT_EQ(client_.Get(absl::StrCat(kMembers, "?as_of=2018-01-01&page_size=1")).status, 200);
}

TEST_F(BadInputTest, AMalformedBodyIs400NamingFieldAndValue) {
  struct Body {
    std::string json;
    std::vector<std::string> named;
  };
  for (const Body& row : std::vector<Body>{{R"({"queries":["ARM")", {}},
                                           {R"(queries)", {}},
                                           {R"({"querries":["ARM"]})", {"querries"}},
                                           {R"({"queries":"ARM"})", {"queries"}},
                                           {R"({"queries":[]})", {"queries"}},
                                           {"{\"queries\":[\"\xff\"]}", {}}}) {
    SCOPED_TRACE(row.json);
    ExpectError(client_.SendJson("POST", "/v1/areas:resolve", row.json), 400,
                StatusCode::kInvalidArgument, row.named);
  }
}

// A resource of these members and a citation.
std::string Cited(const std::string& members) {
  return absl::StrCat("{", members,
                      R"(,"citations":[{"source":"TEST","kind":"INFERRED","claimant":"test",)"
                      R"("title":"t","reasoning":"r"}]})");
}
std::string Note(const std::string& members) { return Cited(R"("text":"t",)" + members); }
std::string Target(const std::string& members) {
  return Cited(R"("displayName":"d","direction":"AT_MOST","due":{"text":"2015"},)" + members);
}
std::string Project(const std::string& members) { return Cited(R"("displayName":"d",)" + members); }

// One observation of 2 US dollars a day.
std::string Observed(const std::string& area, const std::string& members) {
  return absl::StrCat(R"({"dataset":"datasets/UNDP_HDR_2007_2008","release":"2007-2008",)",
                      R"("series":[{"series":{"indicator":"indicators/POV_2USD","area":")", area,
                      R"(","frequency":"A"},"observations":[{)", members, "}]}]}");
}

TEST_F(BadInputTest, AWriteThatBreaksARuleNamesTheField) {
  struct Write {
    std::string target;
    std::string json;
    std::vector<std::string> named;
  };
  const std::string membership = absl::StrCat(kMembers, "?membershipId=NOBODY");
  const std::string indicator = "/v1/indicators?indicatorId=TEST";
  const std::string note = "/v1/contextNotes?contextNoteId=TEST";
  const std::string target = "/v1/targets?targetId=TEST";
  const std::string partner = "/v1/partners?partnerId=TEST";
  const std::string project = "/v1/projects?projectId=TEST";
  const std::string observations = "/v1/observations:write";
  for (const Write& row : std::vector<Write>{
           {membership,
            R"({"party":{"kind":"NGO","displayName":"Nobody"},"spells":[{"status":"OBSERVER",)"
            R"("confidence":"LOW","start":{"text":"2018-99"}}]})",
            {"spells[0].start", "2018-99"}},
           {indicator, Cited(R"("unit":"PERCENT")"), {"indicator.displayName", "required"}},
           {"/v1/indicators?indicatorId=a~b",
            Cited(R"("displayName":"d","unit":"PERCENT")"),
            {"indicator.name", "a~b"}},
           {note,
            Note(R"("topic":"ECONOMY","area":"areas/QZZ")"),
            {"contextNote.area", "areas/QZZ"}},
           {note,
            Note(R"("topic":"economy","area":"areas/GEO")"),
            {"contextNote.topic", "economy"}},
           {note,
            Note(R"("topic":"ECONOMY","area":"areas/GEO","start":{"text":"2018-99"})"),
            {"contextNote.start", "2018-99"}},
           {"/v1/contextNotes:batchCreate",
            absl::StrCat(R"({"requests":[{"contextNoteId":"TEST","contextNote":)",
                         Note(R"("topic":"ECONOMY","area":"areas/QZZ")"), "}]}"),
            {"requests[0].contextNote.area", "areas/QZZ"}},
           {target, Target(R"("area":"areas/QZZ","factor":0.5)"), {"target.area", "areas/QZZ"}},
           {target,
            Target(R"("area":"areas/ARM","factor":0.5,"indicator":"indicators/NONE")"),
            {"target.indicator", "indicators/NONE"}},
           {target,
            Target(R"("area":"areas/ARM","factor":0.5,"goalValue":3)"),
            {"target.goalValue"}},
           {observations,
            R"({"dataset":"datasets/UNDP_HDR_2007_2008","release":"2007-2008"})",
            {"series", "required"}},
           {observations,
            Observed("areas/QZZ", R"("period":"2009","valueText":"1")"),
            {"series[0].series.area", "areas/QZZ"}},
           {observations,
            Observed("areas/GEO", R"("period":"2009-Q7","valueText":"1")"),
            {"series[0].observations[0].period", "2009-Q7"}},
           {observations,
            Observed("areas/GEO", R"("period":"2009","valueText":"many")"),
            {"series[0].observations[0].valueText", "many"}},
           {partner,
            Cited(R"("displayName":"d","kind":"NGO","area":"areas/QZZ")"),
            {"partner.area", "areas/QZZ"}},
           {project, R"({"displayName":"d"})", {"project.citations", "required"}},
           {project, R"({"displayNam":"d"})", {"displayNam", "displayName"}},
           {project,
            Project(R"("countries":[{"area":"areas/ROU"},{"area":"areas/QZZ"}])"),
            {"project.countries[1].area", "areas/QZZ"}},
           {project,
            Project(R"("countries":[{"area":"areas/ROU","percentage":120}])"),
            {"project.countries[0].percentage", "120"}},
           {project,
            Project(R"("participants":[{"participant":"partners/NONE"}])"),
            {"project.participants[0].participant", "partners/NONE"}},
           {project,
            Project(R"("programmeAreas":["programmeAreas/NONE"])"),
            {"project.programmeAreas[0]", "programmeAreas/NONE"}},
           {project,
            Project(R"("dates":{"actualStart":{"text":"2003"},"actualEnd":{"text":"2002"}})"),
            {"project.dates.actualEnd", "2002", "2003"}}}) {
    SCOPED_TRACE(absl::StrCat(row.target, " ", row.json));
    ExpectError(client_.SendJson("POST", row.target, row.json), 400, StatusCode::kInvalidArgument,
                row.named);
  }
}

TEST_F(BadInputTest, WhatOthersNameIsNotDeleted) {
  for (const Row& row :
       std::vector<Row>{{"/v1/indicators/POV_2USD", {"series/POV_2USD~"}},
                        {"/v1/programmeAreas/MIGRATION_AND_DEVELOPMENT", {"activityTypes/"}}}) {
    SCOPED_TRACE(row.target);
    HttpRequest request;
    request.verb = "DELETE";
    request.target = row.target;
    ExpectError(client_.Send(request), 400, StatusCode::kFailedPrecondition, row.named);
  }
}

TEST_F(BadInputTest, AnotherMethodIs405WithThoseAllowed) {
  struct Verb {
    std::string verb;
    std::string target;
    std::string allowed;
  };
  for (const Verb& row :
       std::vector<Verb>{{"DELETE", "/v1/memberStates", "GET, HEAD"},
                         {"PUT", "/v1/areas/ARM", "DELETE, GET, HEAD, PATCH"},
                         {"DELETE", "/v1/observations", "GET, HEAD"},
                         {"POST", "/v1/observations:compareSources", "GET, HEAD"},
                         {"GET", "/v1/observations:write", "POST"},
                         {"PUT", "/v1/indicators/POV_2USD", "DELETE, GET, HEAD, PATCH"},
                         {"PUT", "/v1/series/X", "DELETE, GET, HEAD, PATCH"},
                         {"DELETE", "/v1/contextNotes", "GET, HEAD, POST"},
                         {"POST", "/v1/targets/X:assess", "GET, HEAD"},
                         {"PUT", "/v1/projects/X", "DELETE, GET, HEAD, PATCH"},
                         {"POST", kProfile, "GET, HEAD"},
                         {"POST", "/", "GET, HEAD"}}) {
    SCOPED_TRACE(absl::StrCat(row.verb, " ", row.target));
    HttpRequest request;
    request.verb = row.verb;
    request.target = row.target;
    const HttpResponse response = client_.Send(request);
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.Header("allow"), row.allowed);
    EXPECT_FALSE(ErrorOf(response).ok());
  }
}

TEST_F(BadInputTest, ABodyTooLargeIs413) {
  const HttpResponse response =
      client_.SendJson("POST", "/v1/areas:resolve", std::string(size_t{32} << 20, ' '));
  EXPECT_EQ(response.status, 413) << response.transport_error;
}

TEST_F(BadInputTest, HeadersTooLargeAre431) {
  HttpRequest request;
  request.target = "/v1/areas/ARM";
  request.headers = {absl::StrCat("X-Padding: ", std::string(200'000, 'a'))};
  EXPECT_EQ(client_.Send(request).status, 431);
}

TEST_F(BadInputTest, AWriteNeedsAJsonContentTypeAndAKnownHost) {
  HttpRequest request;
  request.verb = "POST";
  request.target = "/v1/areas:resolve";
  request.body = R"({"queries":["ARM"]})";
  request.headers = {"Content-Type: text/plain"};
  EXPECT_EQ(client_.Send(request).status, 415);

  request.headers = {"Content-Type: application/json", "Host: attacker.example"};
  EXPECT_THAT(client_.Send(request).status, AnyOf(403, 421));

  request.headers = {"Content-Type: application/json"};
  EXPECT_EQ(client_.Send(request).status, 200);
}

TEST_F(BadInputTest, TheGatewayStaysWellThroughAllOfThis) {
  EXPECT_EQ(client_.Get("/healthz").status, 200);
  const HttpResponse profile = client_.Get(kProfile);
  EXPECT_EQ(profile.status, 200);
  EXPECT_THAT(profile.body, HasSubstr(R"("missing":[])"));
}

}  // namespace
}  // namespace corridor::e2e
