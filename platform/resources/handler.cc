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

std::vector<const Message*> EntriesOf(const Message& batch) {
  const auto* const entries = batch.GetDescriptor()->FindFieldByName("requests");
  const google::protobuf::Reflection& reflection = *batch.GetReflection();
  std::vector<const Message*> all;
  for (int i = 0; i < reflection.FieldSize(batch, entries); ++i) {
    all.push_back(&reflection.GetRepeatedMessage(batch, entries, i));
  }
  return all;
}

}  // namespace

absl::Status Handler::Get(const Message& request, CallContext& call, Message& resource) {
  ASSIGN_OR_RETURN(const std::string id, IdOf(TextOf(request, "name"), "name"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(parts_.store, TextOf(request, "known_at"), call));
  return Answer(*reader, id, resource);
}

absl::Status Handler::Create(const Message& request, CallContext& call, Message& resource) {
  std::unique_ptr<Message> made(resource.New());
  ASSIGN_OR_RETURN(const std::string id, ReadNew(request, *made));
  // Its failure is that of the commit, since a repeated request has been made already.
  const absl::Status areas = EnsureAreas(AddedReferences(nullptr, *made), parts_.areas, call);
  const auto insert = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    RETURN_IF_ERROR(Insert(writer, id, *made));
    return CheckStored(writer, nullptr, *made);
  };
  return Commit(parts_.store, request, call, insert,
                [&](Reader& reader) { return Answer(reader, id, resource); });
}

absl::Status Handler::BatchCreate(const Message& request, CallContext& call,
                                  const google::protobuf::Descriptor& type, Message& response) {
  const auto entries = EntriesOf(request);
  RETURN_IF_ERROR(CheckBatchSize(static_cast<int>(entries.size()), "requests"));
  struct New {
    std::string id;
    std::unique_ptr<Message> resource;
  };
  std::vector<New> all;
  absl::Status areas;  // See Create.
  RETURN_IF_ERROR(ForEachEntry(entries, [&](const Message* entry) -> absl::Status {
    New& made = all.emplace_back(New{"", NewOf(type)});
    ASSIGN_OR_RETURN(made.id, ReadNew(*entry, *made.resource));
    RETURN_IF_ERROR(RefuseOfBatch(*entry));
    if (!areas.ok()) return absl::OkStatus();
    areas = AtField(EntryPath(static_cast<int>(all.size()) - 1),
                    EnsureAreas(AddedReferences(nullptr, *made.resource), parts_.areas, call));
    return absl::OkStatus();
  }));
  const auto insert = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    RETURN_IF_ERROR(ForEachEntry(
        all, [&](const New& made) { return Insert(writer, made.id, *made.resource); }));
    return ForEachEntry(all, [&](const New& made) {  // They may name each other.
      return CheckStored(writer, nullptr, *made.resource);
    });
  };
  return Commit(parts_.store, request, call, insert, [&](Reader& reader) -> absl::Status {
    for (const New& made : all) RETURN_IF_ERROR(AddTo(response, type, reader, made.id));
    return absl::OkStatus();
  });
}

absl::Status Handler::Update(const Message& request, CallContext& call, Message& resource) {
  ASSIGN_OR_RETURN(const std::string id, IdOfUpdate(request));
  const absl::Status areas = EnsureAreasOfUpdate(request, id, call);
  const auto update = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    ASSIGN_OR_RETURN(const Change change, ChangeOf(request, id, writer.reader()));
    RETURN_IF_ERROR(Put(writer, change));
    return CheckStored(writer, change.old.get(), *change.now);
  };
  return Commit(parts_.store, request, call, update,
                [&](Reader& reader) { return Answer(reader, id, resource); });
}

