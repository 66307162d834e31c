#include "services/memberstates/organisation_handler.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/memberstates/service_fixture.h"

namespace corridor::memberstates {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
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
  auto Create(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::CreateOrganisation, request);
  }
  auto BatchCreate(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::BatchCreateOrganisations, request);
  }
  auto Update(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::UpdateOrganisation, request);
  }
  auto BatchUpdate(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::BatchUpdateOrganisations, request);
  }
  auto Delete(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::DeleteOrganisation, request);
  }
  auto BatchDelete(const std::string& request) {
    return Call(organisations_, &OrganisationHandler::BatchDeleteOrganisations, request);
  }
  int64_t Head() { return store_.versions().Head(absl::InfiniteFuture()).value(); }
  // Everything that a write leaves a trace in: the commits, and what there is.
  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    const auto commits = store_.versions().CommitsAfter(0, 1000, absl::InfiniteFuture());
    EXPECT_OK(commits);
    for (const store::Commit& commit : *commits) {
      recorded.push_back(absl::StrCat(commit.version, " ", absl::StrJoin(commit.resources, " ")));
    }
    const auto list = List("");
    EXPECT_OK(list);
    for (const v1::Organisation& one : list->organisations()) {
      recorded.push_back(one.DebugString());
    }
    return recorded;
  }
};

// An entry that creates an organisation.
std::string New(const std::string& id) {
  return absl::StrCat("organisation_id: '", id, "' organisation { ", kGood, " } ");
}

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

