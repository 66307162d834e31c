// Answers the calls that every kind of resource has (AIP-131 to 135, 231): validate, ask, answer. A
// service derives a handler for each kind, whose methods CORRIDOR_RESOURCE_METHODS declares with
// their types.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/message.h"
#include "platform/areas/area_directory.h"
#include "platform/request/call_context.h"
#include "platform/request/reading.h"
#include "platform/resources/kind.h"
#include "platform/resources/message_fields.h"
#include "platform/resources/reader.h"
#include "platform/status/status.h"

namespace corridor::resources {

// What the handlers of a service share. All must outlive them.
struct Parts {
  Store& store;
  const Kinds& kinds;
  areas::AreaDirectory& areas;
};

// Thread-safe. Errors: as the contract says of each method.
class Handler {
 public:
  // `kind` must outlive this.
  Handler(const Parts& parts, const Kind& kind) : parts_(parts), kind_(kind) {}

 protected:
  template <typename Resource, typename Request>
  absl::StatusOr<Resource> Get(const Request& request, CallContext& call) {
    Resource resource;
    RETURN_IF_ERROR(Get(request, call, resource));
    return resource;
  }
  // `query.slice` and `.filter` are set here. `as_of` is the text of the day that the first page
  // resolved to.
  template <typename Resource, typename Response, typename Request>
  absl::StatusOr<Response> List(const Request& request, CallContext& call, Query query = {},
                                const std::string& as_of = "") {
    ASSIGN_OR_RETURN(const PageRead<Store> page, OpenPage(parts_.store, request, call));
    return List<Resource, Response>(request, page, std::move(query), as_of);
  }
  template <typename Resource, typename Response, typename Request>
  absl::StatusOr<Response> List(const Request& request, const PageRead<Store>& page, Query query,
                                const std::string& as_of) {
    query.filter = request.filter();
    query.slice = page.slice();
    ASSIGN_OR_RETURN(std::vector<Resource> resources,
                     page.reader->template List<Resource>(kind_, query));
    Response response;
    google::protobuf::RepeatedPtrField<Resource> rows;
    FillPage(
        request, parts_.store, page, std::move(resources),
        [this](const Resource& resource) { return kind_.Id(resource.name()); }, as_of, &rows,
        response);
    const auto& list = ListOf(response, *Resource::descriptor());
    for (Resource& row : rows) {
      RETURN_IF_ERROR(kind_.complete(*page.reader, row));
      static_cast<Resource*>(response.GetReflection()->AddMessage(&response, &list))->Swap(&row);
    }
    return response;
  }
  template <typename Resource, typename Request>
  absl::StatusOr<Resource> Create(const Request& request, CallContext& call) {
    Resource resource;
    RETURN_IF_ERROR(Create(request, call, resource));
    return resource;
  }
  template <typename Resource, typename Response, typename Request>
  absl::StatusOr<Response> BatchCreate(const Request& request, CallContext& call) {
    Response response;
    RETURN_IF_ERROR(BatchCreate(request, call, *Resource::descriptor(), response));
    return response;
  }
  template <typename Resource, typename Request>
  absl::StatusOr<Resource> Update(const Request& request, CallContext& call) {
    Resource resource;
    RETURN_IF_ERROR(Update(request, call, resource));
    return resource;
  }
  template <typename Resource, typename Response, typename Request>
  absl::StatusOr<Response> BatchUpdate(const Request& request, CallContext& call) {
    Response response;
    RETURN_IF_ERROR(BatchUpdate(request, call, *Resource::descriptor(), response));
    return response;
  }
  absl::StatusOr<google::protobuf::Empty> Delete(const google::protobuf::Message& request,
                                                 CallContext& call);
  absl::StatusOr<google::protobuf::Empty> BatchDelete(const google::protobuf::Message& request,
                                                      CallContext& call);

  Parts& parts() { return parts_; }
  const Kind& kind() const { return kind_; }

 private:
  using Message = google::protobuf::Message;

  absl::Status Get(const Message& request, CallContext& call, Message& resource);
  absl::Status Create(const Message& request, CallContext& call, Message& resource);
  absl::Status BatchCreate(const Message& request, CallContext& call,
                           const google::protobuf::Descriptor& type, Message& response);
  absl::Status Update(const Message& request, CallContext& call, Message& resource);
  absl::Status BatchUpdate(const Message& request, CallContext& call,
                           const google::protobuf::Descriptor& type, Message& response);

