// UTF-8 as proto3 strings and JSON require it (Unicode 15, table 3-7: no surrogates, no overlong
// forms).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace corridor::gateway {

// Length in bytes of the character that `text` begins with; 0 when it begins with none.
size_t Utf8CharacterLength(std::string_view text);

bool IsUtf8(std::string_view text);

// `text` with every byte that belongs to no character replaced by U+FFFD.
std::string ReplaceNonUtf8(std::string_view text);

// Appends the character `code_point`, which is no surrogate and at most 0x10FFFF.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace corridor::gateway
