// google.protobuf.Struct, Value and ListValue from any JSON. No state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/message_table.h"
#include "gateway/transcoding/wire_writer.h"

namespace corridor::gateway {

// Reads the value that comes next and writes the fields of a message of `type`, one of the three:
// an object for a Struct, an array for a ListValue. `depth`: how many messages it is within. Where
// it cannot be put in a message, stops and sets `why`, in words that follow on the whole of the
// value. Errors: malformed JSON, a key that is there twice.
absl::Status DynamicToWire(const MessageTable& type, int depth, JsonScanner& scanner,
                           WireWriter& wire, std::string_view& why);

}  // namespace corridor::gateway
