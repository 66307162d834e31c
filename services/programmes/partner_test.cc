#include "services/programmes/partner.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using PartnerTest = ServiceTest;

struct Case {
  std::string resource;
  std::string field;
  std::string message;
};

TEST_F(PartnerTest, AnOfficeIsRefusedNamingTheField) {
  const std::string named = "display_name: 'A' ";
  const std::string of_iom = named + "organisation: 'organisations/IOM' ";
  for (const Case& c : std::vector<Case>{
           {"", "office.display_name", "is required"},
           {named, "office.organisation", "is required"},
           {named + "organisation: 'IOM'", "office.organisation", "\"IOM\""},
           {named + "organisation: 'organisations/iom'", "office.organisation",
            "has the malformed id \"iom\""},
           {of_iom, "office.area", "is required"},
           {of_iom + "area: 'CZE'", "office.area", "\"CZE\""},
           {of_iom + "area: 'areas/CZE'", "office.citations", "is required"},
           {absl::StrCat(of_iom, "area: 'areas/XXX'", kCited), "office.area",
            "\"areas/XXX\" is no area that memberstates knows"},
       }) {
    EXPECT_THAT(Call(handlers_.offices, &OfficeHandler::CreateOffice,
                     "office_id: 'A' office { " + c.resource + " }"),
                Refuses(c.field, c.message))
        << c.resource;
  }
}

TEST_F(PartnerTest, APartnerIsRefusedNamingTheField) {
  const std::string named = "display_name: 'A' ";
  for (const Case& c : std::vector<Case>{
           {"", "partner.display_name", "is required"},
           {named + "kind: 99", "partner.kind", "\"99\" is not a kind of partner"},
           {named + "area: 'ROU'", "partner.area", "\"ROU\""},
           {named, "partner.citations", "is required"},
           {absl::StrCat(named, "area: 'areas/XXX'", kCited), "partner.area",
            "\"areas/XXX\" is no area that memberstates knows"},
       }) {
    EXPECT_THAT(Call(handlers_.partners, &PartnerHandler::CreatePartner,
                     "partner_id: 'A' partner { " + c.resource + " }"),
                Refuses(c.field, c.message))
        << c.resource;
  }
}

TEST_F(PartnerTest, TheOrganisationOfAnOfficeIsForMemberstatesToKnow) {
  EXPECT_OK(AddOffice("IOM_PRAGUE"));
  const auto list = Call(handlers_.offices, &OfficeHandler::ListOffices,
                         "filter: 'organisation = \"organisations/IOM\"'");
  ASSERT_OK(list);
  EXPECT_EQ(list->offices_size(), 1);
}

}  // namespace
}  // namespace corridor::programmes
