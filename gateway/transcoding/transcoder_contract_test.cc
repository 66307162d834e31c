// Addresses that the contract in proto/ gives to HTTP, and the exact message that each becomes: all
// of member states, and of the other services those that are not like them.
#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Address {
  const char* request;  // Verb and target.
  const char* body;
  const char* method;   // Without `corridor.`.
  const char* message;  // Text format.
};

const Address kAddresses[] = {
    {"GET /healthz", "", "gateway.v1.Status/GetHealth", ""},
    {"GET /readyz", "", "gateway.v1.Status/GetReadiness", ""},
    // Organisations.
    {"GET /v1/organisations/IOM", "", "memberstates.v1.Organisations/GetOrganisation",
     R"(name: "organisations/IOM")"},
    {"GET /v1/organisations/IOM?knownAt=7", "", "memberstates.v1.Organisations/GetOrganisation",
     R"(name: "organisations/IOM" known_at: "7")"},
    {"GET /v1/organisations?pageSize=5&filter=kind%3DIGO", "",
     "memberstates.v1.Organisations/ListOrganisations", R"(filter: "kind=IGO" page_size: 5)"},
    {"POST /v1/organisations?organisationId=IOM&requestId=r1&reason=first+load",
     R"({"kind":"IGO","displayName":"x","established":{"text":"1951"}})",
     "memberstates.v1.Organisations/CreateOrganisation",
     R"(organisation_id: "IOM" organisation { kind: IGO display_name: "x" established { text: "1951" } } )"
     R"(request_id: "r1" reason: "first load")"},
    {"PATCH /v1/organisations/IOM?updateMask=displayName,established", R"({"displayName":"y"})",
     "memberstates.v1.Organisations/UpdateOrganisation",
     R"(organisation { name: "organisations/IOM" display_name: "y" } )"
     R"(update_mask { paths: "display_name" paths: "established" })"},
    {"DELETE /v1/organisations/IOM?etag=e1", "", "memberstates.v1.Organisations/DeleteOrganisation",
     R"(name: "organisations/IOM" etag: "e1")"},
    // Memberships.
    {"GET /v1/organisations/IOM/memberships?status=MEMBER&asOf=2018-01-01", "",
     "memberstates.v1.Memberships/ListMemberships",
     R"(parent: "organisations/IOM" status: MEMBER as_of: "2018-01-01")"},
    {"GET /v1/organisations/IOM/memberships?status=OBSERVER&partyKind=NGO&asOf=2009-12-31", "",
     "memberstates.v1.Memberships/ListMemberships",
     R"(parent: "organisations/IOM" status: OBSERVER party_kind: NGO as_of: "2009-12-31")"},
    {"GET /v1/organisations/IOM/memberships?any_time=true&page_size=1000&page_token=a%2Bb", "",
     "memberstates.v1.Memberships/ListMemberships",
     R"(parent: "organisations/IOM" any_time: true page_size: 1000 page_token: "a+b")"},
    {"GET /v1/memberStates?asOf=2018-01-01", "", "memberstates.v1.Memberships/ListMemberships",
     R"(collection: "memberStates" as_of: "2018-01-01")"},
    {"GET /v1/observers?kind=NGO&asOf=2009-12-31", "",
     "memberstates.v1.Memberships/ListMemberships",
     R"(collection: "observers" kind: NGO as_of: "2009-12-31")"},
    {"GET /v1/organisations/IOM/memberships:count?status=MEMBER&asOf=2018-01-01", "",
     "memberstates.v1.Memberships/CountMemberships",
     R"(parent: "organisations/IOM" status: MEMBER as_of: "2018-01-01")"},
    {"GET /v1/memberStates:count?asOf=2018", "", "memberstates.v1.Memberships/CountMemberships",
     R"(collection: "memberStates" as_of: "2018")"},
    {"GET /v1/observers:count", "", "memberstates.v1.Memberships/CountMemberships",
     R"(collection: "observers")"},
    {"GET /v1/organisations/IOM/memberships:changes?from=2009&to=2018-01-01", "",
     "memberstates.v1.Memberships/ListMembershipChanges",
     R"(parent: "organisations/IOM" from: "2009" to: "2018-01-01")"},
    {"GET /v1/organisations/IOM/memberships:panel?frequency=A&startPeriod=2000", "",
     "memberstates.v1.Memberships/PanelMemberships",
     R"(parent: "organisations/IOM" frequency: "A" start_period: "2000")"},
    {"POST /v1/organisations/IOM/memberships:batchCheck",
     R"({"pairs":[{"party":"ARM","date":"2018"},{"party":"RUS"}]})",
     "memberstates.v1.Memberships/BatchCheckMemberships",
     R"(parent: "organisations/IOM" pairs { party: "ARM" date: "2018" } pairs { party: "RUS" })"},
    {"GET /v1/organisations/IOM/memberships/ARM", "", "memberstates.v1.Memberships/GetMembership",
     R"(name: "organisations/IOM/memberships/ARM")"},
    {"POST /v1/organisations/IOM/memberships?membershipId=ARM",
     R"({"party":{"kind":"STATE","area":"areas/ARM"},)"
     R"("spells":[{"status":"MEMBER","start":{"text":"1993"},"confidence":"HIGH"}]})",
     "memberstates.v1.Memberships/CreateMembership",
     R"(parent: "organisations/IOM" membership_id: "ARM" membership { party { kind: STATE area: "areas/ARM" } )"
     R"(spells { status: MEMBER start { text: "1993" } confidence: HIGH } })"},
    {"POST /v1/organisations/IOM/memberships:batchCreate",
     R"({"requests":[{"membershipId":"ARM"}],"requestId":"r"})",
     "memberstates.v1.Memberships/BatchCreateMemberships",
     R"(parent: "organisations/IOM" requests { membership_id: "ARM" } request_id: "r")"},
    {"PATCH /v1/organisations/IOM/memberships/ARM?update_mask=spells",
     R"({"etag":"e","spells":[]})", "memberstates.v1.Memberships/UpdateMembership",
     R"(membership { name: "organisations/IOM/memberships/ARM" etag: "e" } update_mask { paths: "spells" })"},
    {"DELETE /v1/organisations/IOM/memberships/ARM", "",
     "memberstates.v1.Memberships/DeleteMembership",
     R"(name: "organisations/IOM/memberships/ARM")"},
    // Areas.
    {"GET /v1/areas/ARM", "", "memberstates.v1.Areas/GetArea", R"(name: "areas/ARM")"},
    {"GET /v1/areas/SOUTH_CAUCASUS?view=BASIC", "", "memberstates.v1.Areas/GetArea",
     R"(name: "areas/SOUTH_CAUCASUS" view: BASIC)"},
    {"GET /v1/areas:batchGet?names=areas/ARM&names=areas/GEO", "",
     "memberstates.v1.Areas/BatchGetAreas", R"(names: "areas/ARM" names: "areas/GEO")"},
    {"GET /v1/areas?kind=GROUP", "", "memberstates.v1.Areas/ListAreas", "kind: GROUP"},
    {"POST /v1/areas:resolve", R"({"queries":["Moldavia","498","KOS"]})",
     "memberstates.v1.Areas/ResolveAreas", R"(queries: "Moldavia" queries: "498" queries: "KOS")"},
    {"GET /v1/areas/SOUTH_CAUCASUS/members?asOf=2018-01-01&recursive=true", "",
     "memberstates.v1.Areas/ListAreaMembers",
     R"(parent: "areas/SOUTH_CAUCASUS" as_of: "2018-01-01" recursive: true)"},
    {"GET /v1/areas/ARM/groups", "", "memberstates.v1.Areas/ListAreaGroups",
     R"(parent: "areas/ARM")"},
    {"POST /v1/areas?areaId=XKX",
     R"({"kind":"COUNTRY","names":[{"language":"sq","text":"Kosova"}]})",
     "memberstates.v1.Areas/CreateArea",
     R"(area_id: "XKX" area { kind: COUNTRY names { language: "sq" text: "Kosova" } })"},
    {"POST /v1/areas:batchCreate", R"({"requests":[{"areaId":"A"},{"area_id":"B"}],"reason":"x"})",
     "memberstates.v1.Areas/BatchCreateAreas",
     R"(requests { area_id: "A" } requests { area_id: "B" } reason: "x")"},
    {"PATCH /v1/areas/ARM?updateMask=aliases", R"({"name":"areas/ARM","aliases":["a"]})",
     "memberstates.v1.Areas/UpdateArea",
     R"(area { name: "areas/ARM" aliases: "a" } update_mask { paths: "aliases" })"},
    {"DELETE /v1/areas/ARM", "", "memberstates.v1.Areas/DeleteArea", R"(name: "areas/ARM")"},
    {"POST /v1/areas/SOUTH_CAUCASUS/members", R"({"member":"areas/ARM"})",
     "memberstates.v1.Areas/CreateAreaMember",
     R"(parent: "areas/SOUTH_CAUCASUS" member { member: "areas/ARM" })"},
    {"POST /v1/areas/-/members:batchCreate", R"({"requests":[{"parent":"areas/G"}]})",
     "memberstates.v1.Areas/BatchCreateAreaMembers",
     R"(parent: "areas/-" requests { parent: "areas/G" })"},
    {"DELETE /v1/areas/G/members/ARM", "", "memberstates.v1.Areas/DeleteAreaMember",
     R"(name: "areas/G/members/ARM")"},
    // Indicators.
    {"GET /v1/observations?indicator=POV_2USD&area=GEO", "",
     "indicators.v1.Observations/ListObservations", R"(indicator: "POV_2USD" area: "GEO")"},
    {"GET /v1/observations?area=ARM&headline=true&latest=true&asOf=2018-01-01", "",
     "indicators.v1.Observations/ListObservations",
     R"(area: "ARM" latest: true headline: true as_of: "2018-01-01")"},
    {"GET /v1/observations:compareSources?indicator=POV_2USD&area=GEO", "",
     "indicators.v1.Observations/CompareSources", R"(indicator: "POV_2USD" area: "GEO")"},
    {"POST /v1/observations:write", R"({"requestId":"r"})",
     "indicators.v1.Observations/WriteObservations", R"(request_id: "r")"},
    {"GET /v1/indicators?filter=headline%20%3D%20true", "",
     "indicators.v1.Indicators/ListIndicators", R"(filter: "headline = true")"},
    {"GET /v1/series/POV_2USD~GEO~_U~UNDP_HDR_2007_2008", "",
     "indicators.v1.SeriesService/GetSeries",
     R"(name: "series/POV_2USD~GEO~_U~UNDP_HDR_2007_2008")"},
    {"GET /v1/targets/ARM_POVERTY_2015:assess", "", "indicators.v1.Targets/AssessTarget",
     R"(name: "targets/ARM_POVERTY_2015")"},
    // Programmes.
    {"GET /v1/projects?area=ROU&activeOn=2003", "", "programmes.v1.Projects/ListProjects",
     R"(area: "ROU" active_on: "2003")"},
    {"GET /v1/projects/XM-DAC-47066-DP.2154", "", "programmes.v1.Projects/GetProject",
     R"(name: "projects/XM-DAC-47066-DP.2154")"},
    // Views.
    {"GET /v1/areas/ARM/profile?asOf=2018", "", "gateway.v1.Views/GetAreaProfile",
     R"(area: "areas/ARM" as_of: "2018")"},
};

