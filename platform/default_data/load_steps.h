// Loads a default data set into a store that nobody wrote to, through the handlers that clients
// write through: a few commits, in an order in which each finds what it names.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/request/call_context.h"
#include "platform/store/versioned_store.h"

namespace corridor {

// Who makes the commits of a load, and who those of the copy of memberstates' areas.
inline constexpr char kDefaultDataActor[] = "default-data";
inline constexpr char kAreaCopyActor[] = "area-copy";

inline constexpr char kDefaultDataReason[] = "Default data set";

// What one commit of a load is known by.
struct StepId {
  std::string request_id;  // `default-data/areas`.
  std::string method;      // `/corridor.memberstates.v1.Areas/BatchCreateAreas`.
};

// One commit of a load.
struct Step {
  StepId id;
  std::function<absl::Status(CallContext&)> write;
};

// A step that hands `request`, as the one with this id, to `method` of `handler`. Both must outlive
// it.
template <typename Request, typename Handler, typename Response>
Step StepOf(StepId id, Request& request, Handler& handler,
            absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
  request.set_request_id(id.request_id);
  request.set_reason(kDefaultDataReason);
  return {std::move(id), [&request, &handler, method](CallContext& call) {
            return (handler.*method)(request, call).status();
          }};
}

// Makes the steps that `read_steps` answers, in order, in the store `versions` that their handlers
// write to. Does nothing, and does not call `read_steps`, when anybody but default data and area
// copy has written, so that what people changed stays; leaves out the steps that a load before has
// made, so that one that was interrupted goes on where it stopped; makes no more when that load
// made other steps, since it was of another edition of the files. Call it before the store is
// served. Answers the number of commits made. Errors: those of `read_steps`, those of a step naming
// its request id, those of the store.
absl::StatusOr<int> LoadSteps(absl::FunctionRef<absl::StatusOr<std::vector<Step>>()> read_steps,
                              store::VersionedStore& versions, absl::Time now);

}  // namespace corridor
