// Members of a JSON answer as texts, so that a test can hold a table of them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace corridor::e2e {

// Text of a path at which there is nothing.
inline constexpr char kAbsent[] = "(absent)";

// Errors: INVALID_ARGUMENT (no JSON object).
absl::StatusOr<google::protobuf::Value> ParseJson(const std::string& text);

// What stands at `path`: a string as it is, a number in full (`3500000`, `25.3`), `true`, a list as
// `[a, b]`, an object as `{name: value}` by name; several, joined by ` | `.
//
// `path` is a chain of names: `established.text`. A list is entered by `[0]`, by `[*]` for all, or
// by `[name=value]` for the objects that have this member; `[#]` counts its elements:
// `statements[topic=AIM].citations[0].source`.
std::string TextAt(const google::protobuf::Value& json, std::string_view path);

}  // namespace corridor::e2e
