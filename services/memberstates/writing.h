// How every write begins and ends: who writes and why, which version was meant, and the answer from
// what was committed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/request/call_context.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

// Runs `body` as one commit for `request`, whose fields `request_id` and `reason` it reads; answers
// a reader of the version committed, and says that version to `call`. A repeated request runs
// nothing and reads what the first made. Errors: INVALID_ARGUMENT (`request_id` above 64
// characters, `reason` above 1,000), those of `body` and Store::Write.
absl::StatusOr<std::unique_ptr<Reader>> Commit(Store& store,
                                               const google::protobuf::Message& request,
                                               CallContext& call,
                                               absl::FunctionRef<absl::Status(Writer&)> body);

// ABORTED (ETAG_MISMATCH) unless `given` is empty or `current`. `name` is the resource's.
absl::Status CheckEtag(std::string_view given, std::string_view current, std::string_view name);

// ALREADY_EXISTS: the resource has been created before.
absl::Status AlreadyExists(std::string_view name);

// The name of a new resource in `collection` (`areas/`): by `id` of the field `id_field`, or by
// `name` of the field `name_field`; both when they agree. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> NewName(std::string_view collection, std::string_view id,
                                    std::string_view id_field, std::string_view name,
                                    std::string_view name_field);

// INVALID_ARGUMENT naming `request_id` or `reason` of an entry of a batch, when it has one.
absl::Status RefuseOwnRequestId(std::string_view request_id, std::string_view reason);

}  // namespace corridor::memberstates
