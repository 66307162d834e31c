// Requests to the default data set with what they are answered: what a reader of the documentation
// tries first.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/docs/address.h"

namespace corridor::gateway {

struct Example {
  std::string_view operation;  // Its operationId.
  std::string_view target;     // Path and query, as it is sent.
  std::string_view body = {};  // JSON; empty for a request without.
  // JSON of the answer. Of a long list it may have the first elements only.
  std::string_view answer;
};

// All that are not made up (example_maker.h): at most one an operation.
const std::vector<Example>& Examples();

// The values, percent-decoded, that the target of an example gives to parameters of its path and of
// its query, by name. Errors: INVALID_ARGUMENT, when its path is no instance of `address`.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParametersOf(
    const Example& example, const Address& address);

}  // namespace corridor::gateway