  // What an update makes of a resource.
  struct Change {
    std::unique_ptr<Message> old, now;
  };

  // The resource as it is answered.
  absl::Status Answer(Reader& reader, const std::string& id, Message& resource) const;
  // The id in `name`, of the field `field`.
  absl::StatusOr<std::string> IdOf(const std::string& name, const std::string& field) const;
  // The resource that a request creates, checked, and its id.
  absl::StatusOr<std::string> ReadNew(const Message& request, Message& resource) const;
  absl::Status Insert(Writer& writer, const std::string& id, const Message& resource) const;
  // The id of the resource that an update is of.
  absl::StatusOr<std::string> IdOfUpdate(const Message& request) const;
  // Writes what an update makes of a resource; what that names is looked at by CheckStored.
  absl::Status Put(Writer& writer, const Change& change) const;
  // Adds a resource to the answer to a batch.
  absl::Status AddTo(Message& response, const google::protobuf::Descriptor& type, Reader& reader,
                     const std::string& id) const;
  absl::Status Erase(Writer& writer, const Message& request, const std::string& id) const;
  // That nothing names a resource that was erased.
  absl::Status CheckUnused(Reader& reader, const std::string& name) const;
  absl::StatusOr<Change> ChangeOf(const Message& request, const std::string& id,
                                  Reader& reader) const;
  // EnsureAreas for what an update will add, as far as that can be told before its commit.
  absl::Status EnsureAreasOfUpdate(const Message& request, const std::string& id,
                                   const CallContext& call) const;
  // What `now` names and `old`, which is null for a new one, did not: an area that memberstates
  // gave up since does not stand in the way of correcting something else.
  std::vector<Reference> AddedReferences(const Message* old, const Message& now) const;
  // Everything that a resource just written has come to name exists, and its own rules hold.
  absl::Status CheckStored(Writer& writer, const Message* old, const Message& now) const;

  Parts parts_;
  const Kind& kind_;
};

}  // namespace corridor::resources

// Methods of a handler of `Resource`, in the namespace v1 of its contract.
#define CORRIDOR_RESOURCE_METHODS(Resource, Resources)                                        \
  absl::StatusOr<v1::Resource> Get##Resource(const v1::Get##Resource##Request& request,       \
                                             CallContext& call) {                             \
    return Get<v1::Resource>(request, call);                                                  \
  }                                                                                           \
  absl::StatusOr<v1::Resource> Create##Resource(const v1::Create##Resource##Request& request, \
                                                CallContext& call) {                          \
    return Create<v1::Resource>(request, call);                                               \
  }                                                                                           \
  absl::StatusOr<v1::BatchCreate##Resources##Response> BatchCreate##Resources(                \
      const v1::BatchCreate##Resources##Request& request, CallContext& call) {                \
    return BatchCreate<v1::Resource, v1::BatchCreate##Resources##Response>(request, call);    \
  }                                                                                           \
  absl::StatusOr<v1::Resource> Update##Resource(const v1::Update##Resource##Request& request, \
                                                CallContext& call) {                          \
    return Update<v1::Resource>(request, call);                                               \
  }                                                                                           \
  absl::StatusOr<v1::BatchUpdate##Resources##Response> BatchUpdate##Resources(                \
      const v1::BatchUpdate##Resources##Request& request, CallContext& call) {                \
    return BatchUpdate<v1::Resource, v1::BatchUpdate##Resources##Response>(request, call);    \
  }                                                                                           \
  absl::StatusOr<google::protobuf::Empty> Delete##Resource(                                   \
      const v1::Delete##Resource##Request& request, CallContext& call) {                      \
    return Delete(request, call);                                                             \
  }                                                                                           \
  absl::StatusOr<google::protobuf::Empty> BatchDelete##Resources(                             \
      const v1::BatchDelete##Resources##Request& request, CallContext& call) {                \
    return BatchDelete(request, call);                                                        \
  }

// The list method, where lists are asked by filter alone.
#define CORRIDOR_RESOURCE_LIST(Resource, Resources)                          \
  absl::StatusOr<v1::List##Resources##Response> List##Resources(             \
      const v1::List##Resources##Request& request, CallContext& call) {      \
    return List<v1::Resource, v1::List##Resources##Response>(request, call); \
  }
