#include "platform/cache/kept_method.h"

#include "corridor/indicators/v1/observation.pb.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/request/position.h"
#include "platform/testing/proto_text.h"

namespace corridor::cache {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

namespace indicators = corridor::indicators::v1;
namespace memberstates = corridor::memberstates::v1;

constexpr char kList[] = "/corridor.indicators.v1.Observations/ListObservations";
constexpr char kListMemberships[] = "/corridor.memberstates.v1.Memberships/ListMemberships";

Origin SomeOrigin() { return {"test", "indicators", "0123456789abcdef", "1.0"}; }
absl::Time Noon() {
  return absl::FromCivil(absl::CivilSecond(2024, 3, 1, 12, 0, 0), absl::UTCTimeZone());
}

std::optional<Question> Ask(const std::string& request, const Origin& origin = SomeOrigin(),
                            absl::Time now = Noon()) {
  // Descriptors of a method exist once its messages are linked.
  KeptMethods methods(origin);
  const KeptMethod* const method = methods.Find(kList);
  EXPECT_NE(method, nullptr);
  return method->Ask(Proto<indicators::ListObservationsRequest>(request), now);
}
Key KeyOf(const std::string& request) { return Ask(request)->key; }

TEST(KeptMethodTest, WritesAndWhatTheContractDoesNotNameAreNotKept) {
  KeptMethods methods(SomeOrigin());
  EXPECT_EQ(methods.Find("/corridor.indicators.v1.Observations/WriteObservations"), nullptr);
  EXPECT_EQ(methods.Find("/corridor.memberstates.v1.Memberships/BatchCheckMemberships"), nullptr);
  EXPECT_EQ(methods.Find("/no.such.Service/Method"), nullptr);
  EXPECT_EQ(methods.Find(kList), methods.Find(kList));
}

TEST(KeptMethodTest, WhatReadsOneIndicatorHasItsTag) {
  for (const char* request : {"indicator: 'POV_2USD'", "indicator: 'indicators/POV_2USD'"}) {
    EXPECT_THAT(Ask(request)->tags, Contains(Tag{"series", "series/POV_2USD~"})) << request;
    EXPECT_THAT(Ask(request)->tags, Contains(Tag{"datasets"})) << request;
  }
  EXPECT_THAT(Ask("area: 'GEO'")->tags, Contains(Tag{"series"}));
}

TEST(KeptMethodTest, WhatReadsOneOrganisationHasItsTag) {
  KeptMethods methods(SomeOrigin());
  const KeptMethod* const method = methods.Find(kListMemberships);
  ASSERT_NE(method, nullptr);
  memberstates::ListMembershipsRequest request;
  EXPECT_THAT(method->Ask(request, Noon())->tags, Contains(Tag{"organisations/-/memberships"}));
  request.set_parent("organisations/IOM");
  EXPECT_THAT(method->Ask(request, Noon())->tags,
              Contains(Tag{"organisations/-/memberships", "organisations/IOM/memberships"}));
}

TEST(KeptMethodTest, EqualRequestsHaveEqualKeysAndOthersNot) {
  EXPECT_EQ(KeyOf("indicator: 'A' area: 'GEO'"), KeyOf("area: 'GEO' indicator: 'A'"));
  const std::vector<std::string> different = {"", "indicator: 'A'", "area: 'A'",
                                              "indicator: 'A' latest: true",
                                              "indicator: 'A' known_at: '1'"};
  for (size_t i = 0; i < different.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(KeyOf(different[i]), KeyOf(different[j])) << i << j;
  }
}

TEST(KeptMethodTest, KeysDifferByWhoseAnswersTheyAre) {
  const Key key = KeyOf("");
  for (const Origin& other :
       std::vector<Origin>{{"other", "indicators", "0123456789abcdef", "1.0"},
                           {"test", "others", "0123456789abcdef", "1.0"},
                           {"test", "indicators", "fedcba9876543210", "1.0"},
                           {"test", "indicators", "0123456789abcdef", "1.1"}}) {
    EXPECT_NE(Ask("", other)->key, key);
  }
}

TEST(KeptMethodTest, TheDayIsPartOfTheQuestion) {
  EXPECT_EQ(Ask("", SomeOrigin(), Noon() + absl::Hours(11))->key, KeyOf(""));
  EXPECT_NE(Ask("", SomeOrigin(), Noon() + absl::Hours(13))->key, KeyOf(""));
}

TEST(KeptMethodTest, AVersionIsFixedAndATimeIsNot) {
  EXPECT_FALSE(Ask("")->is_fixed);
  EXPECT_FALSE(Ask("known_at: '2018-01-01T00:00:00Z'")->is_fixed);
  EXPECT_THAT(Ask("known_at: '2018-01-01T00:00:00Z'")->tags, Not(IsEmpty()));
  const std::string token = EncodePosition("indicators", "0123456789abcdef", 4);
  for (const std::string& request : {std::string("known_at: '4'"), "known_at: '" + token + "'",
                                     std::string("page_token: 'x'")}) {
    EXPECT_TRUE(Ask(request)->is_fixed) << request;
    EXPECT_THAT(Ask(request)->tags, IsEmpty()) << request;
  }
}

TEST(KeptMethodTest, WhatIsRefusedIsNoQuestion) {
  EXPECT_FALSE(Ask("known_at: 'yesterday'"));
  EXPECT_FALSE(Ask("known_at: '" + EncodePosition("indicators", "fedcba9876543210", 4) + "'"));
}

}  // namespace
}  // namespace corridor::cache
