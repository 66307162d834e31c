#include "platform/resources/message_fields.h"

#include "corridor/programmes/v1/partner.pb.h"
#include "gtest/gtest.h"

namespace corridor::resources {
namespace {

namespace v1 = ::corridor::programmes::v1;

TEST(MessageFieldsTest, FieldsAreReadAndSetByName) {
  v1::UpdatePartnerRequest request;
  v1::Partner& partner = *request.mutable_partner();
  SetText(partner, "name", "partners/A");
  EXPECT_EQ(TextOf(partner, "name"), "partners/A");
  EXPECT_EQ(&MessageOf(request, "partner"), &partner);
  ClearField(partner, "name");
  EXPECT_EQ(partner.name(), "");
}

TEST(MessageFieldsTest, TheListOfAResponseIsThatOfTheResource) {
  EXPECT_EQ(ListOf(v1::ListPartnersResponse(), *v1::Partner::descriptor()).name(), "partners");
}

TEST(MessageFieldsDeathTest, AFieldThatAContractLacksIsOurBug) {
  EXPECT_DEATH(TextOf(v1::Partner(), "title"), "corridor.programmes.v1.Partner has no field title");
  EXPECT_DEATH(ListOf(v1::ListPartnersResponse(), *v1::Office::descriptor()),
               "has no field corridor.programmes.v1.Office list");
}

}  // namespace
}  // namespace corridor::resources
