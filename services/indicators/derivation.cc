// Interval arithmetic, exact until the digits are shown.
#include "services/indicators/derivation.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "services/indicators/by_period.h"
#include "services/indicators/published_value.h"
#include "services/indicators/quotient.h"

namespace corridor::indicators {
namespace {

constexpr std::string_view kPercent = "PERCENT";

struct Bounds {
  Quotient low;
  Quotient high;
};

struct Result {
  Quotient value;
  std::optional<Bounds> bounds;
};

bool IsNegative(const Decimal& number) { return number.mantissa() < 0; }

bool MayBeZero(const Rounding& bounds) {
  return bounds.low.mantissa() <= 0 && bounds.high.mantissa() >= 0;
}

Rounding Opposite(const Rounding& bounds) { return {-bounds.high, -bounds.low}; }

// Of a base that is not 0. Absent when it cannot be computed exactly.
std::optional<Result> Share(const PublishedValue& part, const PublishedValue& whole) {
  const std::optional<Quotient> value = Quotient::Percentage(part.value, whole.value);
  if (!value) return std::nullopt;
  if (MayBeZero(whole.bounds)) return Result{*value, std::nullopt};
  const bool negative = IsNegative(whole.value);
  const Rounding a = negative ? Opposite(part.bounds) : part.bounds;
  const Rounding b = negative ? Opposite(whole.bounds) : whole.bounds;
  const std::optional<Quotient> low =
      Quotient::Percentage(a.low, IsNegative(a.low) ? b.low : b.high);
  const std::optional<Quotient> high =
      Quotient::Percentage(a.high, IsNegative(a.high) ? b.high : b.low);
  if (!low || !high) return std::nullopt;
  return Result{*value, Bounds{*low, *high}};
}

// Absent when it cannot be computed exactly.
std::optional<Result> Difference(const PublishedValue& a, const PublishedValue& b) {
  const absl::StatusOr<Decimal> value = Subtract(a.value, b.value);
  const absl::StatusOr<Decimal> low = Subtract(a.bounds.low, b.bounds.high);
  const absl::StatusOr<Decimal> high = Subtract(a.bounds.high, b.bounds.low);
  if (!value.ok() || !low.ok() || !high.ok()) return std::nullopt;
  return Result{Quotient(*value), Bounds{Quotient(*low), Quotient(*high)}};
}

// Digits after the point to which `number`, not 0, has one significant digit. Twelve digits count,
// so that a tenth is one however it was computed.
int PlacesOfFirstDigit(double number) {
  constexpr int kDigits = 12;
  char text[32];
  const auto written = std::to_chars(std::begin(text), std::end(text), number,
                                     std::chars_format::scientific, kDigits - 1);
  const std::string_view scientific(text, static_cast<size_t>(written.ptr - text));
  const std::string_view exponent = scientific.substr(scientific.find('e') + 1);
  const char* const begin = exponent.data() + (exponent.front() == '+' ? 1 : 0);
  int power = 0;
  std::from_chars(begin, exponent.data() + exponent.size(), power);
  return -power;
}

std::string InAllDigits(const Quotient& value) {
  char text[400];
  const auto written =
      std::to_chars(std::begin(text), std::end(text), value.ToDouble(), std::chars_format::fixed);
  return std::string(text, written.ptr);
}

std::string InOneDigit(const Quotient& value) {
  const double number = value.ToDouble();
  const int places = number == 0 ? 0 : PlacesOfFirstDigit(number);
  const std::optional<Decimal> rounded = value.Rounded(places, RoundTowards::kNearest);
  return rounded ? rounded->Text() : InAllDigits(value);
}

std::string InDigits(const Quotient& value, const Bounds& bounds) {
  const double half = (bounds.high.ToDouble() - bounds.low.ToDouble()) / 2;
  for (int places = half > 0 ? PlacesOfFirstDigit(half) : 0;; ++places) {
    const auto shown = value.Rounded(places, RoundTowards::kNearest);
    const auto low = bounds.low.Rounded(places + 1, RoundTowards::kGreater);
    const auto high = bounds.high.Rounded(places + 1, RoundTowards::kLess);
    if (!shown || !low || !high) return InAllDigits(value);
    if (std::is_lt(Compare(*shown, *low)) || std::is_lt(Compare(*high, *shown))) continue;
    // A dash before a minus reads as two.
    const absl::string_view to = IsNegative(*low) ? " to " : "–";
    return absl::StrCat(shown->Text(), " (", low->Text(), to, high->Text(), ")");
  }
}

std::string InFormula(const Decimal& number) {
  return IsNegative(number) ? absl::StrCat("(", number.Text(), ")") : number.Text();
}

std::string Formula(Operation operation, const Decimal& a, const Decimal& b) {
  if (operation == v1::DeriveObservationsRequest::SHARE) {
    return absl::StrCat("100 × ", InFormula(a), " / ", InFormula(b));
  }
  return absl::StrCat(InFormula(a), " − ", InFormula(b));
}

std::string UnitOf(Operation operation, const std::string& unit) {
  if (operation == v1::DeriveObservationsRequest::SHARE) return std::string(kPercent);
  return unit == kPercent ? "PERCENTAGE_POINTS" : unit;
}

absl::Status CheckOperation(Operation operation, const v1::Observation& observation,
                            const v1::Observation& base) {
  const bool is_share = operation == v1::DeriveObservationsRequest::SHARE;
  if (!is_share && operation != v1::DeriveObservationsRequest::DIFFERENCE) {
    return InvalidField("operation", std::to_string(operation), "is none: SHARE or DIFFERENCE");
  }
  if (observation.unit() == base.unit()) return absl::OkStatus();
  return InvalidField(
      "base_indicator", base.indicator(),
      absl::StrCat("is in ", base.unit(),
                   is_share ? ", and has no share in " : " and cannot be subtracted from ",
                   observation.unit()));
}

std::string MissingReason(const v1::Observation& observation, absl::string_view which) {
  return absl::StrCat("The ", which, " has no value: ", observation.missing_reason());
}

void AddResult(const Result& result, Derived& derived) {
  derived.set_value(result.value.ToDouble());
  if (!result.bounds) {
    derived.set_text(absl::StrCat(InOneDigit(result.value),
                                  " (without bounds, since the base may be 0 before rounding)"));
    return;
  }
  derived.set_low(result.bounds->low.ToDouble());
  derived.set_high(result.bounds->high.ToDouble());
  derived.set_text(InDigits(result.value, *result.bounds));
}

void Compute(Operation operation, const PublishedValue& a, const PublishedValue& b,
             Derived& derived) {
  const bool share = operation == v1::DeriveObservationsRequest::SHARE;
  derived.set_formula(Formula(operation, a.value, b.value));
  if (share && b.value.mantissa() == 0) {
    derived.set_missing_reason("The base is 0, and nothing is a share of it.");
    return;
  }
  const std::optional<Result> result = share ? Share(a, b) : Difference(a, b);
  if (!result) {
    derived.set_missing_reason("The two have more digits than can be computed with exactly.");
    return;
  }
  AddResult(*result, derived);
}

}  // namespace

absl::StatusOr<Derived> Derive(Operation operation, const v1::Observation& observation,
                               const v1::Observation& base) {
  RETURN_IF_ERROR(CheckOperation(operation, observation, base));
  ASSIGN_OR_RETURN(const std::optional<PublishedValue> a, ReadPublishedValue(observation));
  ASSIGN_OR_RETURN(const std::optional<PublishedValue> b, ReadPublishedValue(base));
  Derived derived;
  derived.set_period(observation.period());
  *derived.mutable_observation() = observation;
  *derived.mutable_base() = base;
  derived.set_unit(UnitOf(operation, observation.unit()));
  if (a && b) {
    Compute(operation, *a, *b, derived);
  } else {
    derived.set_missing_reason(a ? MissingReason(base, "base")
                                 : MissingReason(observation, "observation"));
  }
  return derived;
}

absl::StatusOr<std::vector<Derived>> DeriveByPeriod(Operation operation,
                                                    std::vector<v1::Observation> observations,
                                                    std::vector<v1::Observation> bases) {
  std::vector<Derived> derived;
  const auto bases_by_period = ByPeriod(std::move(bases));
  for (const auto& [period, of_period] : ByPeriod(std::move(observations))) {
    const auto bases_of_period = bases_by_period.find(period);
    if (bases_of_period == bases_by_period.end()) continue;
    for (const v1::Observation& observation : of_period) {
      for (const v1::Observation& base : bases_of_period->second) {
        if (observation.series() == base.series()) continue;  // Nothing follows from one value.
        ASSIGN_OR_RETURN(Derived one, Derive(operation, observation, base));
        derived.push_back(std::move(one));
      }
    }
  }
  return derived;
}

}  // namespace corridor::indicators
