// Examples for operations that have none, made of what those of others hold.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/docs/address.h"
#include "gateway/docs/example.h"
#include "gateway/docs/learnt_values.h"
#include "gateway/transcoding/bindings.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// What the documentation shows of one operation.
struct Shown {
  std::vector<std::pair<std::string, std::string>> parameters;  // Of its path and query, by name.
  std::string body = {};                                        // JSON; empty: none.
  std::string answer = {};                                      // JSON; empty: none.
};

// What `own` (null: none) has, and beside it a path to a resource that was learnt, the required
// fields of query and body, and the answer to them, as far as `learnt` goes. Rests on the standard
// methods of the AIPs: a resource has a `name`, and Create… and BatchCreate… make what there is not
// yet. A write that is made up has `validate_only`, so that trying it changes nothing. Errors:
// INVALID_ARGUMENT, when the target of `own` is no instance of `address`.
absl::StatusOr<Shown> ShowExample(const LearntValues& learnt, const Binding& binding,
                                  const Address& address, const Example* own);

}  // namespace corridor::gateway