// The parts of a request line.
struct Target {
  explicit Target(const std::string& request) {
    const size_t space = request.find(' ');
    const size_t question = std::min(request.find('?'), request.size());
    verb = request.substr(0, space);
    path = request.substr(space + 1, question - space - 1);
    query = request.substr(std::min(question + 1, request.size()));
  }
  std::string verb;
  std::string path;
  std::string query;
};

class TranscoderContractTest : public ::testing::Test {
 protected:
  ContractPool contract_{CorridorContract()};
  std::unique_ptr<Transcoder> transcoder_ = *Transcoder::Create(CorridorContract());
};

TEST_F(TranscoderContractTest, AnAddressBecomesExactlyItsMessage) {
  for (const Address& address : kAddresses) {
    SCOPED_TRACE(address.request);
    const Target target(address.request);
    Transcoder::Match match = transcoder_->Route(target.verb, target.path);
    ASSERT_NE(match.method, nullptr);
    EXPECT_EQ(match.method->full_name, std::string("/corridor.") + address.method);
    absl::StatusOr<std::string> rpc = transcoder_->ToRpc(match, target.query, address.body);
    ASSERT_OK(rpc);
    const auto* method =
        contract_.pool().FindMethodByName(std::string(match.method->full_name)
                                              .replace(match.method->full_name.rfind('/'), 1, ".")
                                              .substr(1));
    ASSERT_NE(method, nullptr);
    EXPECT_EQ(contract_.Text(method->input_type()->full_name(), *rpc), address.message);
  }
}

