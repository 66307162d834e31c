// Writes text with everything escaped that could break a line or the JSON in it.
#include "platform/process/json_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "google/protobuf/stubs/common.h"

namespace corridor::process {
namespace {

// Of the line of a request.
constexpr size_t kUsualBytes = 512;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Eight bytes at once, since every request writes some hundred.
bool IsPlain(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = 0x80 * kOnes;
  // The high bit of each byte that is zero, and maybe of some above the first such.
  const auto zeros = [](uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
  uint64_t odd = 0;
  const auto look = [&](uint64_t word) {
    odd |= word | ((word - kOnes * 0x20) & ~word) | zeros(word ^ kOnes * 0x7F) |
           zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\');
  };
  for (; text.size() >= sizeof(uint64_t); text.remove_prefix(sizeof(uint64_t))) {
    uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    look(word);
  }
  uint64_t last = kOnes * ' ';
  std::memcpy(&last, text.data(), text.size());
  look(last);
  return (odd & kHighs) == 0;
}

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
}

// Appends `text` with each byte replaced that is not part of a well-formed character.
void AppendRepaired(std::string_view text, std::string& out) {
  while (!text.empty()) {
    size_t length = 1;
    while (length <= 4 && length <= text.size() &&
           !google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                                static_cast<int>(length))) {
      ++length;
    }
    const bool valid = length <= 4 && length <= text.size();
    AppendEscaped(valid ? text.substr(0, length) : kReplacement, out);
    text.remove_prefix(valid ? length : 1);
  }
}

}  // namespace

JsonLine::JsonLine() { line_.reserve(kUsualBytes); }

JsonLine& JsonLine::Text(std::string_view key, std::string_view value) {
  Key(key);
  // As nearly all text.
  if (IsPlain(value)) {
    const size_t begin = line_.size();
    line_.resize(begin + value.size() + 2, '"');
    std::copy(value.begin(), value.end(), line_.data() + begin + 1);
    return *this;
  }
  line_ += '"';
  if (google::protobuf::internal::IsStructurallyValidUTF8(value.data(),
                                                          static_cast<int>(value.size()))) {
    AppendEscaped(value, line_);
  } else {
    AppendRepaired(value, line_);
  }
  line_ += '"';
  return *this;
}

JsonLine& JsonLine::Integer(std::string_view key, int64_t value) {
  Key(key);
  std::array<char, 20> digits = {};
  line_.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  return *this;
}

std::string JsonLine::Finish() {
  line_ += '}';
  std::string finished = std::move(line_);
  line_.assign(1, '{');
  return finished;
}

void JsonLine::Key(std::string_view key) {
  if (line_.size() > 1) line_ += ',';
  const size_t begin = line_.size();
  line_.resize(begin + key.size() + 3, '"');
  std::copy(key.begin(), key.end(), line_.data() + begin + 1);
  line_.back() = ':';
}

}  // namespace corridor::process
