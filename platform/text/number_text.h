// Numbers as people read them.
#pragma once

#include <charconv>
#include <string>

namespace corridor {

// The fewest digits that read back as `number`, in fixed notation: `120`, `0.5`; `inf` and `nan`
// are words.
inline std::string NumberText(double number) {
  char digits[1100];  // The longest are 1,077: the least double has 1,074 places.
  const auto end = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::fixed);
  return std::string(digits, end.ptr);
}

}  // namespace corridor
