// Reads and writes of resources of any kind, by what their contracts have in common.
#include "platform/resources/handler.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/request/update_mask.h"
#include "platform/request/writing.h"
#include "platform/resources/references.h"

namespace corridor::resources {

using google::protobuf::Message;

namespace {

std::unique_ptr<Message> NewOf(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace

absl::Status Handler::Get(const Message& request, CallContext& call, Message& resource) {
  ASSIGN_OR_RETURN(const std::string id, IdOf(TextOf(request, "name"), "name"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(parts_.store, TextOf(request, "known_at"), call));
  return Answer(*reader, id, resource);
}

absl::Status Handler::Create(const Message& request, CallContext& call, Message& resource) {
  ASSIGN_OR_RETURN(const std::string id, ReadNew(request, resource));
  // Its failure is that of the commit, since a repeated request has been made already.
  const absl::Status areas = EnsureAreas(AddedReferences(nullptr, resource), parts_.areas, call);
  ASSIGN_OR_RETURN(const auto reader,
                   Commit(parts_.store, request, call, [&](Writer& writer) -> absl::Status {
                     RETURN_IF_ERROR(areas);
                     RETURN_IF_ERROR(Insert(writer, id, resource));
                     return CheckStored(writer, nullptr, resource);
                   }));
  return Answer(*reader, id, resource);
}

absl::Status Handler::BatchCreate(const Message& request, CallContext& call,
                                  const google::protobuf::Descriptor& type, Message& response) {
  const auto* const entries = request.GetDescriptor()->FindFieldByName("requests");
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  const int size = reflection.FieldSize(request, entries);
  RETURN_IF_ERROR(CheckBatchSize(size, "requests"));
  std::vector<std::string> ids;
  std::vector<std::unique_ptr<Message>> resources;
  absl::Status areas;  // See Create.
  for (int i = 0; i < size; ++i) {
    const Message& entry = reflection.GetRepeatedMessage(request, entries, i);
    resources.push_back(NewOf(type));
    const absl::StatusOr<std::string> id = ReadNew(entry, *resources.back());
    if (!id.ok()) return AtField(EntryPath(i), id.status());
    ids.push_back(*id);
    RETURN_IF_ERROR(AtField(
        EntryPath(i), RefuseOwnRequestId(TextOf(entry, "request_id"), TextOf(entry, "reason"))));
    if (!areas.ok()) continue;
    areas = AtField(EntryPath(i),
                    EnsureAreas(AddedReferences(nullptr, *resources.back()), parts_.areas, call));
  }
  const auto insert = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    for (size_t i = 0; i < ids.size(); ++i) {
      RETURN_IF_ERROR(
          AtField(EntryPath(static_cast<int>(i)), Insert(writer, ids[i], *resources[i])));
    }
    for (size_t i = 0; i < ids.size(); ++i) {  // They may name each other.
      RETURN_IF_ERROR(
          AtField(EntryPath(static_cast<int>(i)), CheckStored(writer, nullptr, *resources[i])));
    }
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(const auto reader, Commit(parts_.store, request, call, insert));
  // Without what follows from other rows, which may be more than an answer can hold.
  for (const std::string& id : ids) {
    RETURN_IF_ERROR(reader->Get(
        kind_, id, *response.GetReflection()->AddMessage(&response, &ListOf(response, type))));
  }
  return absl::OkStatus();
}

absl::Status Handler::Update(const Message& request, CallContext& call, Message& resource) {
  ASSIGN_OR_RETURN(const std::string id,
                   IdOf(TextOf(MessageOf(request, kind_.field), "name"), kind_.field + ".name"));
  RETURN_IF_ERROR(EnsureAreasOfUpdate(request, id, call));
  const auto update = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(const Change change, ChangeOf(request, id, writer.reader()));
    RETURN_IF_ERROR(CheckSize(*change.now, kind_.field));
    RETURN_IF_ERROR(kind_.check(*change.now, kind_.field));
    RETURN_IF_ERROR(writer.Put(kind_, *change.now));
    return CheckStored(writer, change.old.get(), *change.now);
  };
  ASSIGN_OR_RETURN(const auto reader, Commit(parts_.store, request, call, update));
  return Answer(*reader, id, resource);
}

absl::StatusOr<google::protobuf::Empty> Handler::Delete(const Message& request, CallContext& call) {
  const std::string name = TextOf(request, "name");
  ASSIGN_OR_RETURN(const std::string id, IdOf(name, "name"));
  const auto erase = [&](Writer& writer) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string etag, writer.reader().EtagOf(kind_, id));
    RETURN_IF_ERROR(CheckEtag(TextOf(request, "etag"), etag, name));
    ASSIGN_OR_RETURN(const std::string use, writer.reader().FindUse(name));
    if (!use.empty()) {
      return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "RESOURCE_IN_USE",
                             absl::StrCat(name, " is named by ", use),
                             {{"name", name}, {"used_by", use}});
    }
    RETURN_IF_ERROR(kind_.delete_parts(writer, id));
    return writer.Delete(kind_, id);
  };
  RETURN_IF_ERROR(Commit(parts_.store, request, call, erase).status());
  return google::protobuf::Empty();
}

