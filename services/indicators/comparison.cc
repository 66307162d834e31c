// Bounds decide on consistency, derivation of sources on independence.
#include "services/indicators/comparison.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "services/indicators/by_period.h"
#include "services/indicators/published_value.h"

namespace corridor::indicators {
namespace {

using Response = v1::CompareSourcesResponse;
using Pair = Response::Pair;

std::string NoValue(const v1::Observation& observation) {
  return absl::StrCat(observation.source(), " has no value (", observation.missing_reason(), ")");
}

bool Overlap(const Rounding& a, const Rounding& b) {
  return std::is_lt(Compare(a.low, b.high)) && std::is_lt(Compare(b.low, a.high));
}

void AddConsistency(const PublishedValue& first, const PublishedValue& second, Pair& pair) {
  const std::string both = absl::StrCat(WithBounds(first), " and ", WithBounds(second));
  if (std::is_eq(Compare(first.value, second.value))) {
    pair.set_consistency(Response::EQUAL);
    pair.set_reason(both + " are the same number.");
  } else if (Overlap(first.bounds, second.bounds)) {
    pair.set_consistency(Response::WITHIN_ROUNDING);
    pair.set_reason(both + " may stand for the same number.");
  } else {
    pair.set_consistency(Response::DIFFERENT);
    pair.set_reason(both + " differ by more than rounding explains.");
  }
}

void AddDifference(const PublishedValue& first, const PublishedValue& second, Pair& pair) {
  const absl::StatusOr<Decimal> difference = Subtract(second.value, first.value);
  if (!difference.ok()) return;
  pair.set_difference(difference->Text());
  if (first.value.mantissa() == 0) return;
  pair.set_relative_difference(difference->ToDouble() / first.value.ToDouble());
}

// The sources whose figures `source` is known to rest on, itself not among them.
std::set<std::string, std::less<>> Origins(const std::string& source,
                                           const SourcesByName& sources) {
  std::set<std::string, std::less<>> origins;
  std::vector<std::string> open = {source};
  while (!open.empty()) {
    const auto found = sources.find(open.back());
    open.pop_back();
    if (found == sources.end()) continue;
    for (const std::string& origin : found->second.derived_from()) {
      if (origin != source && origins.insert(origin).second) open.push_back(origin);
    }
  }
  return origins;
}

// Why two sources are not independent; absent when nothing says so.
std::optional<std::string> Dependence(const std::string& first, const std::string& second,
                                      const SourcesByName& sources) {
  if (first == second) return absl::StrCat("Both are of ", first, ".");
  const auto first_origins = Origins(first, sources);
  const auto second_origins = Origins(second, sources);
  if (first_origins.contains(second)) {
    return absl::StrCat(first, " rests on figures of ", second, ".");
  }
  if (second_origins.contains(first)) {
    return absl::StrCat(second, " rests on figures of ", first, ".");
  }
  for (const std::string& origin : first_origins) {
    if (second_origins.contains(origin)) {
      return absl::StrCat("Both rest on figures of ", origin, ".");
    }
  }
  return std::nullopt;
}

// The source through which both are known; empty when there is none.
std::string CitedByOfBoth(const std::string& first, const std::string& second,
                          const SourcesByName& sources) {
  const auto a = sources.find(first);
  const auto b = sources.find(second);
  if (a == sources.end() || b == sources.end()) return "";
  return a->second.cited_by() == b->second.cited_by() ? a->second.cited_by() : "";
}

void AddIndependence(const std::string& first, const std::string& second,
                     const SourcesByName& sources, Pair& pair) {
  if (const std::optional<std::string> dependence = Dependence(first, second, sources)) {
    pair.set_independence(Response::NOT_INDEPENDENT);
    pair.set_independence_reason(*dependence);
    return;
  }
  pair.set_independence(Response::UNKNOWN);
  std::string reason = "No source says whether they rest on the same figures.";
  const std::string cited_by = CitedByOfBoth(first, second, sources);
  if (!cited_by.empty()) {
    absl::StrAppend(&reason, " Both are known through ", cited_by,
                    ", which does not make their figures the same.");
  }
  pair.set_independence_reason(reason);
}

}  // namespace

absl::StatusOr<Pair> Compare(const v1::Observation& first, const v1::Observation& second,
                             const SourcesByName& sources) {
  ASSIGN_OR_RETURN(const std::optional<PublishedValue> a, ReadPublishedValue(first));
  ASSIGN_OR_RETURN(const std::optional<PublishedValue> b, ReadPublishedValue(second));
  Pair pair;
  pair.set_first(first.series());
  pair.set_second(second.series());
  AddIndependence(first.source(), second.source(), sources, pair);
  if (a && b) {
    AddConsistency(*a, *b, pair);
    AddDifference(*a, *b, pair);
  } else {
    pair.set_consistency(Response::CANNOT_SAY);
    pair.set_reason(absl::StrCat(a ? "" : NoValue(first), a || b ? "" : ", and ",
                                 b ? "" : NoValue(second), "."));
  }
  return pair;
}

absl::StatusOr<std::vector<Response::Comparison>> CompareByPeriod(
    std::vector<v1::Observation> observations, const SourcesByName& sources) {
  std::vector<Response::Comparison> comparisons;
  for (auto& [key, said] : ByPeriod(std::move(observations))) {
    Response::Comparison& comparison = comparisons.emplace_back();
    comparison.set_period(key.period);
    for (size_t i = 0; i < said.size(); ++i) {
      for (size_t j = i + 1; j < said.size(); ++j) {
        if (said[i].source() == said[j].source()) continue;
        ASSIGN_OR_RETURN(*comparison.add_pairs(), Compare(said[i], said[j], sources));
      }
    }
    for (v1::Observation& observation : said) {
      *comparison.add_observations() = std::move(observation);
    }
  }
  return comparisons;
}

}  // namespace corridor::indicators
