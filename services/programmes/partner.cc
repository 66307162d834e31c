#include "services/programmes/partner.h"

#include <vector>

#include "corridor/programmes/v1/partner.pb.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::programmes {
namespace {

using resources::Reference;

absl::Status CheckOffice(v1::Office& office, const std::string& path) {
  if (office.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(office.display_name(), path + ".display_name"));
  RETURN_IF_ERROR(
      CodeIn(office.organisation(), "organisations/*", path + ".organisation").status());
  RETURN_IF_ERROR(CodeIn(office.area(), "areas/*", path + ".area").status());
  return CheckCitations(office.citations(), path + ".citations");
}

// Its organisation belongs to memberstates, which is not asked for it.
std::vector<Reference> ReferencesOfOffice(const v1::Office& office, const std::string& path) {
  return {{path + ".area", office.area()},
          {.path = path + ".organisation", .name = office.organisation(), .must_exist = false}};
}

absl::Status CheckPartner(v1::Partner& partner, const std::string& path) {
  if (partner.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(partner.display_name(), path + ".display_name"));
  if (!v1::Partner::Kind_IsValid(partner.kind())) {
    return InvalidField(path + ".kind", std::to_string(partner.kind()), "is not a kind of partner");
  }
  if (!partner.area().empty()) {
    RETURN_IF_ERROR(CodeIn(partner.area(), "areas/*", path + ".area").status());
  }
  return CheckCitations(partner.citations(), path + ".citations");
}

std::vector<Reference> ReferencesOfPartner(const v1::Partner& partner, const std::string& path) {
  if (partner.area().empty()) return {};
  return {{path + ".area", partner.area()}};
}

}  // namespace

const resources::Kind& Offices() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::Office>({.collection = "offices",
                                       .field = "office",
                                       .columns = {"organisation", "area", "display_name"},
                                       .check = CheckOffice,
                                       .references = ReferencesOfOffice}));
  return *kind;
}

const resources::Kind& Partners() {
  static const auto* kind = new resources::Kind(
      resources::MakeKind<v1::Partner>({.collection = "partners",
                                        .field = "partner",
                                        .columns = {"kind", "area", "display_name"},
                                        .check = CheckPartner,
                                        .references = ReferencesOfPartner}));
  return *kind;
}

}  // namespace corridor::programmes
