// How a client asks for its JSON, request by request:
//
//   corridor-json: int64=number, enums=number, defaults=omit      a header
//   corridor-fields: areas.displayName,nextPageToken
//   ?$int64=number&$enums=number&$defaults=omit&fields=areas.displayName      or the query
//
// The other values are int64=string, enums=name and defaults=write, which are what is done when
// nothing is asked. `$fields` is `fields` under another name, for methods that have a parameter
// called `fields` of their own. The query goes before the headers. What is a mask is AIP-157's
// `fields`: `*` is all of it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/message.h"
#include "gateway/transcoding/transcoder.h"

namespace corridor::gateway {

struct AskedJson {
  JsonChoices choices;
  std::string query;  // Raw, without the parameters that ask for them.
};

// `has_fields_parameter`: as Method has it. Errors: INVALID_ARGUMENT naming parameter or header and
// value: an unknown one, one that comes twice, a path that is none, more than 100 paths.
absl::StatusOr<AskedJson> ReadAskedJson(const HttpHeaders& headers, std::string_view query,
                                        bool has_fields_parameter);

}  // namespace corridor::gateway
