// Reads and writes of organisations.
#include "services/memberstates/organisation_handler.h"

#include "absl/strings/str_cat.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/request/update_mask.h"
#include "platform/request/writing.h"
#include "platform/status/status.h"
#include "services/memberstates/organisation.h"

namespace corridor::memberstates {

absl::StatusOr<v1::Organisation> OrganisationHandler::GetOrganisation(
    const v1::GetOrganisationRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string id, CodeIn(request.name(), "organisations/*", "name"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  return reader->GetOrganisation(id);
}

absl::StatusOr<v1::ListOrganisationsResponse> OrganisationHandler::ListOrganisations(
    const v1::ListOrganisationsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  ASSIGN_OR_RETURN(
      std::vector<v1::Organisation> organisations,
      page.reader->ListOrganisations({.filter = request.filter(), .slice = page.slice()}));
  v1::ListOrganisationsResponse response;
  FillPage(
      request, store_, page, std::move(organisations),
      [](const v1::Organisation& organisation) { return OrganisationId(organisation.name()); }, "",
      response.mutable_organisations(), response);
  return response;
}

absl::StatusOr<v1::Organisation> OrganisationHandler::CreateOrganisation(
    const v1::CreateOrganisationRequest& request, CallContext& call) {
  v1::Organisation organisation = request.organisation();
  ASSIGN_OR_RETURN(*organisation.mutable_name(),
                   NewName("organisations/", request.organisation_id(), "organisation_id",
                           organisation.name(), "organisation.name"));
  ASSIGN_OR_RETURN(const std::string id,
                   CodeIn(organisation.name(), "organisations/*", "organisation.name"));
  RETURN_IF_ERROR(CheckOrganisation(organisation, "organisation"));
  const auto insert = [&](Writer& writer) -> absl::Status {
    const absl::StatusOr<v1::Organisation> old = writer.reader().GetOrganisation(id);
    if (old.ok()) return AlreadyExists(organisation.name());
    if (!absl::IsNotFound(old.status())) return old.status();
    return writer.PutOrganisation(organisation);
  };
  ASSIGN_OR_RETURN(const auto reader, Commit(store_, request, call, insert));
  return reader->GetOrganisation(id);
}

absl::StatusOr<v1::Organisation> OrganisationHandler::UpdateOrganisation(
    const v1::UpdateOrganisationRequest& request, CallContext& call) {
  const v1::Organisation& patch = request.organisation();
  ASSIGN_OR_RETURN(const std::string id,
                   CodeIn(patch.name(), "organisations/*", "organisation.name"));
  const auto update = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(v1::Organisation organisation, writer.reader().GetOrganisation(id));
    RETURN_IF_ERROR(CheckEtag(patch.etag(), organisation.etag(), organisation.name()));
    const UpdateRules rules = {.immutable = {"name"}, .output_only = {"etag"}};
    RETURN_IF_ERROR(
        ApplyUpdateMask(patch, request.update_mask(), rules, "organisation", organisation));
    RETURN_IF_ERROR(CheckOrganisation(organisation, "organisation"));
    return writer.PutOrganisation(organisation);
  };
  ASSIGN_OR_RETURN(const auto reader, Commit(store_, request, call, update));
  return reader->GetOrganisation(id);
}

absl::StatusOr<google::protobuf::Empty> OrganisationHandler::DeleteOrganisation(
    const v1::DeleteOrganisationRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string id, CodeIn(request.name(), "organisations/*", "name"));
  const auto erase = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(const v1::Organisation organisation, writer.reader().GetOrganisation(id));
    RETURN_IF_ERROR(CheckEtag(request.etag(), organisation.etag(), organisation.name()));
    MembershipQuery any;
    any.organisation = id;
    ASSIGN_OR_RETURN(const std::vector<v1::Membership> memberships,
                     writer.reader().ListMemberships(any));
    if (!memberships.empty()) {
      return ErrorWithReason(
          absl::StatusCode::kFailedPrecondition, "ORGANISATION_HAS_MEMBERSHIPS",
          absl::StrCat(organisation.name(), " still has ", memberships[0].name()),
          {{"name", organisation.name()}, {"membership", memberships[0].name()}});
    }
    return writer.DeleteOrganisation(id);
  };
  RETURN_IF_ERROR(Commit(store_, request, call, erase).status());
  return google::protobuf::Empty();
}

}  // namespace corridor::memberstates
