// Lists in JSON files, as simdjson reads them: for the .cc files of this folder, which no other
// knows simdjson by.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace corridor {

// Gives `each` every entry of the list that the file at `path` is, in order, until it fails;
// `where` is for errors: `organisations.json: [0]`. Errors: NOT_FOUND (the file), INVALID_ARGUMENT
// naming it; those of `each`.
absl::Status ReadJsonEntries(
    const std::string& path,
    absl::FunctionRef<absl::Status(const simdjson::dom::element& entry, const std::string& where)>
        each);

}  // namespace corridor