TEST_F(TranscoderContractTest, SaysOfEachBindingWhatServesItAndWhetherItTakesABody) {
  Transcoder::Match count = transcoder_->Route("GET", "/v1/memberStates:count");
  ASSERT_NE(count.method, nullptr);
  EXPECT_EQ(count.method->package, "corridor.memberstates.v1");
  EXPECT_EQ(count.method->route, "/v1/{collection=memberStates}:count");
  EXPECT_FALSE(count.method->has_body);
  EXPECT_THAT(count.variables,
              ElementsAre(std::pair<std::string, std::string>("collection", "memberStates")));
  EXPECT_EQ(transcoder_->Route("GET", "/healthz").method->package, "corridor.gateway.v1");
  EXPECT_TRUE(transcoder_->Route("POST", "/v1/areas").method->has_body);
  EXPECT_TRUE(transcoder_->Route("POST", "/v1/areas:resolve").method->has_body);
}

TEST_F(TranscoderContractTest, CustomVerbsAreNeverIds) {
  Transcoder::Match match = transcoder_->Route("GET", "/v1/areas:resolve");
  EXPECT_EQ(match.method, nullptr);
  EXPECT_THAT(match.allowed_verbs, ElementsAre("POST"));
  EXPECT_THAT(match.nearest_routes, IsEmpty());
  EXPECT_EQ(transcoder_->Route("GET", "/v1/organisations/IOM/memberships:count").method->full_name,
            "/corridor.memberstates.v1.Memberships/CountMemberships");
  // Where no method has the verb, the colon belongs to the id, for the service to judge.
  EXPECT_THAT(transcoder_->Route("GET", "/v1/areas/ARM:resolve").variables,
              ElementsAre(std::pair<std::string, std::string>("name", "areas/ARM:resolve")));
}

