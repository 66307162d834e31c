// A store made from the copy that a backup is.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/store/database.h"

namespace corridor::store {

// Makes the file `path`, where there is none, the store in the file `backup`, with an epoch of its
// own: positions of the store that was copied are not taken for those of this one. `open` opens a
// database at a path; `check` says whether it is one that the service can run on. A crash leaves
// either no `path` or the whole of it. Errors: FAILED_PRECONDITION (there is a `path`; `backup` is
// no store or cannot be read), DATA_LOSS (`backup` is damaged), RESOURCE_EXHAUSTED (disk full),
// those of `check`. Leaves no file on error.
absl::Status RestoreBackup(
    const std::string& backup, const std::string& path,
    absl::FunctionRef<absl::StatusOr<std::unique_ptr<Database>>(const std::string&)> open,
    absl::FunctionRef<absl::Status(std::unique_ptr<Database>)> check);

}  // namespace corridor::store