absl::Status Handler::Answer(Reader& reader, const std::string& id, Message& resource) const {
  RETURN_IF_ERROR(reader.Get(kind_, id, resource));
  return kind_.complete(reader, resource);
}

absl::StatusOr<std::string> Handler::IdOf(const std::string& name, const std::string& field) const {
  ASSIGN_OR_RETURN(std::string id, IdIn(name, kind_.collection + "/*", field));
  return id;
}

absl::StatusOr<std::string> Handler::ReadNew(const Message& request, Message& resource) const {
  resource.CopyFrom(MessageOf(request, kind_.field));
  const std::string id_field = kind_.field + "_id";
  const std::string name_field = kind_.field + ".name";
  ASSIGN_OR_RETURN(const std::string name,
                   NewName(kind_.collection + "/", TextOf(request, id_field), id_field,
                           TextOf(resource, "name"), name_field));
  SetText(resource, "name", name);
  ASSIGN_OR_RETURN(std::string id,
                   NewIdIn(name, kind_.collection + "/*", name_field, kind_.max_id_bytes));
  RETURN_IF_ERROR(CheckSize(resource, kind_.field));
  RETURN_IF_ERROR(kind_.check(resource, kind_.field));
  return id;
}

absl::Status Handler::Insert(Writer& writer, const std::string& id, const Message& resource) const {
  ASSIGN_OR_RETURN(const bool exists, writer.reader().Has(kind_, id));
  if (exists) return AlreadyExists(kind_.Name(id));
  return writer.Put(kind_, resource);
}

absl::StatusOr<Handler::Change> Handler::ChangeOf(const Message& request, const std::string& id,
                                                  Reader& reader) const {
  const Message& patch = MessageOf(request, kind_.field);
  Change change = {std::unique_ptr<Message>(patch.New()), std::unique_ptr<Message>(patch.New())};
  RETURN_IF_ERROR(reader.Get(kind_, id, *change.old));
  RETURN_IF_ERROR(CheckEtag(TextOf(patch, "etag"), TextOf(*change.old, "etag"), kind_.Name(id)));
  change.now->CopyFrom(*change.old);
  google::protobuf::FieldMask mask;
  mask.CopyFrom(MessageOf(request, "update_mask"));
  RETURN_IF_ERROR(ApplyUpdateMask(patch, mask,
                                  {.immutable = kind_.immutable, .output_only = kind_.output_only},
                                  kind_.field, *change.now));
  return change;
}

absl::Status Handler::EnsureAreasOfUpdate(const Message& request, const std::string& id,
                                          const CallContext& call) const {
  std::vector<Reference> added;
  {
    ASSIGN_OR_RETURN(const auto reader, parts_.store.ReadAt({}, call.deadline()));
    const absl::StatusOr<Change> change = ChangeOf(request, id, *reader);
    // Whether that is an error is for the commit to say: the request may be one that is repeated.
    if (!change.ok()) return absl::OkStatus();
    added = AddedReferences(change->old.get(), *change->now);
  }
  return EnsureAreas(added, parts_.areas, call);
}

std::vector<Reference> Handler::AddedReferences(const Message* old, const Message& now) const {
  std::vector<Reference> added = kind_.references(now, kind_.field);
  if (old == nullptr) return added;
  std::set<std::string> before;
  for (Reference& reference : kind_.references(*old, kind_.field)) {
    before.insert(std::move(reference.name));
  }
  std::erase_if(added, [&before](const Reference& one) { return before.contains(one.name); });
  return added;
}

absl::Status Handler::CheckStored(Writer& writer, const Message* old, const Message& now) const {
  for (const Reference& reference : AddedReferences(old, now)) {
    RETURN_IF_ERROR(CheckReference(reference, parts_.kinds, writer.reader()));
  }
  return kind_.check_stored(writer.reader(), old, now, kind_.field);
}

}  // namespace corridor::resources
