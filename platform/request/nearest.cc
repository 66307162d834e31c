// Levenshtein distance over folded names.
#include "platform/request/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/strings/ascii.h"

namespace corridor {
namespace {

constexpr size_t kMaxBytes = 100;

std::string Fold(std::string_view name) {
  std::string folded;
  for (const char c : name.substr(0, kMaxBytes)) {
    if (c != '-' && c != '_') folded += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return folded;
}

size_t Distance(const std::string& a, const std::string& b) {
  // row[j]: distance of the first i characters of a to the first j of b.
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) { return Distance(Fold(a), Fold(b)); }

std::string Nearest(std::string_view name, const std::vector<std::string>& names) {
  const std::string folded = Fold(name);
  std::string nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const std::string& candidate : names) {
    const size_t distance = Distance(folded, Fold(candidate));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace corridor