absl::Status Handler::BatchUpdate(const Message& request, CallContext& call,
                                  const google::protobuf::Descriptor& type, Message& response) {
  const auto entries = EntriesOf(request);
  RETURN_IF_ERROR(CheckBatchSize(static_cast<int>(entries.size()), "requests"));
  std::vector<std::string> ids;
  std::set<std::string> seen;
  absl::Status areas;  // See Create.
  RETURN_IF_ERROR(ForEachEntry(entries, [&](const Message* entry) -> absl::Status {
    ASSIGN_OR_RETURN(std::string id, IdOfUpdate(*entry));
    RETURN_IF_ERROR(RefuseTwice(kind_.Name(id), kind_.field + ".name", seen));
    RETURN_IF_ERROR(RefuseOfBatch(*entry));
    if (areas.ok()) {
      areas =
          AtField(EntryPath(static_cast<int>(ids.size())), EnsureAreasOfUpdate(*entry, id, call));
    }
    ids.push_back(std::move(id));
    return absl::OkStatus();
  }));
  const auto update = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(areas);
    std::vector<Change> changes;
    RETURN_IF_ERROR(ForEachEntry(entries, [&](const Message* entry) -> absl::Status {
      ASSIGN_OR_RETURN(Change change, ChangeOf(*entry, ids[changes.size()], writer.reader()));
      RETURN_IF_ERROR(Put(writer, change));
      changes.push_back(std::move(change));
      return absl::OkStatus();
    }));
    return ForEachEntry(changes, [&](const Change& change) {
      return CheckStored(writer, change.old.get(), *change.now);
    });
  };
  return Commit(parts_.store, request, call, update, [&](Reader& reader) -> absl::Status {
    for (const std::string& id : ids) RETURN_IF_ERROR(AddTo(response, type, reader, id));
    return absl::OkStatus();
  });
}

absl::StatusOr<google::protobuf::Empty> Handler::Delete(const Message& request, CallContext& call) {
  const std::string name = TextOf(request, "name");
  ASSIGN_OR_RETURN(const std::string id, IdOf(name, "name"));
  RETURN_IF_ERROR(Commit(parts_.store, request, call, [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(Erase(writer, request, id));
    return CheckUnused(writer.reader(), name);
  }));
  return google::protobuf::Empty();
}

absl::StatusOr<google::protobuf::Empty> Handler::BatchDelete(const Message& request,
                                                             CallContext& call) {
  const auto entries = EntriesOf(request);
  RETURN_IF_ERROR(CheckBatchSize(static_cast<int>(entries.size()), "requests"));
  std::set<std::string> seen;
  RETURN_IF_ERROR(ForEachEntry(entries, [&](const Message* entry) -> absl::Status {
    const std::string name = TextOf(*entry, "name");
    RETURN_IF_ERROR(IdOf(name, "name").status());
    RETURN_IF_ERROR(RefuseTwice(name, "name", seen));
    return RefuseOfBatch(*entry);
  }));
  const auto erase = [&](Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(ForEachEntry(entries, [&](const Message* entry) {
      return Erase(writer, *entry, std::string(kind_.Id(TextOf(*entry, "name"))));
    }));
    return ForEachEntry(entries, [&](const Message* entry) {  // They may name each other.
      return CheckUnused(writer.reader(), TextOf(*entry, "name"));
    });
  };
  RETURN_IF_ERROR(Commit(parts_.store, request, call, erase));
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

absl::StatusOr<std::string> Handler::IdOfUpdate(const Message& request) const {
  return IdOf(TextOf(MessageOf(request, kind_.field), "name"), kind_.field + ".name");
}

absl::Status Handler::Put(Writer& writer, const Change& change) const {
  RETURN_IF_ERROR(CheckSize(*change.now, kind_.field));
  RETURN_IF_ERROR(kind_.check(*change.now, kind_.field));
  return writer.Put(kind_, *change.now);
}

absl::Status Handler::Erase(Writer& writer, const Message& request, const std::string& id) const {
  ASSIGN_OR_RETURN(const std::string etag, writer.reader().EtagOf(kind_, id));
  RETURN_IF_ERROR(CheckEtag(TextOf(request, "etag"), etag, kind_.Name(id)));
  if (kind_.parts) RETURN_IF_ERROR(kind_.parts->erase(writer, id));
  return writer.Delete(kind_, id);
}

absl::Status Handler::CheckUnused(Reader& reader, const std::string& name) const {
  ASSIGN_OR_RETURN(const std::string use, reader.FindUse(name));
  if (use.empty()) return absl::OkStatus();
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "RESOURCE_IN_USE",
                         absl::StrCat(name, " is named by ", use),
                         {{"name", name}, {"used_by", use}});
}

absl::Status Handler::AddTo(Message& response, const google::protobuf::Descriptor& type,
                            Reader& reader, const std::string& id) const {
  // Without what follows from other rows, which may be more than an answer can hold.
  return reader.Get(kind_, id,
                    *response.GetReflection()->AddMessage(&response, &ListOf(response, type)));
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