TEST_F(OrganisationHandlerTest, BatchesAreOneCommitEachAnsweredInTheirOrder) {
  const auto created =
      BatchCreate("requests { " + New("B") + "} requests { " + New("A") + "} reason: 'Both'");
  ASSERT_OK(created);
  EXPECT_EQ(answered_version_, 3);
  EXPECT_EQ(Head(), 3);
  ASSERT_EQ(created->organisations_size(), 2);
  EXPECT_THAT(Get("name: 'organisations/B'"), IsOkAndHolds(EqualsProto(created->organisations(0))));
  EXPECT_THAT(Get("name: 'organisations/A'"), IsOkAndHolds(EqualsProto(created->organisations(1))));

  const auto updated = BatchUpdate(absl::StrCat(
      "requests { organisation { name: 'organisations/A' established { text: '1951' } etag: '",
      created->organisations(1).etag(),
      "' } } requests { organisation { name: 'organisations/IOM' display_name: 'New' kind: NGO } "
      "update_mask { paths: 'display_name' } }"));
  ASSERT_OK(updated);
  EXPECT_EQ(Head(), 4);
  EXPECT_EQ(updated->organisations(0).established().earliest(), "1951-01-01");
  EXPECT_EQ(updated->organisations(1).display_name(), "New");
  EXPECT_EQ(updated->organisations(1).kind(), v1::Organisation::IGO);
  EXPECT_THAT(Get("name: 'organisations/IOM'"),
              IsOkAndHolds(EqualsProto(updated->organisations(1))));

  ASSERT_OK(
      BatchDelete(absl::StrCat("requests { name: 'organisations/B' } requests { name: "
                               "'organisations/A' etag: '",
                               updated->organisations(0).etag(), "' }")));
  EXPECT_EQ(Head(), 5);
  EXPECT_THAT(Get("name: 'organisations/A'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Get("name: 'organisations/A' known_at: '4'"),
              IsOkAndHolds(EqualsProto(updated->organisations(0))));

  const auto commits = store_.versions().CommitsAfter(2, 10, absl::InfiniteFuture());
  ASSERT_OK(commits);
  ASSERT_EQ(commits->size(), 3u);
  EXPECT_EQ(commits->at(0).reason, "Both");
  EXPECT_THAT(commits->at(0).resources, ElementsAre("organisations/B", "organisations/A"));
  EXPECT_THAT(commits->at(1).resources, ElementsAre("organisations/A", "organisations/IOM"));
}

TEST_F(OrganisationHandlerTest, BatchesAreRefusedAsAWholeNamingTheEntry) {
  AddArea("ARM", "Armenia");
  ASSERT_OK(Join("IOM", "ARM", "spells { status: MEMBER }"));
  const std::vector<std::string> before = Recorded();
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  const auto check = [](const auto& batch, const std::string& first,
                        const std::vector<Case>& cases) {
    EXPECT_THAT(batch(""), Refuses("requests", "is required"));
    for (const Case& c : cases) {
      EXPECT_THAT(batch("requests { " + first + " } requests { " + c.second + " }"),
                  Refuses("requests[1]." + c.field, c.message))
          << c.second;
    }
  };
  const auto create = [&](const std::string& r) { return BatchCreate(r); };
  const auto update = [&](const std::string& r) { return BatchUpdate(r); };
  const auto erase = [&](const std::string& r) { return BatchDelete(r); };
  check(create, New("A"),
        {{"organisation_id: 'B' organisation { kind: IGO display_name: 'B' }",
          "organisation.citations", "is required"},
         {New("b"), "organisation.name", "\"organisations/b\""},
         {New("B") + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {New("B") + "reason: 'r'", "reason", "belongs to the whole batch"},
         {New("B") + "validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string iom = "organisation { name: 'organisations/IOM' ";
  check(update, "organisation { name: 'organisations/UNHCR' display_name: 'New' }",
        {{"organisation { name: 'IOM' }", "organisation.name", "\"IOM\""},
         {"organisation { name: 'organisations/UNHCR' }", "organisation.name",
          "is in the batch twice"},
         {iom + "} update_mask { paths: 'size' }", "update_mask", "\"size\""},
         {iom + "} update_mask { paths: 'citations' }", "organisation.citations", "is required"},
         {iom + "} request_id: 'r'", "request_id", "belongs to the whole batch"},
         {iom + "} reason: 'r'", "reason", "belongs to the whole batch"},
         {iom + "} validate_only: true", "validate_only", "belongs to the whole batch"}});
  const std::string name = "name: 'organisations/IOM' ";
  check(erase, "name: 'organisations/UNHCR'",
        {{"name: 'IOM'", "name", "\"IOM\""},
         {"name: 'organisations/UNHCR'", "name", "is in the batch twice"},
         {name + "request_id: 'r'", "request_id", "belongs to the whole batch"},
         {name + "reason: 'r'", "reason", "belongs to the whole batch"},
         {name + "validate_only: true", "validate_only", "belongs to the whole batch"}});

  const auto second_fails = [](absl::StatusCode code, const std::string& message) {
    return StatusIs(code, AllOf(HasSubstr("requests[1]"), HasSubstr(message)));
  };
  for (const char* id : {"A", "IOM"}) {
    EXPECT_THAT(create("requests { " + New("A") + "} requests { " + New(id) + "}"),
                second_fails(absl::StatusCode::kAlreadyExists, id));
  }
  const std::string revised =
      "requests { organisation { name: 'organisations/UNHCR' display_name: 'New' } } ";
  EXPECT_THAT(update(revised + "requests { organisation { name: 'organisations/XYZ' } }"),
              second_fails(absl::StatusCode::kNotFound, "organisations/XYZ"));
  EXPECT_THAT(update(revised + "requests { " + iom + "etag: 'old' } }"),
              second_fails(absl::StatusCode::kAborted, "organisations/IOM has changed"));
  const std::string erased = "requests { name: 'organisations/UNHCR' } ";
  EXPECT_THAT(erase(erased + "requests { name: 'organisations/XYZ' }"),
              second_fails(absl::StatusCode::kNotFound, "organisations/XYZ"));
  EXPECT_THAT(erase(erased + "requests { " + name + "etag: 'old' }"),
              second_fails(absl::StatusCode::kAborted, "organisations/IOM has changed"));
  EXPECT_THAT(erase(erased + "requests { " + name + "}"),
              second_fails(absl::StatusCode::kFailedPrecondition,
                           "still has organisations/IOM/memberships/ARM"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(OrganisationHandlerTest, ARepeatedWriteAnswersAsTheFirstDid) {
  const std::string create = "request_id: '1' requests { " + New("A") + "}";
  const auto created = BatchCreate(create);
  ASSERT_OK(created);
  const std::string update = absl::StrCat(
      "request_id: '1' requests { organisation { name: 'organisations/A' "
      "display_name: 'New' etag: '",
      created->organisations(0).etag(), "' } }");
  const auto updated = BatchUpdate(update);
  ASSERT_OK(updated);
  const std::string erase = "request_id: '1' requests { name: 'organisations/A' }";
  ASSERT_OK(BatchDelete(erase));
  const std::vector<std::string> before = Recorded();
  EXPECT_THAT(BatchCreate(create), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_EQ(answered_version_, 3);
  EXPECT_THAT(BatchUpdate(update), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_EQ(answered_version_, 4);
  EXPECT_OK(BatchDelete(erase));
  EXPECT_EQ(answered_version_, 5);
  EXPECT_EQ(Recorded(), before);
  EXPECT_THAT(BatchDelete("request_id: '1' requests { name: 'organisations/IOM' }"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"1\"")));
}

TEST_F(OrganisationHandlerTest, AWriteThatChangedNothingIsAnsweredTheSameWhenItIsRepeated) {
  const auto old = Get("name: 'organisations/UNHCR'");
  ASSERT_OK(old);
  const std::string same =
      "request_id: '1' organisation { name: 'organisations/UNHCR' display_name: ";
  EXPECT_THAT(Update(same + "'Organisation' }"), IsOkAndHolds(EqualsProto(*old)));
  EXPECT_EQ(Head(), 2);
  ASSERT_OK(Update("organisation { name: 'organisations/UNHCR' display_name: 'New' }"));
  EXPECT_THAT(Update(same + "'Organisation' }"), IsOkAndHolds(EqualsProto(*old)));
  EXPECT_EQ(Head(), 3);
  EXPECT_THAT(Update(same + "'Other' }"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"1\"")));
}

TEST_F(OrganisationHandlerTest, AWriteThatIsOnlyValidatedRecordsNothingAndLeavesItsRequestIdFree) {
  const std::vector<std::string> before = Recorded();
  const std::string only = "validate_only: true request_id: '1' ";
  const std::string iom = "organisation { name: 'organisations/IOM' display_name: 'New' } ";
  const auto tried_create = Create(only + New("A"));
  const auto tried_create_batch = BatchCreate(only + "requests { " + New("B") + "}");
  const auto tried_update = Update(only + iom);
  const auto tried_update_batch = BatchUpdate(only + "requests { " + iom + "}");
  for (const auto& [id, code, message] :
       std::vector<std::tuple<std::string, absl::StatusCode, std::string>>{
           {"IOM", absl::StatusCode::kAlreadyExists, "organisations/IOM"},
           {"iom", absl::StatusCode::kInvalidArgument, "organisations/iom"}}) {
    EXPECT_THAT(Create(only + New(id)), StatusIs(code, HasSubstr(message)));
    EXPECT_THAT(BatchCreate(only + "requests { " + New(id) + "}"),
                StatusIs(code, AllOf(HasSubstr("requests[0]"), HasSubstr(message))));
  }
  EXPECT_THAT(Update(only + "organisation { name: 'organisations/IOM' etag: 'old' }"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("organisations/IOM has changed")));
  ASSERT_OK(Delete(only + "name: 'organisations/IOM'"));
  ASSERT_OK(BatchDelete(only + "requests { name: 'organisations/IOM' }"));
  EXPECT_EQ(answered_version_, 2);
  EXPECT_EQ(Recorded(), before);

  const std::string write = "request_id: '1' ";
  const auto expect_without_etag = [](const auto& tried, auto made) {
    ASSERT_OK(tried);
    ASSERT_OK(made);
    made->clear_etag();
    EXPECT_THAT(*tried, EqualsProto(*made));
  };
  const auto expect_without_etags = [](const auto& tried, auto made) {
    ASSERT_OK(tried);
    ASSERT_OK(made);
    for (v1::Organisation& one : *made->mutable_organisations()) one.clear_etag();
    EXPECT_THAT(*tried, EqualsProto(*made));
  };
  expect_without_etag(tried_create, Create(write + New("A")));
  expect_without_etags(tried_create_batch, BatchCreate(write + "requests { " + New("B") + "}"));
  expect_without_etag(tried_update, Update(write + iom));
  ASSERT_OK(Update("organisation { name: 'organisations/IOM' display_name: 'Organisation' }"));
  expect_without_etags(tried_update_batch, BatchUpdate(write + "requests { " + iom + "}"));
  ASSERT_OK(Delete(write + "name: 'organisations/A'"));
  ASSERT_OK(BatchDelete(write + "requests { name: 'organisations/B' }"));
  EXPECT_EQ(Head(), 9);
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
