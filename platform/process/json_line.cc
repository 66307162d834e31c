// Writes text with everything escaped that could break a line or the JSON in it.
#include "platform/process/json_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "google/protobuf/stubs/common.h"

namespace corridor::process {
namespace {

// Of the line of a request.
constexpr size_t kUsualBytes = 512;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsPlain(std::string_view text) {
  // A lambda, so that it is not called byte by byte.
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
  });
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
  line_ += '"';
  // As nearly all text.
  if (IsPlain(value)) {
    line_ += value;
  } else if (google::protobuf::internal::IsStructurallyValidUTF8(value.data(),
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
  line_ += '"';
  line_ += key;
  line_ += "\":";
}

}  // namespace corridor::process
