#include "platform/resources/handler.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/resources/three_kinds_fixture.h"

namespace corridor::resources {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HandlerTest : public ThreeKindsTest {
 protected:
  auto GetPartner(std::string_view request) {
    return Call(partners_, &PartnerHandler::GetPartner, request);
  }
  auto CreatePartner(std::string_view request) {
    return Call(partners_, &PartnerHandler::CreatePartner, request);
  }
  auto BatchCreatePartners(std::string_view request) {
    return Call(partners_, &PartnerHandler::BatchCreatePartners, request);
  }
  auto UpdatePartner(std::string_view request) {
    return Call(partners_, &PartnerHandler::UpdatePartner, request);
  }
  auto BatchUpdatePartners(std::string_view request) {
    return Call(partners_, &PartnerHandler::BatchUpdatePartners, request);
  }
  auto DeletePartner(std::string_view request) {
    return Call(partners_, &PartnerHandler::DeletePartner, request);
  }
  auto BatchDeletePartners(std::string_view request) {
    return Call(partners_, &PartnerHandler::BatchDeletePartners, request);
  }
  auto UpdateProject(std::string_view request) {
    return Call(projects_, &ProjectHandler::UpdateProject, request);
  }
  auto DeleteProject(std::string_view request) {
    return Call(projects_, &ProjectHandler::DeleteProject, request);
  }

  // Everything that a write leaves a trace in: the commits, and what there is.
  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    const auto commits = store_.versions().CommitsAfter(0, 1000, Soon());
    EXPECT_OK(commits);
    for (const store::Commit& commit : *commits) {
      recorded.push_back(absl::StrCat(commit.version, " ", absl::StrJoin(commit.resources, " ")));
    }
    const auto partners = Call(partners_, &PartnerHandler::ListPartners, "");
    EXPECT_OK(partners);
    for (const v1::Partner& one : partners->partners()) recorded.push_back(one.DebugString());
    const auto projects = Call(projects_, &ProjectHandler::ListProjects, "");
    EXPECT_OK(projects);
    for (const v1::Project& one : projects->projects()) recorded.push_back(one.DebugString());
    return recorded;
  }
};

// What a write is answered when it is only to be validated.
v1::Partner WithoutEtag(v1::Partner partner) {
  partner.clear_etag();
  return partner;
}
template <typename Response>
Response WithoutEtags(Response response) {
  for (v1::Partner& partner : *response.mutable_partners()) partner.clear_etag();
  return response;
}

