#include "platform/request/update_mask.h"

#include "corridor/memberstates/v1/membership.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using memberstates::v1::Membership;

constexpr char kOld[] = R"pb(
  name: "organisations/IOM/memberships/ARM"
  party { kind: STATE area: "areas/ARM" display_name: "Armenia" }
  spells {
    status: MEMBER
    start { text: "1993" }
  }
  spells { status: OBSERVER }
  etag: "1"
)pb";

Membership Read(const std::string& text) {
  Membership membership;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &membership));
  return membership;
}

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

absl::StatusOr<Membership> Apply(const std::string& patch,
                                 const google::protobuf::FieldMask& mask) {
  Membership target = Read(kOld);
  const UpdateRules rules = {.immutable = {"name", "party.kind"}, .output_only = {"etag", "as_of"}};
  const absl::Status status = ApplyUpdateMask(Read(patch), mask, rules, "membership", target);
  if (!status.ok()) {
    EXPECT_THAT(target, EqualsProto(kOld));
    return status;
  }
  return target;
}

TEST(UpdateMaskTest, OnlyTheFieldsNamedChange) {
  EXPECT_THAT(Apply(R"pb(party { display_name: "Hayastan" area: "areas/GEO" }
                         spells { status: MEMBER })pb",
                    Mask({"party.display_name"})),
              IsOkAndHolds(EqualsProto(R"pb(
                name: "organisations/IOM/memberships/ARM"
                party { kind: STATE area: "areas/ARM" display_name: "Hayastan" }
                spells {
                  status: MEMBER
                  start { text: "1993" }
                }
                spells { status: OBSERVER }
                etag: "1")pb")));
}

TEST(UpdateMaskTest, ListsAreReplacedWhole) {
  EXPECT_THAT(Apply("spells { status: MEMBER }", Mask({"spells"})), IsOkAndHolds(EqualsProto(R"pb(
                name: "organisations/IOM/memberships/ARM"
                party { kind: STATE area: "areas/ARM" display_name: "Armenia" }
                spells { status: MEMBER }
                etag: "1")pb")));
}

TEST(UpdateMaskTest, AFieldNamedButUnsetIsCleared) {
  EXPECT_THAT(Apply("", Mask({"spells", "party.area"})), IsOkAndHolds(EqualsProto(R"pb(
                name: "organisations/IOM/memberships/ARM"
                party { kind: STATE display_name: "Armenia" }
                etag: "1")pb")));
}

TEST(UpdateMaskTest, AnEmptyMaskMeansWhatIsSet) {
  EXPECT_THAT(Apply(R"pb(name: "organisations/IOM/memberships/ARM"
                         spells { status: MEMBER }
                         etag: "9")pb",
                    Mask({})),
              IsOkAndHolds(EqualsProto(R"pb(
                name: "organisations/IOM/memberships/ARM"
                party { kind: STATE area: "areas/ARM" display_name: "Armenia" }
                spells { status: MEMBER }
                etag: "1")pb")));
}

TEST(UpdateMaskTest, AStarMeansEveryField) {
  EXPECT_THAT(Apply(R"pb(name: "organisations/IOM/memberships/ARM"
                         party { kind: STATE })pb",
                    Mask({"*"})),
              IsOkAndHolds(EqualsProto(R"pb(
                name: "organisations/IOM/memberships/ARM"
                party { kind: STATE }
                etag: "1")pb")));
}

TEST(UpdateMaskTest, AnUnknownPathIsRefusedWithTheNearest) {
  EXPECT_THAT(
      Apply("", Mask({"spels"})),
      AllOf(StatusIs(
                absl::StatusCode::kInvalidArgument,
                "update_mask: \"spels\" is not a field of Membership; the nearest is \"spells\""),
            HasFieldViolation("update_mask")));
  for (const char* path : {"", "party.", "party.nope", "spells.status", "name.x", "."}) {
    EXPECT_THAT(Apply("", Mask({path})), HasFieldViolation("update_mask")) << path;
  }
}

TEST(UpdateMaskTest, AnImmutableFieldMayBeSaidButNotChanged) {
  EXPECT_OK(Apply(R"pb(name: "organisations/IOM/memberships/ARM")pb", Mask({"name"})));
  EXPECT_THAT(Apply(R"pb(name: "organisations/IOM/memberships/GEO")pb", Mask({"name"})),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("organisations/IOM/memberships/GEO")),
                    HasFieldViolation("membership.name")));
  EXPECT_THAT(Apply("party { kind: NGO }", Mask({"party"})),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("NGO")),
                    HasFieldViolation("membership.party.kind")));
}

}  // namespace
}  // namespace corridor
