// Text to values, type by type.
#include "gateway/transcoding/text_values.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/numbers.h"
#include "gateway/transcoding/utf8.h"
#include "platform/request/nearest.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// An enum with more values gets the nearest one named, not all of them.
constexpr int kMostValuesListed = 12;

// The whole of `text` as an integer; nothing when it is none or does not fit.
template <typename Integer>
std::optional<Integer> Parse(std::string_view text) {
  Integer value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool IsDecimalInteger(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view WithoutPadding(std::string_view base64) {
  return base64.substr(0, base64.find_last_not_of('=') + 1);
}

// `displayName` → `display_name`; nothing when it is no field path.
std::optional<std::string> SnakeCasePath(absl::string_view path) {
  std::string snake;
  char before = '.';
  for (char c : path) {
    auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(byte) && c != '_' && c != '.' && c != '*') return std::nullopt;
    bool begins_name = before == '.';
    bool begins_word = begins_name || before == '_';
    if (begins_name && (c == '.' || absl::ascii_isdigit(byte))) return std::nullopt;
    if (begins_word && absl::ascii_isupper(byte)) return std::nullopt;
    if (absl::ascii_isupper(byte)) snake += '_';
    snake += absl::ascii_tolower(byte);
    before = c;
  }
  if (before == '.') return std::nullopt;
  return snake;
}

}  // namespace

template <typename Integer>
std::string ReadInteger(std::string_view text, Integer& value) {
  if (const std::optional<Integer> parsed = Parse<Integer>(text)) {
    value = *parsed;
    return "";
  }
  if (!IsDecimalInteger(text)) return "is not an integer";
  return absl::StrCat("is outside ", std::numeric_limits<Integer>::min(), " to ",
                      std::numeric_limits<Integer>::max());
}
template std::string ReadInteger(std::string_view, int32_t&);
template std::string ReadInteger(std::string_view, int64_t&);
template std::string ReadInteger(std::string_view, uint32_t&);
template std::string ReadInteger(std::string_view, uint64_t&);

template <typename Real>
std::string ReadReal(std::string_view text, Real& value) {
  constexpr Real kInfinity = std::numeric_limits<Real>::infinity();
  if (const std::optional<double> parsed = ReadNumber(text)) {
    // By way of double, so that a float rounds to what is nearest and only overflow is refused.
    value = static_cast<Real>(*parsed);
    return std::isinf(value) ? "is out of range" : "";
  }
  if (text == "NaN") {
    value = std::numeric_limits<Real>::quiet_NaN();
  } else if (text == "Infinity") {
    value = kInfinity;
  } else if (text == "-Infinity") {
    value = -kInfinity;
  } else {
    return "is not a number within range";
  }
  return "";
}
template std::string ReadReal(std::string_view, float&);
template std::string ReadReal(std::string_view, double&);

std::string ReadBool(std::string_view text, bool& value) {
  if (text != "true" && text != "false") return "is not true or false";
  value = text == "true";
  return "";
}

std::string ReadEnum(std::string_view text, const EnumDescriptor& type, int32_t& number) {
  if (const EnumValueDescriptor* value = type.FindValueByName(std::string(text))) {
    number = value->number();
    return "";
  }
  const std::optional<int32_t> parsed = Parse<int32_t>(text);
  if (parsed && type.FindValueByNumber(*parsed) != nullptr) {
    number = *parsed;
    return "";
  }
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(type.value_count()));
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  if (type.value_count() <= kMostValuesListed) {
    return absl::StrCat("is not one of ", absl::StrJoin(names, ", "));
  }
  return absl::StrCat("is no value of ", type.name(), "; the nearest is ", Nearest(text, names));
}

std::string ReadText(std::string_view text, std::string& value) {
  if (!IsUtf8(text)) return "is not UTF-8";
  value = text;
  return "";
}

std::string ReadBase64(std::string_view text, std::string& bytes) {
  const bool web_safe = text.find_first_of("-_") != std::string_view::npos;
  const absl::string_view encoded(text.data(), text.size());
  const bool decoded = web_safe ? absl::WebSafeBase64Unescape(encoded, &bytes)
                                : absl::Base64Unescape(encoded, &bytes);
  // Only the one text that encodes the bytes is taken, but for padding: not a mix of alphabets.
  const std::string again = web_safe ? absl::WebSafeBase64Escape(bytes) : absl::Base64Escape(bytes);
  if (!decoded || WithoutPadding(again) != WithoutPadding(text)) return "is not base64";
  return "";
}

std::string ReadTime(std::string_view text, Descriptor::WellKnownType type, SecondsAndNanos& time) {
  const bool is_timestamp = type == Descriptor::WELLKNOWNTYPE_TIMESTAMP;
  const std::optional<SecondsAndNanos> parsed =
      is_timestamp ? ParseTimestamp(text) : ParseDuration(text);
  if (!parsed) {
    return is_timestamp ? "is not an RFC 3339 timestamp such as 2018-01-01T00:00:00Z"
                        : "is not a duration in seconds such as 1.5s, at most 10,000 years";
  }
  time = *parsed;
  return "";
}

std::string ReadFieldMask(std::string_view text, std::vector<std::string>& paths) {
  if (text.empty()) return "";
  for (absl::string_view part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    std::optional<std::string> snake = SnakeCasePath(part);
    if (!snake) return "is not a list of field names parted by commas";
    paths.push_back(*std::move(snake));
  }
  return "";
}

}  // namespace corridor::gateway