TEST_F(HandlerTest, AResourceIsAnsweredAsItWasKnownAlsoAfterItIsDeleted) {
  const auto created = AddPartner("A", "kind: NGO");
  ASSERT_OK(created);
  EXPECT_EQ(answered_version_, 2);
  EXPECT_THAT(GetPartner("name: 'partners/A'"), IsOkAndHolds(EqualsProto(*created)));
  const auto updated = UpdatePartner("partner { name: 'partners/A' display_name: 'New' }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->kind(), v1::Partner::NGO);
  EXPECT_NE(updated->etag(), created->etag());
  ASSERT_OK(DeletePartner("name: 'partners/A'"));
  EXPECT_EQ(answered_version_, 4);

  EXPECT_THAT(GetPartner("name: 'partners/A'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("partners/A")));
  EXPECT_THAT(GetPartner("name: 'partners/A' known_at: '2'"), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_THAT(GetPartner("name: 'partners/A' known_at: '3'"), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_THAT(GetPartner("name: 'partners/A' known_at: '1'"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(HandlerTest, ANameThatIsNotOneOfTheKindIsRefused) {
  for (const char* name : {"", "A", "projects/A", "partners/", "partners/A/B", "partners/ä"}) {
    const std::string request = absl::StrCat("name: '", name, "'");
    EXPECT_THAT(GetPartner(request), Refuses("name", "")) << name;
    EXPECT_THAT(DeletePartner(request), Refuses("name", "")) << name;
    EXPECT_THAT(UpdatePartner(absl::StrCat("partner { ", request, " }")),
                Refuses("partner.name", ""))
        << name;
  }
}

TEST_F(HandlerTest, ANewResourceIsRefusedNamingFieldAndValue) {
  ASSERT_OK(AddPartner("A"));
  struct Case {
    std::string request;
    std::string field;
    std::string message;
  };
  const std::string good = " partner { display_name: 'P' }";
  for (const Case& c : std::vector<Case>{
           {good, "partner_id", "is required"},
           {"partner_id: 'a b'" + good, "partner.name", "\"partners/a b\""},
           {"partner_id: 'a~b'" + good, "partner.name", "has a ~ in its id"},
           {absl::StrCat("partner_id: '", std::string(65, 'a'), "'", good), "partner.name",
            "has an id of more than 64 characters"},
           {"partner_id: 'B' partner { name: 'partners/C' display_name: 'P' }", "partner.name",
            "is not the new resource, partners/B"},
           {"partner { name: 'offices/C' display_name: 'P' }", "partner.name",
            "does not begin with partners/"},
           {"partner_id: 'B'", "partner.display_name", "is required"},
           {absl::StrCat("partner_id: 'B' partner { display_name: 'P' iati_identifier: '",
                         std::string(65 << 10, 'x'), "' }"),
            "partner", "is more than one record may take"},
           {absl::StrCat("partner_id: 'B' request_id: '", std::string(65, 'r'), "'", good),
            "request_id", "has 65 characters"},
       }) {
    EXPECT_THAT(CreatePartner(c.request), Refuses(c.field, c.message)) << c.field << c.message;
  }
  EXPECT_THAT(CreatePartner("partner_id: 'A'" + good),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("partners/A")));
  EXPECT_EQ(Head(), 2);
  EXPECT_OK(CreatePartner(absl::StrCat("partner_id: '", std::string(64, 'a'), "'", good)));
}

TEST_F(HandlerTest, IdsAreAsLongAsTheKindAllows) {
  EXPECT_OK(AddProject(std::string(20, 'a')));
  EXPECT_THAT(AddProject(std::string(21, 'a')),
              Refuses("project.name", "has an id of more than 20 characters"));
}

TEST_F(HandlerTest, AWriteToAResourceThatHasChangedIsAborted) {
  const auto created = AddPartner("A");
  ASSERT_OK(created);
  ASSERT_OK(UpdatePartner("partner { name: 'partners/A' display_name: 'New' }"));
  const std::string stale = absl::StrCat("etag: '", created->etag(), "'");
  const auto aborts = StatusIs(absl::StatusCode::kAborted, HasSubstr("partners/A has changed"));
  EXPECT_THAT(UpdatePartner("partner { name: 'partners/A' display_name: 'X' " + stale + " }"),
              aborts);
  EXPECT_THAT(DeletePartner("name: 'partners/A' " + stale), aborts);

  const std::string fresh = absl::StrCat("etag: '", GetPartner("name: 'partners/A'")->etag(), "'");
  const auto updated = UpdatePartner("partner { name: 'partners/A' kind: NGO " + fresh + " }");
  ASSERT_OK(updated);
  EXPECT_OK(DeletePartner(absl::StrCat("name: 'partners/A' etag: '", updated->etag(), "'")));
}

TEST_F(HandlerTest, AnUpdateThatChangesNothingMakesNoCommitAndKeepsTheEtag) {
  const auto created = AddPartner("A");
  ASSERT_OK(created);
  EXPECT_THAT(UpdatePartner("partner { name: 'partners/A' display_name: 'Partner' }"),
              IsOkAndHolds(EqualsProto(*created)));
  EXPECT_EQ(Head(), 2);
}

TEST_F(HandlerTest, ARepeatedWriteIsAnsweredAsTheFirstWas) {
  const std::string create = "partner_id: 'A' partner { display_name: 'P' } request_id: ";
  const auto created = CreatePartner(create + "'1'");
  ASSERT_OK(created);
  const std::string update =
      absl::StrCat("partner { name: 'partners/A' display_name: 'N' area: 'areas/ROU' etag: '",
                   created->etag(), "' } request_id: ");
  const auto updated = UpdatePartner(update + "'2'");
  ASSERT_OK(updated);
  EXPECT_THAT(CreatePartner(create + "'1'"), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_THAT(UpdatePartner(update + "'2'"), IsOkAndHolds(EqualsProto(*updated)));
  ASSERT_OK(DeletePartner("name: 'partners/A' request_id: '3'"));
  EXPECT_OK(DeletePartner("name: 'partners/A' request_id: '3'"));
  EXPECT_THAT(UpdatePartner(update + "'2'"), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_EQ(answered_version_, 3);
  EXPECT_EQ(Head(), 4);

  EXPECT_THAT(UpdatePartner(update + "'4'"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(CreatePartner("partner_id: 'B' partner { display_name: 'P' } request_id: '1'"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("request")));
}

TEST_F(HandlerTest, AnUpdateFollowsItsMaskAndTheRulesOfTheKind) {
  ASSERT_OK(AddProject("A", "display_name: 'A' reason: 'Need' description: 'What was done'"));
  const auto updated = UpdateProject(
      "project { name: 'projects/A' titled_by_source: true active { certain: false } } "
      "update_mask { paths: 'titled_by_source' paths: 'display_name' paths: 'active' }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->display_name(), "");
  EXPECT_EQ(updated->description(), "What was done");
  EXPECT_TRUE(updated->titled_by_source());
  EXPECT_TRUE(updated->active().certain());

  EXPECT_THAT(UpdateProject("project { name: 'projects/A' reason: 'Another' }"),
              Refuses("project.reason", "cannot change"));
  EXPECT_THAT(UpdateProject("project { name: 'projects/A' } update_mask { paths: 'description' }"),
              Refuses("project.description", "is required"));
  EXPECT_THAT(UpdateProject("project { name: 'projects/A' } update_mask { paths: 'titel' }"),
              Refuses("update_mask", "\"titel\""));
  EXPECT_THAT(UpdateProject("project { name: 'projects/B' display_name: 'B' }"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("projects/B")));
  ASSERT_OK(AddPartner("A"));
  EXPECT_THAT(UpdatePartner("partner { name: 'partners/A' } update_mask { paths: 'display_name' }"),
              Refuses("partner.display_name", "is required"));
}

TEST_F(HandlerTest, WhatIsOutputOnlyIsAnsweredAndNotKept) {
  const auto created = AddProject("A", "active { certain: false } etag: 'mine'");
  ASSERT_OK(created);
  EXPECT_TRUE(created->active().certain());
  EXPECT_NE(created->etag(), "mine");
  v1::Project kept;
  ASSERT_OK(ReadAt()->Get(Projects(), "A", kept));
  EXPECT_FALSE(kept.has_active());
  EXPECT_THAT(Call(projects_, &ProjectHandler::GetProject, "name: 'projects/A'"),
              IsOkAndHolds(EqualsProto(*created)));
  const auto list = Call(projects_, &ProjectHandler::ListProjects, "");
  ASSERT_OK(list);
  EXPECT_THAT(list->projects(0), EqualsProto(*created));
}

TEST_F(HandlerTest, ABatchIsOneCommitWhoseEntriesMayNameEachOther) {
  const auto created = BatchCreatePartners(
      "requests { partner_id: 'B' partner { display_name: 'B' note: 'partners/A' } } "
      "requests { partner_id: 'A' partner { display_name: 'A' } } reason: 'Both'");
  ASSERT_OK(created);
  ASSERT_EQ(created->partners_size(), 2);
  EXPECT_EQ(created->partners(0).name(), "partners/B");
  EXPECT_THAT(GetPartner("name: 'partners/A'"), IsOkAndHolds(EqualsProto(created->partners(1))));
  EXPECT_EQ(Head(), 2);
}

TEST_F(HandlerTest, ABatchIsRefusedAsAWholeNamingTheEntry) {
  ASSERT_OK(AddPartner("OLD"));
  const std::string first = "requests { partner_id: 'A' partner { display_name: 'A' } } ";
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"requests { partner_id: 'B' }", "requests[1].partner.display_name", "is required"},
           {"requests { partner_id: 'B' partner { display_name: 'B' note: 'partners/C' } }",
            "requests[1].partner.note", "\"partners/C\" does not exist"},
           {"requests { partner_id: 'B' partner { display_name: 'B' area: 'areas/XXX' } }",
            "requests[1].partner.area", "is no area that memberstates knows"},
           {"requests { partner_id: 'B' partner { display_name: 'B' } request_id: 'r' }",
            "requests[1].request_id", "belongs to the whole batch"},
           {"requests { partner_id: 'B' partner { display_name: 'B' } reason: 'r' }",
            "requests[1].reason", "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchCreatePartners(first + c.second), Refuses(c.field, c.message)) << c.second;
  }
  for (const char* id : {"A", "OLD"}) {
    EXPECT_THAT(
        BatchCreatePartners(absl::StrCat(first, "requests { partner_id: '", id,
                                         "' partner { display_name: 'B' } }")),
        StatusIs(absl::StatusCode::kAlreadyExists, AllOf(HasSubstr("requests[1]"), HasSubstr(id))));
  }
  EXPECT_THAT(BatchCreatePartners(""), Refuses("requests", ""));
  v1::BatchCreatePartnersRequest many;
  for (int i = 0; i <= kMaxBatch; ++i) many.add_requests();
  EXPECT_THAT(Call(partners_, &PartnerHandler::BatchCreatePartners, many),
              Refuses("requests", "1001"));
  EXPECT_EQ(Head(), 2);
}

TEST_F(HandlerTest, ABatchOfUpdatesIsOneCommitAnsweredInItsOrder) {
  ASSERT_OK(AddPartner("A", "kind: NGO"));
  ASSERT_OK(AddPartner("B"));
  ASSERT_OK(AddPartner("C"));
  const auto updated = BatchUpdatePartners(
      "requests { partner { name: 'partners/B' display_name: 'New B' } } "
      "requests { partner { name: 'partners/A' display_name: 'New A' note: 'partners/B' } "
      "           update_mask { paths: 'display_name' paths: 'kind' } } reason: 'Both'");
  ASSERT_OK(updated);
  EXPECT_EQ(answered_version_, 5);
  EXPECT_EQ(Head(), 5);
  ASSERT_EQ(updated->partners_size(), 2);
  EXPECT_EQ(updated->partners(0).display_name(), "New B");
  EXPECT_EQ(updated->partners(1).display_name(), "New A");
  EXPECT_EQ(updated->partners(1).kind(), v1::Partner::KIND_UNSPECIFIED);
  EXPECT_EQ(updated->partners(1).note(), "");
  EXPECT_THAT(GetPartner("name: 'partners/B'"), IsOkAndHolds(EqualsProto(updated->partners(0))));
  EXPECT_THAT(GetPartner("name: 'partners/A'"), IsOkAndHolds(EqualsProto(updated->partners(1))));
  const auto commits = store_.versions().CommitsAfter(4, 10, Soon());
  ASSERT_OK(commits);
  ASSERT_EQ(commits->size(), 1u);
  EXPECT_THAT(commits->front().resources, ElementsAre("partners/B", "partners/A"));
  EXPECT_EQ(commits->front().reason, "Both");
}

TEST_F(HandlerTest, ABatchOfUpdatesIsRefusedAsAWholeNamingTheEntry) {
  ASSERT_OK(AddPartner("A"));
  ASSERT_OK(AddPartner("B"));
  const std::vector<std::string> before = Recorded();
  const std::string first = "requests { partner { name: 'partners/A' display_name: 'New' } } ";
  const std::string b = "name: 'partners/B' ";
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"partner { name: 'B' }", "partner.name", "\"B\""},
           {"partner { name: 'partners/A' kind: NGO }", "partner.name",
            "\"partners/A\" is in the batch twice"},
           {"partner { " + b + "} update_mask { paths: 'display_name' }", "partner.display_name",
            "is required"},
           {"partner { " + b + "} update_mask { paths: 'size' }", "update_mask", "\"size\""},
           {"partner { " + b + "note: 'partners/C' }", "partner.note",
            "\"partners/C\" does not exist"},
           {"partner { " + b + "area: 'areas/XXX' }", "partner.area",
            "is no area that memberstates knows"},
           {"partner { " + b + "} request_id: 'r'", "request_id", "belongs to the whole batch"},
           {"partner { " + b + "} reason: 'r'", "reason", "belongs to the whole batch"},
           {"partner { " + b + "} validate_only: true", "validate_only",
            "\"true\" belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchUpdatePartners(first + "requests { " + c.second + " }"),
                Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  EXPECT_THAT(BatchUpdatePartners(first + "requests { partner { name: 'partners/C' } }"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("requests[1]"), HasSubstr("partners/C"))));
  EXPECT_THAT(
      BatchUpdatePartners(first + "requests { partner { " + b + "kind: NGO etag: 'old' } }"),
      StatusIs(absl::StatusCode::kAborted,
               AllOf(HasSubstr("requests[1]"), HasSubstr("partners/B has changed"))));
  EXPECT_THAT(BatchUpdatePartners(""), Refuses("requests", "is required"));
  v1::BatchUpdatePartnersRequest many;
  for (int i = 0; i <= kMaxBatch; ++i) many.add_requests();
  EXPECT_THAT(Call(partners_, &PartnerHandler::BatchUpdatePartners, many),
              Refuses("requests", "1001"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(HandlerTest, ABatchOfUpdatesKeepsTheRulesOfTheKind) {
  ASSERT_OK(AddProject("A", "display_name: 'A' reason: 'Need'"));
  ASSERT_OK(AddProject("B", "description: 'What was done'"));
  const auto update = [&](const std::string& b) {
    return Call(projects_, &ProjectHandler::BatchUpdateProjects,
                absl::StrCat("requests { project { name: 'projects/A' display_name: 'New' } } "
                             "requests { project { name: 'projects/B' ",
                             b));
  };
  EXPECT_THAT(update("reason: 'Another' } }"),
              Refuses("requests[1].project.reason", "cannot change"));
  EXPECT_THAT(update("} update_mask { paths: 'description' } }"),
              Refuses("requests[1].project.description", "is required"));
  EXPECT_EQ(Head(), 3);
  const auto updated = update("description: 'More' active { certain: false } } }");
  ASSERT_OK(updated);
  EXPECT_EQ(updated->projects(1).description(), "More");
  // Without what follows from other rows.
  EXPECT_FALSE(updated->projects(1).has_active());
}

TEST_F(HandlerTest, EntriesOfABatchOfUpdatesNeedTheirCurrentEtags) {
  const auto a = AddPartner("A");
  const auto b = AddPartner("B");
  ASSERT_OK(a);
  ASSERT_OK(b);
  const auto update = [&](const std::string& etag_of_a, const std::string& etag_of_b) {
    return BatchUpdatePartners(absl::StrCat(
        "requests { partner { name: 'partners/A' kind: NGO etag: '", etag_of_a,
        "' } } requests { partner { name: 'partners/B' kind: NGO etag: '", etag_of_b, "' } }"));
  };
  EXPECT_THAT(update(b->etag(), b->etag()),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("requests[0]"), HasSubstr("partners/A has changed"))));
  EXPECT_EQ(Head(), 3);
  const auto updated = update(a->etag(), b->etag());
  ASSERT_OK(updated);
  EXPECT_NE(updated->partners(0).etag(), a->etag());
  EXPECT_THAT(update(updated->partners(0).etag(), b->etag()),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("requests[1]")));
}

TEST_F(HandlerTest, ABatchOfDeletesIsOneCommitThatMayEndWhatNamesTheOthers) {
  ASSERT_OK(AddPartner("A"));
  ASSERT_OK(AddPartner("B", "note: 'partners/A'"));
  ASSERT_OK(AddPartner("C"));
  ASSERT_OK(BatchDeletePartners(
      "requests { name: 'partners/B' } requests { name: 'partners/A' } reason: 'Both'"));
  EXPECT_EQ(answered_version_, 5);
  EXPECT_EQ(Head(), 5);
  for (const char* name : {"partners/A", "partners/B"}) {
    EXPECT_THAT(GetPartner(absl::StrCat("name: '", name, "'")),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(name)));
    EXPECT_OK(GetPartner(absl::StrCat("name: '", name, "' known_at: '4'")));
  }
  EXPECT_OK(GetPartner("name: 'partners/C'"));
}

TEST_F(HandlerTest, ABatchOfDeletesIsRefusedAsAWholeNamingTheEntry) {
  const auto a = AddPartner("A");
  ASSERT_OK(a);
  ASSERT_OK(AddPartner("B"));
  ASSERT_OK(AddPartner("NAMED"));
  ASSERT_OK(AddProject("P", "participants { participant: 'partners/NAMED' }"));
  const std::vector<std::string> before = Recorded();
  const std::string first =
      absl::StrCat("requests { name: 'partners/A' etag: '", a->etag(), "' } ");
  struct Case {
    std::string second;
    std::string field;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {"name: 'projects/P'", "name", "\"projects/P\""},
           {"name: 'partners/A'", "name", "\"partners/A\" is in the batch twice"},
           {"name: 'partners/B' request_id: 'r'", "request_id", "belongs to the whole batch"},
           {"name: 'partners/B' reason: 'r'", "reason", "belongs to the whole batch"},
           {"name: 'partners/B' validate_only: true", "validate_only",
            "belongs to the whole batch"},
       }) {
    EXPECT_THAT(BatchDeletePartners(first + "requests { " + c.second + " }"),
                Refuses("requests[1]." + c.field, c.message))
        << c.second;
  }
  struct Failure {
    std::string second;
    absl::StatusCode code;
    std::string message;
  };
  for (const Failure& f : std::vector<Failure>{
           {"name: 'partners/C'", absl::StatusCode::kNotFound, "partners/C"},
           {"name: 'partners/B' etag: 'old'", absl::StatusCode::kAborted, "partners/B has changed"},
           {"name: 'partners/NAMED'", absl::StatusCode::kFailedPrecondition,
            "partners/NAMED is named by projects/P"},
       }) {
    EXPECT_THAT(BatchDeletePartners(first + "requests { " + f.second + " }"),
                StatusIs(f.code, AllOf(HasSubstr("requests[1]"), HasSubstr(f.message))))
        << f.second;
  }
  EXPECT_THAT(BatchDeletePartners(""), Refuses("requests", "is required"));
  EXPECT_EQ(Recorded(), before);
}

TEST_F(HandlerTest, ARepeatedBatchIsAnsweredAsTheFirstWas) {
  const std::string create =
      "requests { partner_id: 'A' partner { display_name: 'A' } } "
      "requests { partner_id: 'B' partner { display_name: 'B' } } request_id: '1'";
  const auto created = BatchCreatePartners(create);
  ASSERT_OK(created);
  const std::string update =
      absl::StrCat("requests { partner { name: 'partners/B' kind: NGO etag: '",
                   created->partners(1).etag(), "' } } request_id: '2'");
  const auto updated = BatchUpdatePartners(update);
  ASSERT_OK(updated);
  const std::string erase =
      absl::StrCat("requests { name: 'partners/A' } requests { name: 'partners/B' etag: '",
                   updated->partners(0).etag(), "' } request_id: '3'");
  ASSERT_OK(BatchDeletePartners(erase));
  const std::vector<std::string> before = Recorded();

  EXPECT_THAT(BatchCreatePartners(create), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_EQ(answered_version_, 2);
  EXPECT_THAT(BatchUpdatePartners(update), IsOkAndHolds(EqualsProto(*updated)));
  EXPECT_EQ(answered_version_, 3);
  EXPECT_OK(BatchDeletePartners(erase));
  EXPECT_EQ(answered_version_, 4);
  EXPECT_EQ(Recorded(), before);

  EXPECT_THAT(BatchDeletePartners("requests { name: 'partners/A' } request_id: '3'"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"3\"")));
}

TEST_F(HandlerTest, AWriteThatIsOnlyValidatedIsAnsweredWithoutEtagAndRecordsNothing) {
  ASSERT_OK(AddPartner("OLD"));
  const std::vector<std::string> before = Recorded();
  const std::string validate = "validate_only: true ";

  const std::string create = "partner_id: 'A' partner { display_name: 'A' area: 'areas/ROU' } ";
  const auto tried_create = CreatePartner(validate + create);
  ASSERT_OK(tried_create);
  EXPECT_EQ(answered_version_, 2);
  const std::string create_batch =
      "requests { partner_id: 'C' partner { display_name: 'C' note: 'partners/D' } } "
      "requests { partner_id: 'D' partner { display_name: 'D' } } ";
  const auto tried_create_batch = BatchCreatePartners(validate + create_batch);
  ASSERT_OK(tried_create_batch);
  const std::string update = "partner { name: 'partners/OLD' kind: NGO } ";
  const auto tried_update = UpdatePartner(validate + update);
  ASSERT_OK(tried_update);
  const std::string update_batch =
      "requests { partner { name: 'partners/OLD' note: 'partners/OLD' } } ";
  const auto tried_update_batch = BatchUpdatePartners(validate + update_batch);
  ASSERT_OK(tried_update_batch);
  ASSERT_OK(DeletePartner(validate + "name: 'partners/OLD'"));
  ASSERT_OK(BatchDeletePartners(validate + "requests { name: 'partners/OLD' }"));
  EXPECT_EQ(Recorded(), before);

  const auto created = CreatePartner(create);
  ASSERT_OK(created);
  EXPECT_THAT(*tried_create, EqualsProto(WithoutEtag(*created)));
  const auto created_batch = BatchCreatePartners(create_batch);
  ASSERT_OK(created_batch);
  EXPECT_THAT(*tried_create_batch, EqualsProto(WithoutEtags(*created_batch)));
  const auto updated = UpdatePartner(update);
  ASSERT_OK(updated);
  EXPECT_THAT(*tried_update, EqualsProto(WithoutEtag(*updated)));
  // It was tried before the update above.
  ASSERT_OK(UpdatePartner("partner { name: 'partners/OLD' } update_mask { paths: 'kind' }"));
  const auto updated_batch = BatchUpdatePartners(update_batch);
  ASSERT_OK(updated_batch);
  EXPECT_THAT(*tried_update_batch, EqualsProto(WithoutEtags(*updated_batch)));
}

TEST_F(HandlerTest, AWriteThatIsOnlyValidatedFailsAsTheWriteWould) {
  ASSERT_OK(AddPartner("A"));
  ASSERT_OK(AddProject("P", "participants { participant: 'partners/A' }"));
  const std::vector<std::string> before = Recorded();
  for (const std::string only : {"", "validate_only: true "}) {
    EXPECT_THAT(CreatePartner(only + "partner_id: 'A' partner { display_name: 'A' }"),
                StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("partners/A")));
    EXPECT_THAT(CreatePartner(only + "partner_id: 'B' partner { area: 'areas/XXX' }"),
                Refuses("partner.display_name", "is required"));
    EXPECT_THAT(
        CreatePartner(only + "partner_id: 'B' partner { display_name: 'B' area: 'areas/XXX' }"),
        Refuses("partner.area", "is no area that memberstates knows"));
    EXPECT_THAT(UpdatePartner(only + "partner { name: 'partners/B' kind: NGO }"),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("partners/B")));
    EXPECT_THAT(UpdatePartner(only + "partner { name: 'partners/A' kind: NGO etag: 'old' }"),
                StatusIs(absl::StatusCode::kAborted, HasSubstr("partners/A has changed")));
    EXPECT_THAT(UpdatePartner(only + "partner { name: 'partners/A' note: 'partners/B' }"),
                Refuses("partner.note", "\"partners/B\" does not exist"));
    EXPECT_THAT(DeletePartner(only + "name: 'partners/A'"),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("projects/P")));
    EXPECT_THAT(
        BatchCreatePartners(only + "requests { partner_id: 'A' partner { display_name: 'A' } }"),
        StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("requests[0]")));
    EXPECT_THAT(
        BatchUpdatePartners(only + "requests { partner { name: 'partners/A' area: 'areas/X' } }"),
        Refuses("requests[0].partner.area", "is no area that memberstates knows"));
    EXPECT_THAT(BatchDeletePartners(only + "requests { name: 'partners/A' }"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr("requests[0]"), HasSubstr("projects/P"))));
  }
  EXPECT_EQ(Recorded(), before);
}

TEST_F(HandlerTest, AWriteThatIsOnlyValidatedLeavesItsRequestIdFree) {
  ASSERT_OK(AddPartner("OLD"));
  const std::string validate = "validate_only: true ";
  const std::string create = "request_id: '1' partner_id: 'A' partner { display_name: 'A' }";
  ASSERT_OK(CreatePartner(validate + create));
  ASSERT_OK(CreatePartner(create));
  const std::string update =
      "request_id: '2' requests { partner { name: 'partners/A' kind: NGO } }";
  ASSERT_OK(BatchUpdatePartners(validate + update));
  ASSERT_OK(BatchUpdatePartners(update));
  const std::string erase = "request_id: '3' name: 'partners/OLD'";
  ASSERT_OK(DeletePartner(validate + erase));
  ASSERT_OK(DeletePartner(erase));
  EXPECT_EQ(Head(), 5);
  // Neither is what was made under an id answered to one that asks whether it could be made.
  EXPECT_THAT(CreatePartner(validate + create),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("partners/A")));
}

TEST_F(HandlerTest, AWriteThatChangedNothingIsAnsweredTheSameWhenItIsRepeated) {
  const auto created = AddPartner("A");
  ASSERT_OK(created);
  const std::string one = "partner { name: 'partners/A' display_name: 'Partner' } request_id: '1'";
  const std::string batch =
      "requests { partner { name: 'partners/A' display_name: 'Partner' } } request_id: '1'";
  EXPECT_THAT(UpdatePartner(one), IsOkAndHolds(EqualsProto(*created)));
  ASSERT_OK(BatchUpdatePartners(batch));
  EXPECT_EQ(Head(), 2);
  ASSERT_OK(UpdatePartner("partner { name: 'partners/A' display_name: 'New' }"));

  EXPECT_THAT(UpdatePartner(one), IsOkAndHolds(EqualsProto(*created)));
  EXPECT_EQ(answered_version_, 2);
  const auto again = BatchUpdatePartners(batch);
  ASSERT_OK(again);
  EXPECT_THAT(again->partners(0), EqualsProto(*created));
  EXPECT_EQ(Head(), 3);
  EXPECT_THAT(UpdatePartner("partner { name: 'partners/A' display_name: 'Other' } request_id: '1'"),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("\"1\"")));
  EXPECT_EQ(Head(), 3);
}

TEST_F(HandlerTest, WhatAResourceNamesMustExist) {
  ASSERT_OK(AddPartner("A"));
  EXPECT_THAT(AddProject("P", "participants { participant: 'partners/B' }"),
              Refuses("project.participants", "\"partners/B\" does not exist"));
  EXPECT_THAT(AddProject("P", "participants { participant: 'ministries/B' }"),
              Refuses("project.participants", "\"ministries/B\" does not exist"));
  EXPECT_THAT(AddProject("P", "participants { participant: 'areas/XXX' }"),
              Refuses("project.participants", "is no area that memberstates knows"));
  ASSERT_OK(
      AddProject("P", "participants { participant: 'partners/A' } target_groups { group: 'G' }"));
  EXPECT_THAT(UpdateProject("project { name: 'projects/P' programme_areas: 'programmeAreas/A' }"),
              Refuses("project.programme_areas", "\"programmeAreas/A\" does not exist"));
}

TEST_F(HandlerTest, WhatIsNamedCannotBeDeletedUntilNothingNamesIt) {
  for (const char* id : {"A", "B", "C"}) ASSERT_OK(AddPartner(id));
  ASSERT_OK(AddProject("P",
                       "participants { participant: 'partners/A' } "
                       "participants { participant: 'partners/B' }"));
  const auto in_use = [](const std::string& name) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    HasSubstr(absl::StrCat(name, " is named by projects/P")));
  };
  EXPECT_THAT(DeletePartner("name: 'partners/A'"), in_use("partners/A"));
  ASSERT_OK(
      UpdateProject("project { name: 'projects/P' "
                    "participants { participant: 'partners/B' role: FUNDING } "
                    "participants { participant: 'partners/C' } }"));
  EXPECT_OK(DeletePartner("name: 'partners/A'"));
  EXPECT_THAT(DeletePartner("name: 'partners/B'"), in_use("partners/B"));
  EXPECT_THAT(DeletePartner("name: 'partners/C'"), in_use("partners/C"));
  ASSERT_OK(DeleteProject("name: 'projects/P'"));
  EXPECT_OK(DeletePartner("name: 'partners/B'"));
  EXPECT_OK(DeletePartner("name: 'partners/C'"));
}