TEST_F(TranscoderContractTest, AMissNamesVerbsOrNearRoutes) {
  EXPECT_THAT(transcoder_->Route("PUT", "/v1/areas/ARM").allowed_verbs,
              ElementsAre("DELETE", "GET", "HEAD", "PATCH"));
  EXPECT_THAT(transcoder_->Route("POST", "/v1/organisations/IOM/memberships:count").allowed_verbs,
              ElementsAre("GET", "HEAD"));
  Transcoder::Match miss = transcoder_->Route("GET", "/v1/memberstates");
  EXPECT_EQ(miss.method, nullptr);
  EXPECT_THAT(miss.allowed_verbs, IsEmpty());
  ASSERT_THAT(miss.nearest_routes, ::testing::SizeIs(3));
  EXPECT_EQ(miss.nearest_routes[0], "/v1/{collection=memberStates}");
}

TEST_F(TranscoderContractTest, BadInputNamesFieldAndValue) {
  constexpr struct {
    const char* request;
    const char* body;
    const char* error;
  } kCases[] = {
      {"GET /v1/areas/ARM?asof=2018", "",
       "asof: \"2018\" is for a parameter that does not exist; the nearest is view"},
      {"GET /v1/memberStates?asof=2018", "",
       "asof: \"2018\" is for a parameter that does not exist; the nearest is asOf"},
      {"GET /v1/organisations/IOM/memberships?status=member", "",
       "status: \"member\" is not one of STATUS_UNSPECIFIED, MEMBER, OBSERVER"},
      {"GET /v1/areas?pageSize=ten", "", "pageSize: \"ten\" is not an integer"},
      {"GET /v1/areas/ARM?name=areas/GEO", "",
       "name: \"areas/GEO\" is given as a parameter, but the path of the request sets this field"},
      {"GET /v1/areas/%FF", "", "name: \"areas/%FF\" is not UTF-8"},
      {"GET /v1/areas/%4", "", "name: \"areas/%4\" has a bad percent-escape"},
      {"GET /v1/areas/ARM", "{}", "body: \"{}\" is given, but this method takes no body"},
      {"PATCH /v1/areas/ARM", R"({"name":"areas/GEO"})",
       "area.name: \"areas/ARM\" is the value in the path, but the body has another"},
      {"PATCH /v1/areas/ARM", R"({"citations":[{"kind":"BOOK"}]})",
       "area.citations[0].kind: \"BOOK\" is not one of SOURCE_KIND_UNSPECIFIED, OFFICIAL, "
       "TREATY_SERIES, DATASET, "
       "PRESS, ENCYCLOPEDIA, CODE_LIST, INFERRED"},
      {"POST /v1/areas?area.kind=GROUP", "{}",
       "area.kind: \"GROUP\" is given as a parameter, but the body of the request sets this field"},
      {"POST /v1/areas:resolve?knownAt=1", "{}",
       "knownAt: \"1\" is given as a parameter, but the body of the request sets this field"},
      {"POST /v1/areas:resolve", R"({"query":["x"]})",
       "query: \"[\"x\"]\" is for a field that does not exist; the nearest is queries"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.request);
    const Target target(test.request);
    Transcoder::Match match = transcoder_->Route(target.verb, target.path);
    ASSERT_NE(match.method, nullptr);
    EXPECT_THAT(transcoder_->ToRpc(match, target.query, test.body),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
  }
}

TEST_F(TranscoderContractTest, AnswersCarryTheirDefaults) {
  const Method& method = *transcoder_->Route("GET", "/v1/memberStates:count").method;
  const std::string message =
      contract_
          .Parse("corridor.memberstates.v1.CountMembershipsResponse",
                 "certain: 169 possible: 169 as_of { text: '2018-01-01' earliest: '2018-01-01' }")
          ->SerializeAsString();
  EXPECT_THAT(
      transcoder_->ToJson(method, message),
      IsOkAndHolds(std::string(
          R"({"certain":169,"possible":169,"uncertain":[],"lowConfidence":[],"reported":[],)"
          R"("asOf":{"text":"2018-01-01","earliest":"2018-01-01"},"complete":false,"completeness":[]})")));
}

}  // namespace
}  // namespace corridor::gateway
