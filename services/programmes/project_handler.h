// Answers the calls of corridor.programmes.v1.Projects: validate, ask, answer. Thread-safe. Errors:
// as the contract says of each method.
#pragma once

#include "corridor/programmes/v1/project.pb.h"
#include "platform/resources/handler.h"
#include "services/programmes/project.h"

namespace corridor::programmes {

class ProjectHandler : private resources::Handler {
 public:
  explicit ProjectHandler(const resources::Parts& parts) : Handler(parts, Projects()) {}

  CORRIDOR_RESOURCE_METHODS(Project, Projects)
  absl::StatusOr<v1::ListProjectsResponse> ListProjects(const v1::ListProjectsRequest& request,
                                                        CallContext& call);
};

}  // namespace corridor::programmes
