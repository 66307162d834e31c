// Answers the calls of programmes about everything but projects: what every kind of resource has.
#pragma once

#include "corridor/programmes/v1/classification.pb.h"
#include "corridor/programmes/v1/partner.pb.h"
#include "corridor/programmes/v1/programme_area.pb.h"
#include "platform/resources/handler.h"
#include "services/programmes/classification.h"
#include "services/programmes/partner.h"
#include "services/programmes/programme_area.h"

namespace corridor::programmes {

// Thread-safe, as all below.
class ProgrammeAreaHandler : private resources::Handler {
 public:
  explicit ProgrammeAreaHandler(const resources::Parts& parts) : Handler(parts, ProgrammeAreas()) {}
  CORRIDOR_RESOURCE_METHODS(ProgrammeArea, ProgrammeAreas)
  CORRIDOR_RESOURCE_LIST(ProgrammeArea, ProgrammeAreas)
};

class ActivityTypeHandler : private resources::Handler {
 public:
  explicit ActivityTypeHandler(const resources::Parts& parts) : Handler(parts, ActivityTypes()) {}
  CORRIDOR_RESOURCE_METHODS(ActivityType, ActivityTypes)
  CORRIDOR_RESOURCE_LIST(ActivityType, ActivityTypes)
};

class ClassificationHandler : private resources::Handler {
 public:
  explicit ClassificationHandler(const resources::Parts& parts)
      : Handler(parts, Classifications()) {}
  CORRIDOR_RESOURCE_METHODS(Classification, Classifications)
  CORRIDOR_RESOURCE_LIST(Classification, Classifications)
};

class CrosswalkHandler : private resources::Handler {
 public:
  explicit CrosswalkHandler(const resources::Parts& parts) : Handler(parts, Crosswalks()) {}
  CORRIDOR_RESOURCE_METHODS(Crosswalk, Crosswalks)
  CORRIDOR_RESOURCE_LIST(Crosswalk, Crosswalks)
};

class OfficeHandler : private resources::Handler {
 public:
  explicit OfficeHandler(const resources::Parts& parts) : Handler(parts, Offices()) {}
  CORRIDOR_RESOURCE_METHODS(Office, Offices)
  CORRIDOR_RESOURCE_LIST(Office, Offices)
};

class PartnerHandler : private resources::Handler {
 public:
  explicit PartnerHandler(const resources::Parts& parts) : Handler(parts, Partners()) {}
  CORRIDOR_RESOURCE_METHODS(Partner, Partners)
  CORRIDOR_RESOURCE_LIST(Partner, Partners)
};

}  // namespace corridor::programmes
