// How every write begins and ends: who writes and why, which version was meant, and the answer from
// what was committed. `Store` is a store::ResourceStore.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/request/call_context.h"
#include "platform/request/reading.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor {

// Who writes `request` by `call`, and why: by its fields `request_id`, `reason` and
// `validate_only`. Errors: INVALID_ARGUMENT (`request_id` above 64 characters, `reason` above
// 1,000).
absl::StatusOr<store::WriteContext> WriteContextOf(const google::protobuf::Message& request,
                                                   const CallContext& call);

// Runs `body` as one commit for `request`, then `answer` on what was committed, and says its
// version to `call`. A repeated request runs no body and is answered from what the first made; one
// that is only to be validated is answered from within a commit that is then given up. Errors:
// those of WriteContextOf, of `body`, of `answer` and of Store::Write.
template <typename Store>
absl::Status Commit(
    Store& store, const google::protobuf::Message& request, CallContext& call,
    absl::FunctionRef<absl::Status(typename Store::Writer&)> body,
    absl::FunctionRef<absl::Status(typename Store::Reader&)> answer = [](typename Store::Reader&) {
      return absl::OkStatus();
    }) {
  ASSIGN_OR_RETURN(const store::WriteContext context, WriteContextOf(request, call));
  const auto validate = [&](typename Store::Writer& writer) -> absl::Status {
    RETURN_IF_ERROR(body(writer));
    return answer(writer.reader());
  };
  ASSIGN_OR_RETURN(const store::Commit commit, context.validate_only
                                                   ? store.Write(context, call.deadline(), validate)
                                                   : store.Write(context, call.deadline(), body));
  call.AnsweredFrom(store.epoch(), commit.version);
  if (context.validate_only) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto reader, store.ReadAt(commit.version, call.deadline()));
  return answer(*reader);
}

// ABORTED (ETAG_MISMATCH) unless `given` is empty or `current`. `name` is the resource's.
absl::Status CheckEtag(std::string_view given, std::string_view current, std::string_view name);

// ALREADY_EXISTS: the resource has been created before.
absl::Status AlreadyExists(std::string_view name);

// The name of a new resource in `collection` (`areas/`): by `id` of the field `id_field`, or by
// `name` of the field `name_field`; both when they agree. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> NewName(std::string_view collection, std::string_view id,
                                    std::string_view id_field, std::string_view name,
                                    std::string_view name_field);

// Prefix of the fields of entry `i` of a batch: `requests[2].`.
std::string EntryPath(int i);

// INVALID_ARGUMENT naming `request_id`, `reason` or `validate_only` of an entry of a batch, when it
// has one.
absl::Status RefuseOfBatch(const google::protobuf::Message& entry);

// Calls `one` with each entry of a batch; an error names the entry. Errors: those of `one`.
template <typename Entries, typename One>
absl::Status ForEachEntry(Entries& entries, One one) {
  int i = 0;
  for (auto& entry : entries) RETURN_IF_ERROR(AtField(EntryPath(i++), one(entry)));
  return absl::OkStatus();
}

// Checks a batch before its commit: between 1 and kMaxBatch entries, each by `check`, none with
// what belongs to the whole batch. Errors: INVALID_ARGUMENT, those of `check`, naming the entry.
template <typename Request, typename Check>
absl::Status CheckEntries(const Request& request, Check check) {
  RETURN_IF_ERROR(CheckBatchSize(request.requests_size(), "requests"));
  return ForEachEntry(request.requests(), [&check](const auto& entry) -> absl::Status {
    RETURN_IF_ERROR(check(entry));
    return RefuseOfBatch(entry);
  });
}

// The body of a commit that does `one(entry, writer)` with each entry of a batch. `request` must
// outlive it.
template <typename Writer, typename Request, typename One>
auto EachEntry(const Request& request, One one) {
  return [&request, one](Writer& writer) {
    return ForEachEntry(request.requests(), [&](const auto& entry) { return one(entry, writer); });
  };
}

// INVALID_ARGUMENT when a batch changes the resource `name` of `field` twice; `seen` are those
// before.
absl::Status RefuseTwice(const std::string& name, std::string_view field,
                         std::set<std::string>& seen);

}  // namespace corridor
