// Resource names, taken apart: `organisations/IOM/memberships/ARM` by
// `organisations/*/memberships/*`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace corridor {

// Longest id: that of a series, which is made of four others.
inline constexpr size_t kMaxIdBytes = 300;

// What the stars of `pattern` stand for in `name`, in order. Each is an id of 1 to kMaxIdBytes
// letters, digits and `-._~`. Errors: INVALID_ARGUMENT naming `field`, the name and the pattern;
// also when it is empty.
absl::StatusOr<std::vector<std::string>> MatchResourceName(std::string_view name,
                                                           std::string_view pattern,
                                                           std::string_view field);

// What the one star of `pattern` stands for in `name`. Errors: as MatchResourceName.
absl::StatusOr<std::string> IdIn(std::string_view name, std::string_view pattern,
                                 std::string_view field);

// Whether `id` is a code, as areas and organisations are named by: a capital letter, then capital
// letters, digits and underscores, 64 at most.
bool IsCode(std::string_view id);

// As IdIn, for a star that stands for a code. Errors: INVALID_ARGUMENT naming `field` and the name.
absl::StatusOr<std::string> CodeIn(std::string_view name, std::string_view pattern,
                                   std::string_view field);

// As CodeIn, for two stars: `areas/*/members/*`, `organisations/*/memberships/*`.
struct TwoCodes {
  std::string parent, id;
};
absl::StatusOr<TwoCodes> TwoCodesIn(std::string_view name, std::string_view pattern,
                                    std::string_view field);

}  // namespace corridor
