// Reads of organisations; organisation_writes.cc has the writes.
#include "services/memberstates/organisation_handler.h"

#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
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

}  // namespace corridor::memberstates
