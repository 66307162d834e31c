// Everything that programmes answers, on one store.
#pragma once

#include <vector>

#include "platform/resources/handler.h"
#include "platform/resources/kind.h"
#include "platform/store/versioned_store.h"
#include "services/programmes/project_handler.h"
#include "services/programmes/resource_handlers.h"

namespace corridor::programmes {

// The kinds of resource, and all versioned tables.
const resources::Kinds& AllKinds();
std::vector<store::Table> Tables();

struct Handlers {
  explicit Handlers(const resources::Parts& parts)
      : programme_areas(parts),
        activity_types(parts),
        classifications(parts),
        crosswalks(parts),
        offices(parts),
        partners(parts),
        projects(parts) {}

  ProgrammeAreaHandler programme_areas;
  ActivityTypeHandler activity_types;
  ClassificationHandler classifications;
  CrosswalkHandler crosswalks;
  OfficeHandler offices;
  PartnerHandler partners;
  ProjectHandler projects;
};

}  // namespace corridor::programmes
