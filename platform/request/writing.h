// How every write begins and ends: who writes and why, which version was meant, and the answer from
// what was committed. `Store` is a store::ResourceStore.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/request/call_context.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor {

// Who writes `request` by `call`, and why: by its fields `request_id` and `reason`. Errors:
// INVALID_ARGUMENT (`request_id` above 64 characters, `reason` above 1,000).
absl::StatusOr<store::WriteContext> WriteContextOf(const google::protobuf::Message& request,
                                                   const CallContext& call);

// Runs `body` as one commit for `request`; answers a reader of the version committed, and says that
// version to `call`. A repeated request runs nothing and reads what the first made. Errors: those
// of WriteContextOf, of `body` and of Store::Write.
template <typename Store>
absl::StatusOr<std::unique_ptr<typename Store::Reader>> Commit(
    Store& store, const google::protobuf::Message& request, CallContext& call,
    absl::FunctionRef<absl::Status(typename Store::Writer&)> body) {
  ASSIGN_OR_RETURN(const store::WriteContext context, WriteContextOf(request, call));
  ASSIGN_OR_RETURN(const store::Commit commit, store.Write(context, call.deadline(), body));
  call.AnsweredFrom(store.epoch(), commit.version);
  return store.ReadAt(commit.version, call.deadline());
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

// INVALID_ARGUMENT naming `request_id` or `reason` of an entry of a batch, when it has one.
absl::Status RefuseOwnRequestId(std::string_view request_id, std::string_view reason);

}  // namespace corridor
