// Tells the four forms of `known_at` apart by their characters.
#include "platform/request/known_at.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

absl::StatusOr<store::KnownAt> ParseVersion(std::string_view text, std::string_view field) {
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || version < 1) {
    return InvalidField(field, text, "is not a version: they count from 1");
  }
  return version;
}

absl::StatusOr<store::KnownAt> ParseTimestamp(std::string_view text, std::string_view field) {
  absl::Time time;
  std::string error;
  // absl::ParseTime also takes spaces around.
  const bool bare = text.find_first_of(" \t\r\n\v\f") == std::string_view::npos;
  if (!bare || !absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()),
                                &time, &error)) {
    return InvalidField(field, text, "is not an RFC 3339 timestamp, e.g. 2018-01-01T00:00:00Z");
  }
  return time;
}

absl::StatusOr<store::KnownAt> ParseToken(std::string_view text, std::string_view service,
                                          std::string_view epoch, std::string_view field) {
  const auto position = DecodePosition(text, field);
  if (!position.ok()) {
    return InvalidField(field, text,
                        "is not a version, an RFC 3339 timestamp or a corridor-version token");
  }
  const auto part = position->parts().find(std::string(service));
  if (part == position->parts().end()) {
    return InvalidField(field, text, absl::StrCat("holds no version of ", std::string(service)));
  }
  if (part->second.epoch() != epoch) {
    return ErrorWithReason(absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
                           absl::StrCat(std::string(field),
                                        ": the token is of a store that was restored or "
                                        "replaced since; ask again without it"),
                           {{"field", field}, {"service", service}, {"epoch", epoch}});
  }
  return part->second.version();
}

}  // namespace

absl::StatusOr<store::KnownAt> ParseKnownAt(std::string_view text, std::string_view service,
                                            std::string_view epoch, std::string_view field) {
  if (text.empty()) return store::KnownAt();
  if (AllDigits(text)) return ParseVersion(text, field);
  // No other form begins with `YYYY-`; a token begins with the tag of `parts`, encoded as `C`.
  if (text.size() > 4 && text[4] == '-' && AllDigits(text.substr(0, 4)))
    return ParseTimestamp(text, field);
  return ParseToken(text, service, epoch, field);
}

}  // namespace corridor
