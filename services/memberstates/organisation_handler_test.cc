#include "services/memberstates/organisation_handler.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = "kind: IGO display_name: 'A' citations { source: 'S' kind: OFFICIAL }";

class OrganisationHandlerTest : public ServiceTest {
 protected:
  OrganisationHandlerTest() {
    AddOrganisation("IOM", "established { text: '1951' }");
    AddOrganisation("UNHCR");
  }
  auto Get(std::string_view request) {
    return Call(organisations_, &OrganisationHandler::GetOrganisation, request);
  }
  auto List(std::string_view request) {
    return Call(organisations_, &OrganisationHandler::ListOrganisations, request);
  }
};

TEST_F(OrganisationHandlerTest, AnOrganisationIsAnsweredAsItWasKnown) {
  const auto organisation = Get("name: 'organisations/IOM'");
  ASSERT_OK(organisation);
  EXPECT_EQ(organisation->established().latest(), "1951-12-31");
  ASSERT_OK(Call(organisations_, &OrganisationHandler::UpdateOrganisation,
                 "organisation { name: 'organisations/IOM' display_name: 'New' }"));
  EXPECT_EQ(Get("name: 'organisations/IOM'")->display_name(), "New");
  EXPECT_THAT(*Get("name: 'organisations/IOM' known_at: '2'"), EqualsProto(*organisation));
}

TEST_F(OrganisationHandlerTest, OrganisationsAreListedByIdAPageAtATime) {
  auto request = Proto<v1::ListOrganisationsRequest>("page_size: 1");
  auto page = Call(organisations_, &OrganisationHandler::ListOrganisations, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->organisations(0).name(), "organisations/IOM");
  request.set_page_token(page->next_page_token());
  AddOrganisation("KIVA");
  page = Call(organisations_, &OrganisationHandler::ListOrganisations, request);
  ASSERT_OK(page);
  EXPECT_EQ(page->organisations(0).name(), "organisations/UNHCR");
  EXPECT_EQ(page->known_version().version(), 2);
  EXPECT_EQ(List("filter: 'id = \"KIVA\"'")->organisations_size(), 1);
}

TEST_F(OrganisationHandlerTest, BadInputIsRefusedNamingFieldAndValue) {
  EXPECT_THAT(Get("name: 'organisations/XYZ'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("organisations/XYZ")));
  EXPECT_THAT(Get("name: 'IOM'"), Refuses("name", "\"IOM\""));
  EXPECT_THAT(List("filter: 'size > 3'"), Refuses("filter", "size"));

  const auto create = [&](const std::string& request) {
    return Call(organisations_, &OrganisationHandler::CreateOrganisation, request);
  };
  EXPECT_THAT(create(absl::StrCat("organisation { ", kGood, " }")),
              Refuses("organisation_id", "is required"));
  EXPECT_THAT(create(absl::StrCat("organisation_id: 'iom' organisation { ", kGood, " }")),
              Refuses("organisation.name", "\"organisations/iom\""));
  EXPECT_THAT(create("organisation_id: 'A' organisation { kind: IGO display_name: 'A' }"),
              Refuses("organisation.citations", "is required"));
  EXPECT_THAT(create(absl::StrCat("organisation_id: 'IOM' organisation { ", kGood, " }")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("organisations/IOM")));
  EXPECT_THAT(Call(organisations_, &OrganisationHandler::UpdateOrganisation,
                   "organisation { name: 'organisations/IOM' etag: 'other' display_name: 'N' }"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("organisations/IOM has changed")));
  EXPECT_THAT(Call(organisations_, &OrganisationHandler::UpdateOrganisation,
                   "organisation { name: 'organisations/IOM' } update_mask { paths: 'size' }"),
              Refuses("update_mask", "\"size\""));
}

TEST_F(OrganisationHandlerTest, AnOrganisationWithMembershipsCannotBeDeleted) {
  AddArea("ARM", "Armenia");
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER }"));
  EXPECT_THAT(
      Call(organisations_, &OrganisationHandler::DeleteOrganisation, "name: 'organisations/IOM'"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("still has organisations/IOM/memberships/ARM")));
  ASSERT_OK(Call(organisations_, &OrganisationHandler::DeleteOrganisation,
                 "name: 'organisations/UNHCR'"));
  EXPECT_THAT(Get("name: 'organisations/UNHCR'"), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace corridor::memberstates
