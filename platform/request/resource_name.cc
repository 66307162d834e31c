// Compares a name with a pattern, segment by segment.
#include "platform/request/resource_name.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor {
namespace {

constexpr size_t kMaxCodeBytes = 64;

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

absl::StatusOr<std::vector<std::string>> CodesIn(std::string_view name, std::string_view pattern,
                                                 std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, MatchResourceName(name, pattern, field));
  for (const std::string& id : ids) {
    if (IsCode(id)) continue;
    return InvalidField(field, name,
                        absl::StrCat("has the malformed id \"", id,
                                     "\": it takes a capital letter, then capital letters, digits "
                                     "and underscores, ",
                                     kMaxCodeBytes, " at most"));
  }
  return ids;
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

absl::StatusOr<std::string> IdIn(std::string_view name, std::string_view pattern,
                                 std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, MatchResourceName(name, pattern, field));
  return std::move(ids.at(0));
}

bool IsCode(std::string_view id) {
  const auto is_capital = [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); };
  const auto fits = [&](char c) {
    return is_capital(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
  };
  return !id.empty() && id.size() <= kMaxCodeBytes && is_capital(id[0]) &&
         std::all_of(id.begin(), id.end(), fits);
}

absl::StatusOr<std::string> CodeIn(std::string_view name, std::string_view pattern,
                                   std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> codes, CodesIn(name, pattern, field));
  return std::move(codes.at(0));
}

absl::StatusOr<TwoCodes> TwoCodesIn(std::string_view name, std::string_view pattern,
                                    std::string_view field) {
  ASSIGN_OR_RETURN(std::vector<std::string> codes, CodesIn(name, pattern, field));
  return TwoCodes{std::move(codes.at(0)), std::move(codes.at(1))};
}

}  // namespace corridor
