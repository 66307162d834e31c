// Scans tags as protobuf's parser does, down to what it makes of varints that are too long.
#include "gateway/transcoding/wire_fields.h"

#include <algorithm>

namespace corridor::gateway {
namespace {

constexpr uint32_t kMostBytes = 0x7FFFFFFF;

uint64_t Byte(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

// Bits above the 64th are dropped.
bool TakeVarint(std::string_view& rest, size_t most_bytes, uint64_t& value) {
  value = 0;
  const size_t end = std::min(rest.size(), most_bytes);
  for (size_t i = 0; i < end; ++i) {
    const uint64_t byte = Byte(rest, i);
    value |= (byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      rest.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool TakeVarint(std::string_view& rest, uint64_t& value) {
  if (!rest.empty() && Byte(rest, 0) < 0x80) {
    value = Byte(rest, 0);
    rest.remove_prefix(1);
    return true;
  }
  return TakeVarint(rest, 10, value);
}

// Little-endian, whatever the machine is.
template <size_t kBytes>
bool TakeFixed(std::string_view& rest, uint64_t& value) {
  if (rest.size() < kBytes) return false;
  value = 0;
  for (size_t i = 0; i < kBytes; ++i) value |= Byte(rest, i) << (8 * i);
  rest.remove_prefix(kBytes);
  return true;
}

bool TakeBytes(std::string_view& rest, std::string_view& bytes) {
  uint64_t size = 0;
  if (!rest.empty() && Byte(rest, 0) < 0x80) {
    size = Byte(rest, 0);
    rest.remove_prefix(1);
  } else if (!TakeVarint(rest, 5, size) || size > kMostBytes) {
    return false;
  }
  if (size > rest.size()) return false;
  bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool TakeTag(std::string_view& rest, uint32_t& number, WireType& type) {
  uint64_t tag = 0;
  if (!rest.empty() && Byte(rest, 0) < 0x80) {
    tag = Byte(rest, 0);
    rest.remove_prefix(1);
  } else if (!TakeVarint(rest, 5, tag)) {
    return false;
  }
  number = static_cast<uint32_t>(tag) >> 3;
  type = static_cast<WireType>(tag & 7);
  return number != 0;
}

// `depth` counts groups as messages.
bool SkipValue(WireType type, uint32_t number, int depth, std::string_view& rest);

bool SkipGroup(uint32_t number, int depth, std::string_view& rest) {
  if (depth > kDeepestMessage) return false;
  while (true) {
    uint32_t inner = 0;
    WireType type{};
    if (!TakeTag(rest, inner, type)) return false;
    if (type == WireType::kEndGroup) return inner == number;
    if (!SkipValue(type, inner, depth, rest)) return false;
  }
}

bool SkipValue(WireType type, uint32_t number, int depth, std::string_view& rest) {
  uint64_t bits = 0;
  std::string_view bytes;
  switch (type) {
    case WireType::kVarint:
      return TakeVarint(rest, bits);
    case WireType::kFixed64:
      return TakeFixed<8>(rest, bits);
    case WireType::kBytes:
      return TakeBytes(rest, bytes);
    case WireType::kStartGroup:
      return SkipGroup(number, depth + 1, rest);
    case WireType::kFixed32:
      return TakeFixed<4>(rest, bits);
    default:
      return false;
  }
}

bool TakeField(WireField& found, std::string_view& rest) {
  switch (found.field->wire_type) {
    case WireType::kVarint:
      return TakeVarint(rest, found.bits);
    case WireType::kFixed64:
      return TakeFixed<8>(rest, found.bits);
    case WireType::kFixed32:
      return TakeFixed<4>(rest, found.bits);
    default:
      return TakeBytes(rest, found.bytes);
  }
}

// Drops what a later member of the same oneof replaces.
void DropReplacedMembers(size_t begin, WireFields& fields) {
  struct Oneof {
    const FieldTable* last = nullptr;
    bool replaced = false;  // Another member stands between.
  };
  absl::InlinedVector<Oneof, 8> oneofs;
  for (size_t i = fields.size(); i-- > begin;) {
    const FieldTable* field = fields[i].field;
    if (field->oneof < 0) continue;
    const auto index = static_cast<size_t>(field->oneof);
    if (index >= oneofs.size()) oneofs.resize(index + 1);
    Oneof& oneof = oneofs[index];
    if (oneof.last == nullptr) oneof.last = field;
    if (oneof.last != field) oneof.replaced = true;
    if (oneof.replaced) fields[i].field = nullptr;
  }
  fields.erase(std::remove_if(fields.begin() + static_cast<std::ptrdiff_t>(begin), fields.end(),
                              [](const WireField& found) { return found.field == nullptr; }),
               fields.end());
}

// Makes one of those from `first` up to `end`, which are of one singular field: the last, or of
// messages all of their bytes, which read as the merged message.
WireField Merge(const WireField* first, const WireField* end,
                std::forward_list<std::string>& merged) {
  WireField last = *(end - 1);
  if (last.field->message == nullptr || end - first == 1) return last;
  std::string& bytes = merged.emplace_front();
  for (; first != end; ++first) bytes += first->bytes;
  last.bytes = bytes;
  return last;
}

void PutInOrder(size_t begin, WireFields& fields, std::forward_list<std::string>& merged) {
  DropReplacedMembers(begin, fields);
  std::stable_sort(
      fields.begin() + static_cast<std::ptrdiff_t>(begin), fields.end(),
      [](const WireField& a, const WireField& b) { return a.field->number < b.field->number; });
  size_t kept = begin;
  for (size_t i = begin; i < fields.size();) {
    size_t end = i + 1;
    if (!fields[i].field->repeated) {
      while (end < fields.size() && fields[end].field == fields[i].field) ++end;
    }
    fields[kept++] = Merge(&fields[i], &fields[i] + (end - i), merged);
    i = end;
  }
  fields.resize(kept);
}

}  // namespace

bool ScanFields(const MessageTable& type, std::string_view message, int depth, WireFields& fields,
                std::forward_list<std::string>& merged) {
  const size_t begin = fields.size();
  const FieldTable* last = nullptr;
  uint64_t oneofs = 0;  // Those that have a member; all above the 63rd share a bit.
  bool in_order = true;
  while (!message.empty()) {
    uint32_t number = 0;
    WireType wire_type{};
    if (!TakeTag(message, number, wire_type)) return false;
    const FieldTable* field = type.ByNumber(number);
    const bool packed = field != nullptr && field->packable && wire_type == WireType::kBytes;
    if (field == nullptr || (wire_type != field->wire_type && !packed)) {
      if (!SkipValue(wire_type, number, depth, message)) return false;
      continue;
    }
    WireField& found = fields.emplace_back();
    found.field = field;
    if (!(packed ? TakeBytes(message, found.bytes) : TakeField(found, message))) return false;
    // Tables hold their fields in order.
    if (last != nullptr && (field < last || (field == last && !field->repeated))) in_order = false;
    last = field;
    if (field->oneof >= 0) {
      const uint64_t bit = uint64_t{1} << std::min(field->oneof, 63);
      if ((oneofs & bit) != 0) in_order = false;
      oneofs |= bit;
    }
  }
  if (!in_order) PutInOrder(begin, fields, merged);
  return true;
}

bool TakeValue(WireType type, std::string_view& packed, uint64_t& bits) {
  switch (type) {
    case WireType::kVarint:
      return TakeVarint(packed, bits);
    case WireType::kFixed64:
      return TakeFixed<8>(packed, bits);
    case WireType::kFixed32:
      return TakeFixed<4>(packed, bits);
    default:
      return false;
  }
}

}  // namespace corridor::gateway
