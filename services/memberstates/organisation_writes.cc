// Writes of organisations.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/request/update_mask.h"
#include "platform/request/writing.h"
#include "platform/status/status.h"
#include "services/memberstates/organisation.h"
#include "services/memberstates/organisation_handler.h"

namespace corridor::memberstates {
namespace {

constexpr char kPattern[] = "organisations/*";

// The organisation that a request creates, checked.
absl::StatusOr<v1::Organisation> NewOrganisation(const v1::CreateOrganisationRequest& request) {
  v1::Organisation organisation = request.organisation();
  ASSIGN_OR_RETURN(*organisation.mutable_name(),
                   NewName("organisations/", request.organisation_id(), "organisation_id",
                           organisation.name(), "organisation.name"));
  RETURN_IF_ERROR(CodeIn(organisation.name(), kPattern, "organisation.name").status());
  RETURN_IF_ERROR(CheckOrganisation(organisation, "organisation"));
  return organisation;
}

absl::Status Insert(const v1::Organisation& organisation, Writer& writer) {
  const absl::StatusOr<v1::Organisation> old =
      writer.reader().GetOrganisation(OrganisationId(organisation.name()));
  if (old.ok()) return AlreadyExists(organisation.name());
  if (!absl::IsNotFound(old.status())) return old.status();
  return writer.PutOrganisation(organisation);
}

absl::Status Revise(const v1::UpdateOrganisationRequest& request, Writer& writer) {
  const v1::Organisation& patch = request.organisation();
  ASSIGN_OR_RETURN(v1::Organisation organisation,
                   writer.reader().GetOrganisation(OrganisationId(patch.name())));
  RETURN_IF_ERROR(CheckEtag(patch.etag(), organisation.etag(), organisation.name()));
  const UpdateRules rules = {.immutable = {"name"}, .output_only = {"etag"}};
  RETURN_IF_ERROR(
      ApplyUpdateMask(patch, request.update_mask(), rules, "organisation", organisation));
  RETURN_IF_ERROR(CheckOrganisation(organisation, "organisation"));
  return writer.PutOrganisation(organisation);
}

absl::Status Erase(const v1::DeleteOrganisationRequest& request, Writer& writer) {
  const std::string id(OrganisationId(request.name()));
  ASSIGN_OR_RETURN(const v1::Organisation organisation, writer.reader().GetOrganisation(id));
  RETURN_IF_ERROR(CheckEtag(request.etag(), organisation.etag(), organisation.name()));
  MembershipQuery any;
  any.organisation = id;
  ASSIGN_OR_RETURN(const std::vector<v1::Membership> memberships,
                   writer.reader().ListMemberships(any));
  if (!memberships.empty()) {
    return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "ORGANISATION_HAS_MEMBERSHIPS",
                           absl::StrCat(organisation.name(), " still has ", memberships[0].name()),
                           {{"name", organisation.name()}, {"membership", memberships[0].name()}});
  }
  return writer.DeleteOrganisation(id);
}

}  // namespace

absl::StatusOr<v1::Organisation> OrganisationHandler::CreateOrganisation(
    const v1::CreateOrganisationRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const v1::Organisation made, NewOrganisation(request));
  v1::Organisation organisation;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return Insert(made, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(organisation, reader.GetOrganisation(OrganisationId(made.name())));
        return absl::OkStatus();
      }));
  return organisation;
}

absl::StatusOr<v1::BatchCreateOrganisationsResponse> OrganisationHandler::BatchCreateOrganisations(
    const v1::BatchCreateOrganisationsRequest& request, CallContext& call) {
  std::vector<v1::Organisation> all;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::CreateOrganisationRequest& entry) -> absl::Status {
        ASSIGN_OR_RETURN(v1::Organisation made, NewOrganisation(entry));
        all.push_back(std::move(made));
        return absl::OkStatus();
      }));
  v1::BatchCreateOrganisationsResponse response;
  RETURN_IF_ERROR(Commit(
      store_, request, call,
      [&](Writer& writer) {
        return ForEachEntry(all, [&](const v1::Organisation& one) { return Insert(one, writer); });
      },
      [&](Reader& reader) -> absl::Status {
        for (const v1::Organisation& one : all) {
          ASSIGN_OR_RETURN(*response.add_organisations(),
                           reader.GetOrganisation(OrganisationId(one.name())));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::Organisation> OrganisationHandler::UpdateOrganisation(
    const v1::UpdateOrganisationRequest& request, CallContext& call) {
  const std::string& name = request.organisation().name();
  RETURN_IF_ERROR(CodeIn(name, kPattern, "organisation.name").status());
  v1::Organisation organisation;
  RETURN_IF_ERROR(Commit(
      store_, request, call, [&](Writer& writer) { return Revise(request, writer); },
      [&](Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(organisation, reader.GetOrganisation(OrganisationId(name)));
        return absl::OkStatus();
      }));
  return organisation;
}

absl::StatusOr<v1::BatchUpdateOrganisationsResponse> OrganisationHandler::BatchUpdateOrganisations(
    const v1::BatchUpdateOrganisationsRequest& request, CallContext& call) {
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::UpdateOrganisationRequest& entry) -> absl::Status {
        const std::string& name = entry.organisation().name();
        RETURN_IF_ERROR(CodeIn(name, kPattern, "organisation.name").status());
        return RefuseTwice(name, "organisation.name", seen);
      }));
  v1::BatchUpdateOrganisationsResponse response;
  RETURN_IF_ERROR(Commit(
      store_, request, call, EachEntry<Writer>(request, Revise),
      [&](Reader& reader) -> absl::Status {
        for (const v1::UpdateOrganisationRequest& entry : request.requests()) {
          ASSIGN_OR_RETURN(*response.add_organisations(),
                           reader.GetOrganisation(OrganisationId(entry.organisation().name())));
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<google::protobuf::Empty> OrganisationHandler::DeleteOrganisation(
    const v1::DeleteOrganisationRequest& request, CallContext& call) {
  RETURN_IF_ERROR(CodeIn(request.name(), kPattern, "name").status());
  RETURN_IF_ERROR(
      Commit(store_, request, call, [&](Writer& writer) { return Erase(request, writer); }));
  return google::protobuf::Empty();
}

absl::StatusOr<google::protobuf::Empty> OrganisationHandler::BatchDeleteOrganisations(
    const v1::BatchDeleteOrganisationsRequest& request, CallContext& call) {
  std::set<std::string> seen;
  RETURN_IF_ERROR(
      CheckEntries(request, [&](const v1::DeleteOrganisationRequest& entry) -> absl::Status {
        RETURN_IF_ERROR(CodeIn(entry.name(), kPattern, "name").status());
        return RefuseTwice(entry.name(), "name", seen);
      }));
  RETURN_IF_ERROR(Commit(store_, request, call, EachEntry<Writer>(request, Erase)));
  return google::protobuf::Empty();
}

}  // namespace corridor::memberstates
