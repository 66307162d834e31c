// What of a text can be copied between JSON and a string as it stands. No state.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace corridor::gateway {

// Whether a character stands for itself in a JSON string and is of one byte: ASCII but control
// characters, `"` and `\`.
inline bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Of eight characters, a bit for each that is not plain, and maybe for some behind the first such.
inline uint64_t NotPlain(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x8080808080808080;
  const auto zeros = [](uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  const uint64_t control = (word - kOnes * 0x20) & ~word;
  return (word | control | zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\')) & kHighs;
}

template <typename Word>
Word LoadWord(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}
template <typename Word>
void CopyWord(const char* from, char* to) {
  std::memcpy(to, from, sizeof(Word));
}

// Bytes at the front of `text` that are plain.
inline size_t PlainLength(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    const uint64_t found = NotPlain(LoadWord<uint64_t>(text.data() + i));
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return i + static_cast<size_t>(std::countr_zero(found)) / 8;
    }
    break;
  }
  while (i < text.size() && IsPlain(text[i])) ++i;
  return i;
}

// Copies a text of any length, mostly a short one, in words that may overlap.
inline void CopyShort(std::string_view text, char* to) {
  const char* from = text.data();
  const size_t size = text.size();
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    for (size_t i = 0; i + 8 < size; i += 8) CopyWord<uint64_t>(from + i, to + i);
    CopyWord<uint64_t>(from + size - 8, to + size - 8);
  } else if (size >= 4) {
    CopyWord<uint32_t>(from, to);
    CopyWord<uint32_t>(from + size - 4, to + size - 4);
  } else {
    for (size_t i = 0; i < size; ++i) to[i] = from[i];
  }
}

// Copies `text` to `to` if all of it is plain; else what is at `to` is undefined.
inline bool CopyIfPlain(std::string_view text, char* to) {
  const char* from = text.data();
  const size_t size = text.size();
  if (size >= 8) {
    uint64_t found = NotPlain(LoadWord<uint64_t>(from + size - 8));
    for (size_t i = 0; i + 8 < size; i += 8) {
      found |= NotPlain(LoadWord<uint64_t>(from + i));
      CopyWord<uint64_t>(from + i, to + i);
    }
    CopyWord<uint64_t>(from + size - 8, to + size - 8);
    return found == 0;
  }
  if (size >= 4) {
    const uint64_t front = LoadWord<uint32_t>(from);
    const uint64_t back = LoadWord<uint32_t>(from + size - 4);
    CopyWord<uint32_t>(from, to);
    CopyWord<uint32_t>(from + size - 4, to + size - 4);
    return NotPlain(front | back << 32) == 0;
  }
  for (size_t i = 0; i < size; ++i) {
    if (!IsPlain(text[i])) return false;
    to[i] = text[i];
  }
  return true;
}

}  // namespace corridor::gateway
