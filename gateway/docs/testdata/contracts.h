// A contract for the tests of the documentation, and a way into what is made of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "gateway/docs/json.h"

namespace corridor::gateway {

std::string_view DocumentedContract();  // testdata/documented.proto, with comments.

// What stands at a chain of members, as JSON; `(absent)` where there is nothing.
std::string At(const Json& json, std::initializer_list<std::string_view> members);

}  // namespace corridor::gateway