TEST_F(HandlerTest, AResourceThatNamesOnlyItselfCanBeDeleted) {
  ASSERT_OK(AddPartner("A", "note: 'partners/A'"));
  EXPECT_OK(DeletePartner("name: 'partners/A'"));
}

TEST_F(HandlerTest, AnAreaThatIsNotKnownHereIsAskedFor) {
  source_.Put(areas::AreaOf("XKX", "Kosovo"));
  EXPECT_OK(AddPartner("A", "area: 'areas/XKX'"));
  EXPECT_THAT(AddPartner("B", "area: 'areas/XXX'"),
              Refuses("partner.area", "\"areas/XXX\" is no area that memberstates knows"));

  source_.Fail(absl::UnavailableError("down"));
  EXPECT_OK(AddPartner("B", "area: 'areas/XKX'"));
  const auto unknown_here =
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr("partner.area"), HasSubstr("areas/ALB is not known here yet")));
  EXPECT_THAT(AddPartner("C", "area: 'areas/ALB'"), unknown_here);
  EXPECT_THAT(UpdatePartner("partner { name: 'partners/A' area: 'areas/ALB' }"), unknown_here);
  EXPECT_THAT(BatchCreatePartners(
                  "requests { partner_id: 'C' partner { display_name: 'C' area: 'areas/ALB' } }"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("requests[0]")));
}

