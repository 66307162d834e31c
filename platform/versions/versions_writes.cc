// What versions_handler.h writes: resources made what they were, and content erased.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/records/body.h"
#include "platform/request/known_at.h"
#include "platform/request/writing.h"
#include "platform/status/status.h"
#include "platform/versions/version_messages.h"
#include "platform/versions/versions_handler.h"

namespace corridor::versions {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status NotThere(const std::string& name, const store::Reader& rows) {
  return ErrorWithReason(absl::StatusCode::kNotFound, "NOT_THERE_AT_VERSION",
                         absl::StrCat(name, " was not there at version ", rows.version()),
                         {{"name", name}, {"version", absl::StrCat(rows.version())}});
}

// The fields that a purge names, of the resource's type.
absl::Status CheckFields(const v1::PurgeRequest& request, const ResourceType& type) {
  const auto* descriptor = type.prototype->GetDescriptor();
  std::vector<std::string> erasable;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string& name = descriptor->field(i)->name();
    const auto is = [&name](const std::string& other) { return other == name; };
    if (std::any_of(type.kept_fields.begin(), type.kept_fields.end(), is)) continue;
    if (std::any_of(type.output_only.begin(), type.output_only.end(), is)) continue;
    erasable.push_back(name);
  }
  for (const std::string& field : request.fields()) {
    if (std::find(erasable.begin(), erasable.end(), field) == erasable.end()) {
      return InvalidField(
          "fields", field,
          absl::StrCat("cannot be erased by itself; these can: ", absl::StrJoin(erasable, ", ")));
    }
  }
  return absl::OkStatus();
}

void ClearFields(const v1::PurgeRequest& request, Message& message) {
  for (const std::string& field : request.fields()) {
    message.GetReflection()->ClearField(&message, message.GetDescriptor()->FindFieldByName(field));
  }
}

}  // namespace

absl::StatusOr<google::protobuf::Struct> VersionsHandler::RestoreVersion(
    const v1::RestoreVersionRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const Located resource, types_.Find(request.name()));
  if (request.version().empty()) return MissingField("version");
  ASSIGN_OR_RETURN(const store::KnownAt at,
                   ParseKnownAt(request.version(), service_, versions_.epoch(), "version"));
  ASSIGN_OR_RETURN(const store::WriteContext context, WriteContextOf(request, call));

  ASSIGN_OR_RETURN(const auto then, versions_.ReadAt(at, call.deadline()));
  const std::unique_ptr<Message> message(resource.type->prototype->New());
  // Its failure is that of the commit: a repeated request has been answered already.
  absl::Status found = resource.type->read(*then, resource.ids, *message);
  if (absl::IsNotFound(found) && ReasonOf(found) != "PURGED") {
    found = NotThere(request.name(), *then);
  }
  State restored;
  const auto restore = [&](store::Writer& rows) -> absl::Status {
    RETURN_IF_ERROR(found);
    ASSIGN_OR_RETURN(const State now, ReadState(resource, rows));
    RETURN_IF_ERROR(CheckEtag(request.etag(), now.etag, request.name()));
    RETURN_IF_ERROR(resource.type->restore(rows, resource.ids, *message, *then));
    ASSIGN_OR_RETURN(restored, ReadState(resource, rows));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(const store::Commit commit, versions_.Write(context, call.deadline(), restore));
  call.AnsweredFrom(versions_.epoch(), commit.version);
  if (!restored.exists) {  // The request is repeated.
    ASSIGN_OR_RETURN(restored, StateAt(resource, commit.version, call.deadline()));
  }
  return std::move(restored.object);
}

absl::StatusOr<v1::PurgeResponse> VersionsHandler::Purge(const v1::PurgeRequest& request,
                                                         CallContext& call) {
  ASSIGN_OR_RETURN(const Located resource, types_.Find(request.name()));
  const ResourceType& type = *resource.type;
  if (request.reason().empty()) return MissingField("reason");
  RETURN_IF_ERROR(CheckFields(request, type));
  ASSIGN_OR_RETURN(const store::WriteContext context, WriteContextOf(request, call));
  store::PurgeOf purge = {
      .resource = request.name(),
      .rows = type.AllRowsOf(resource.ids),
      .fields = {request.fields().begin(), request.fields().end()},
      .without_fields = [&](std::string_view body) -> absl::StatusOr<std::string> {
        const std::unique_ptr<Message> kept(type.prototype->New());
        RETURN_IF_ERROR(ReadBody(body, *kept));
        ClearFields(request, *kept);
        return kept->SerializeAsString();
      }};
  const auto erase = [&](store::Writer& rows) -> absl::Status {
    ASSIGN_OR_RETURN(const auto versions,
                     store::VersionedStore::VersionsOf(rows, type.RowsOf(resource.ids)));
    if (versions.empty()) return NoSuchResource(request.name());
    const std::unique_ptr<Message> now(type.prototype->New());
    const absl::Status found = type.read(rows, resource.ids, *now);
    if (found.ok() && purge.fields.empty()) {
      return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "NOT_DELETED",
                             absl::StrCat(request.name(), " is there: delete it first"),
                             {{"name", request.name()}});
    }
    if (found.ok()) {
      ClearFields(request, *now);
      RETURN_IF_ERROR(type.put(rows, resource.ids, *now));
    } else if (!absl::IsNotFound(found)) {
      return found;
    }
    return rows.Purge(purge).status();
  };
  ASSIGN_OR_RETURN(const store::Commit commit, versions_.Write(context, call.deadline(), erase));
  call.AnsweredFrom(versions_.epoch(), commit.version);

  ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt({}, call.deadline()));
  ASSIGN_OR_RETURN(const auto purges, store::VersionedStore::PurgesOf(*reader, request.name()));
  v1::PurgeResponse response;
  for (const store::Purged& purged : purges) {
    if (purged.commit.version == commit.version) *response.mutable_purge() = ToMessage(purged);
  }
  return response;
}

}  // namespace corridor::versions
