// Compares a name with a pattern, segment by segment.
#include "platform/request/resource_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

constexpr size_t kMaxIdBytes = 100;

bool IsId(const std::string& segment) {
  const auto fits = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
           c == '~';
  };
  return !segment.empty() && segment.size() <= kMaxIdBytes &&
         std::all_of(segment.begin(), segment.end(), fits);
}

std::vector<std::string> Segments(std::string_view path) {
  return absl::StrSplit(absl::string_view(path.data(), path.size()), '/');
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MatchResourceName(std::string_view name,
                                                           std::string_view pattern,
                                                           std::string_view field) {
  if (name.empty()) return MissingField(field);
  const std::vector<std::string> given = Segments(name);
  const std::vector<std::string> expected = Segments(pattern);
  bool fits = given.size() == expected.size();
  std::vector<std::string> ids;
  for (size_t i = 0; fits && i < given.size(); ++i) {
    const bool star = expected[i] == "*";
    fits = star ? IsId(given[i]) : given[i] == expected[i];
    if (star) ids.push_back(given[i]);
  }
  if (!fits) {
    return InvalidField(field, name,
                        absl::StrCat("is not a name of the form ", std::string(pattern)));
  }
  return ids;
}

}  // namespace corridor
