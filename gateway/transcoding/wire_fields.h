// The fields of one serialised message, found by its tags alone, in the order in which JSON has
// them. No state.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "gateway/transcoding/message_table.h"

namespace corridor::gateway {

// One occurrence of a field on the wire.
struct WireField {
  const FieldTable* field = nullptr;
  uint64_t bits = 0;       // As they stand, of kVarint and the fixed types.
  std::string_view bytes;  // Of kBytes, so of packed values too; data() is null for other types.

  bool is_bytes() const { return bytes.data() != nullptr; }
};
// A scalar field's default value, or a message that is empty.
inline WireField DefaultOf(const FieldTable& field) {
  WireField value;
  value.field = &field;
  return value;
}
using WireFields = absl::InlinedVector<WireField, 100>;

// Deeper messages are malformed, as they are to protobuf's parser.
inline constexpr int kDeepestMessage = 100;

// Appends the known fields of `message` to `fields` in order of their numbers. Each singular field
// comes once: of scalars the last, of a oneof the last member, messages merged; what is merged is
// kept in `merged`, everything else points into `message`. A field of another wire type counts as
// unknown. `depth`: how many messages this one is within. False when the tags are malformed; what
// is in fields of length is not looked at.
bool ScanFields(const MessageTable& type, std::string_view message, int depth, WireFields& fields,
                std::forward_list<std::string>& merged);

// Takes one value off the front of packed ones. False when they are malformed.
bool TakeValue(WireType type, std::string_view& packed, uint64_t& bits);

}  // namespace corridor::gateway
