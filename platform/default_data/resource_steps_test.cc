#include "platform/default_data/resource_steps.h"

#include <string>
#include <vector>

#include "corridor/programmes/v1/partner.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor {
namespace {

namespace v1 = programmes::v1;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps what it is given.
class PartnerHandler {
 public:
  absl::StatusOr<v1::BatchCreatePartnersResponse> BatchCreatePartners(
      const v1::BatchCreatePartnersRequest& request, CallContext& call) {
    batches.push_back(request);
    methods.push_back(call.method());
    return v1::BatchCreatePartnersResponse();
  }
  absl::StatusOr<v1::Partner> CreatePartner(const v1::CreatePartnerRequest& request,
                                            CallContext& call) {
    singles.push_back(request.partner_id());
    methods.push_back(call.method());
    return v1::Partner();
  }
  std::vector<v1::BatchCreatePartnersRequest> batches;
  std::vector<std::string> singles;
  std::vector<std::string> methods;
};

class ResourceStepsTest : public ::testing::Test {
 protected:
  ResourceStepsTest() {
    folder_.Write("sources.csv",
                  "id,kind,claimant,title,locator,licence,note\n"
                  "PAGE,OFFICIAL,IOM Prague,A page,iom.cz,not stated,Undated.\n"
                  "OURS,INFERRED,Corridor,Reasoning,,own reasoning,\n");
  }
  absl::StatusOr<std::vector<Step>> BatchOf(const std::string& json) {
    folder_.Write("partners.json", json);
    ASSIGN_OR_RETURN(ResourceSteps steps, ResourceSteps::Open(folder_.path()));
    RETURN_IF_ERROR(steps.AddBatch("partners", partners_, &PartnerHandler::BatchCreatePartners));
    return steps.Take();
  }
  static void Run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      CallContext call(step.id.method, kDefaultDataActor, absl::InfiniteFuture(),
                       absl::UnixEpoch());
      EXPECT_OK(step.write(call));
    }
  }

  TempDir folder_;
  PartnerHandler partners_;
};

TEST_F(ResourceStepsTest, AFileIsOneBatchForTheMethodThatTakesIt) {
  ASSERT_OK_AND_ASSIGN(const auto steps,
                       BatchOf(R"([{"name": "partners/A"}, {"name": "partners/B"}])"));
  ASSERT_EQ(steps.size(), 1);
  EXPECT_EQ(steps[0].id.request_id, "default-data/partners");
  Run(steps);
  EXPECT_THAT(partners_.methods,
              ElementsAre("/corridor.programmes.v1.Partners/BatchCreatePartners"));
  ASSERT_EQ(partners_.batches.size(), 1);
  EXPECT_THAT(partners_.batches[0],
              EqualsProto("requests { partner { name: 'partners/A' } } "
                          "requests { partner { name: 'partners/B' } } "
                          "request_id: 'default-data/partners' reason: 'Default data set'"));
}

TEST_F(ResourceStepsTest, EachRequestOfAListIsAStepOfItsOwn) {
  folder_.Write("singles.json", R"([{"partnerId": "A"}, {"partnerId": "B"}])");
  ASSERT_OK_AND_ASSIGN(ResourceSteps reading, ResourceSteps::Open(folder_.path()));
  const auto id_of = [](const v1::CreatePartnerRequest& request) { return request.partner_id(); };
  ASSERT_OK(reading.AddEach("singles", id_of, partners_, &PartnerHandler::CreatePartner));
  const std::vector<Step> steps = reading.Take();
  ASSERT_EQ(steps.size(), 2);
  EXPECT_EQ(steps[1].id.request_id, "default-data/B");
  Run(steps);
  EXPECT_THAT(partners_.singles, ElementsAre("A", "B"));
}

TEST_F(ResourceStepsTest, CitationsAreCompletedFromTheSources) {
  ASSERT_OK_AND_ASSIGN(const auto steps, BatchOf(R"([{"citations": [
      {"source": "PAGE", "locator": "first sentence", "publishedText": "x"},
      {"source": "OURS", "reasoning": "By the town in its name.", "note": "Sure."}]}])"));
  Run(steps);
  EXPECT_THAT(partners_.batches.at(0).requests(0).partner(), EqualsProto(R"pb(
                citations {
                  source: 'PAGE'
                  kind: OFFICIAL
                  claimant: 'IOM Prague'
                  title: 'A page'
                  locator: 'iom.cz, first sentence'
                  published_text: 'x'
                  note: 'Undated.'
                }
                citations {
                  source: 'OURS'
                  kind: INFERRED
                  claimant: 'Corridor'
                  title: 'Reasoning'
                  licence: 'own reasoning'
                  reasoning: 'By the town in its name.'
                  note: 'Sure.'
                })pb"));
}

TEST_F(ResourceStepsTest, AWrongFileIsRefusedNamingItTheEntryAndTheValue) {
  const auto refuses = [this](const std::string& text) {
    return StatusIs(absl::StatusCode::kInvalidArgument,
                    AllOf(HasSubstr(folder_.File("partners.json")), HasSubstr(text)));
  };
  EXPECT_THAT(BatchOf(R"({"name": "partners/A"})"), refuses("partners.json"));
  EXPECT_THAT(BatchOf(R"([{}, {"nmae": "partners/A"}])"), refuses("[1]: "));
  EXPECT_THAT(BatchOf(R"([{}, {"nmae": "partners/A"}])"), refuses("nmae"));
  EXPECT_THAT(BatchOf(R"([{"kind": "GUILD"}])"), refuses("GUILD"));
  EXPECT_THAT(BatchOf(R"([{"citations": [{"source": "ELSEWHERE"}]}])"), refuses("\"ELSEWHERE\""));
  EXPECT_THAT(ResourceSteps::Open(folder_.File("nowhere")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere/sources.csv")));
}

}  // namespace
}  // namespace corridor
