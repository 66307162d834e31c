// The steps of a load from files of resources in the contract's JSON mapping: one file, one commit.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "platform/default_data/load_steps.h"
#include "platform/default_data/resource_file.h"
#include "platform/default_data/sources_file.h"
#include "platform/request/call_context.h"
#include "platform/status/status.h"

namespace corridor {

// Used by one thread. Errors of all methods: as ReadMessages.
class ResourceSteps {
 public:
  // Files of `folder` cite what its sources.csv has.
  static absl::StatusOr<ResourceSteps> Open(const std::string& folder);

  // Adds the step that hands the resources of `<file>.json`, as one batch, to a method of `handler`
  // such as `BatchCreateProjects`.
  template <typename Handler, typename Batch, typename Response>
  absl::Status AddBatch(const std::string& file, Handler& handler,
                        absl::StatusOr<Response> (Handler::*method)(const Batch&, CallContext&)) {
    Batch batch;
    RETURN_IF_ERROR(ReadMessages(PathOf(file), sources_, [&]() -> google::protobuf::Message& {
      return ResourceOf(*batch.add_requests());
    }));
    Add(file, std::move(batch), handler, method);
    return absl::OkStatus();
  }

  // Adds a step for each request that `<file>.json` lists; `name_of` tells them apart.
  template <typename Handler, typename Request, typename Response, typename NameOf>
  absl::Status AddEach(const std::string& file, NameOf name_of, Handler& handler,
                       absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
    ASSIGN_OR_RETURN(std::vector<Request> requests, ReadMessages<Request>(PathOf(file), sources_));
    for (Request& request : requests) {
      const std::string name = name_of(request);
      Add(name, std::move(request), handler, method);
    }
    return absl::OkStatus();
  }

  std::vector<Step> Take() { return std::move(steps_); }

 private:
  ResourceSteps(std::string folder, SourcesFile sources)
      : folder_(std::move(folder)), sources_(std::move(sources)) {}

  std::string PathOf(const std::string& file) const {
    return absl::StrCat(folder_, "/", file, ".json");
  }
  // The one message within a request that creates a resource.
  static google::protobuf::Message& ResourceOf(google::protobuf::Message& request);

  template <typename Handler, typename Request, typename Response>
  void Add(const std::string& name, Request request, Handler& handler,
           absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
    const auto owned = std::make_shared<Request>(std::move(request));
    Step step = StepOf(IdOf(name, *Request::descriptor()), *owned, handler, method);
    step.write = [owned, write = std::move(step.write)](CallContext& call) { return write(call); };
    steps_.push_back(std::move(step));
  }
  // The step for `name`, by the method of the contract that takes such a request.
  static StepId IdOf(const std::string& name, const google::protobuf::Descriptor& request);

  std::string folder_;
  SourcesFile sources_;
  std::vector<Step> steps_;
};

}  // namespace corridor
