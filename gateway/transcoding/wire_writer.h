// A serialised message as it is written, field by field. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/transcoding/message_table.h"

namespace corridor::gateway {

inline void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

class WireWriter {
 public:
  // How a scalar is written.
  enum class Form {
    kUnlessDefault,  // With its tag, but not when it is what an absent field is.
    kTagged,
    kBare,  // One of packed values.
  };

  // Appends to `wire`, which must outlive this.
  explicit WireWriter(std::string& wire) : wire_(wire) {}

  size_t size() const { return wire_.size(); }
  // Forgets what was written after `size`.
  void Shrink(size_t size) { wire_.resize(size); }

  // Begins a field that has a length, and answers where its content begins.
  size_t Open(std::string_view tag) {
    wire_ += tag;
    wire_ += '\0';
    return wire_.size();
  }
  // Ends it. Most are shorter than 128 bytes, whose length fits the byte that was left for it.
  void Close(size_t begin) {
    const size_t length = wire_.size() - begin;
    if (length >= 0x80) return CloseLong(begin);
    wire_[begin - 1] = static_cast<char>(length);
  }

  // A scalar that is no string and no bytes; `bits` as WireField has them, signs extended.
  void PutBits(const FieldTable& field, uint64_t bits, Form form) {
    if (PutTag(field, bits == 0, form)) AddBits(field.wire_type, bits);
  }
  void PutBytes(const FieldTable& field, std::string_view bytes, Form form) {
    if (!PutTag(field, bytes.empty(), form)) return;
    AppendVarint(bytes.size(), wire_);
    wire_ += bytes;
  }
  // A scalar from its text in a JSON string or number, or from a key; the text of strings is UTF-8.
  // Answers why it is no such value, in words that follow on it; nothing when it was written.
  std::string PutText(const FieldTable& field, std::string_view text, Form form);

 private:
  // Whether anything is left to write, having written the tag.
  bool PutTag(const FieldTable& field, bool is_default, Form form) {
    if (is_default && form == Form::kUnlessDefault) return false;
    if (form != Form::kBare) wire_ += field.tag;
    return true;
  }
  void AddBits(WireType type, uint64_t bits) {
    if (type == WireType::kVarint) return AppendVarint(bits, wire_);
    char bytes[8];  // Little-endian, whatever the machine is.
    for (size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(bits >> (8 * i) & 0xFF);
    wire_.append(bytes, type == WireType::kFixed64 ? 8 : 4);
  }
  void CloseLong(size_t begin);

  std::string& wire_;
};

}  // namespace corridor::gateway