TEST_F(HandlerTest, AnAreaThatMemberstatesGaveUpDoesNotStopOtherCorrections) {
  ASSERT_OK(AddPartner("A", "area: 'areas/ROU'"));
  source_.DeleteArea("ROU");
  ASSERT_OK(areas_.CopyAnew(Soon(), {}));
  EXPECT_OK(UpdatePartner("partner { name: 'partners/A' display_name: 'New' }"));
  EXPECT_THAT(AddPartner("B", "area: 'areas/ROU'"),
              Refuses("partner.area", "is no area that memberstates knows"));
}

TEST_F(HandlerTest, PagesStayThoseOfTheFirstWhileOthersWrite) {
  for (const char* id : {"A", "B", "C", "D"}) ASSERT_OK(AddPartner(id));
  auto request = Proto<v1::ListPartnersRequest>("page_size: 2");
  std::vector<std::string> names;
  do {
    const auto page = Call(partners_, &PartnerHandler::ListPartners, request);
    ASSERT_OK(page);
    EXPECT_EQ(page->known_version().version(), 5);
    for (const auto& partner : page->partners()) names.push_back(partner.name());
    if (request.page_token().empty()) {
      ASSERT_OK(DeletePartner("name: 'partners/C'"));
      ASSERT_OK(AddPartner("BB"));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("partners/A", "partners/B", "partners/C", "partners/D"));

  const auto list = [&](std::string_view text) {
    return Call(partners_, &PartnerHandler::ListPartners, text);
  };
  EXPECT_EQ(list("known_at: '3'")->partners_size(), 2);
  EXPECT_EQ(list("filter: 'id = \"BB\"'")->partners_size(), 1);
  EXPECT_THAT(list("page_size: -1"), Refuses("page_size", "-1"));
  EXPECT_THAT(list("page_token: 'x'"), Refuses("page_token", ""));
  EXPECT_THAT(list("filter: 'size = 1'"), Refuses("filter", "size"));
}

TEST_F(HandlerTest, ABatchMayDeleteWhatNamesEachOther) {
  const auto add = [&](const std::string& id, const std::string& part_of) {
    return absl::StrCat("requests { partner_id: '", id, "' partner { display_name: 'Name' note: '",
                        "partners/", part_of, "' } } ");
  };
  for (const char* order : {"AB", "BA"}) {
    ASSERT_OK(BatchCreatePartners(add("A", "B") + add("B", "A")));
    ASSERT_OK(BatchDeletePartners(
        absl::StrCat("requests { name: 'partners/", absl::string_view(order, 1),
                     "' } requests { name: 'partners/", absl::string_view(order + 1, 1), "' }")));
  }
  ASSERT_OK(BatchCreatePartners(add("A", "B") + add("B", "A")));
  EXPECT_THAT(BatchDeletePartners("requests { name: 'partners/A' }"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "requests[0]: partners/A is named by partners/B"));
}

}  // namespace
}  // namespace corridor::resources
