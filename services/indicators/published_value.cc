// Between texts of the contract and decimal numbers.
#include "services/indicators/published_value.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

// Every decimal number of so many significant digits comes back from a double as it was.
constexpr int kDigitsOfADouble = std::numeric_limits<double>::digits10;

absl::StatusOr<std::optional<Decimal>> ReadValue(const v1::Observation& observation) {
  if (observation.value_text().empty()) {
    if (!observation.has_value()) return std::nullopt;
    ASSIGN_OR_RETURN(const Decimal value, Decimal::FromDouble(observation.value(), "value"));
    if (value.Digits() <= kDigitsOfADouble) return value;
    return InvalidField("value", value.Text(),
                        absl::StrCat("has more than ", kDigitsOfADouble,
                                     " digits, which a double need not keep: give value_text"));
  }
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(observation.value_text(), "value_text"));
  if (observation.has_value() && observation.value() != value.ToDouble()) {
    return InvalidField("value_text", observation.value_text(), "is another number than `value`");
  }
  return value;
}

absl::StatusOr<std::optional<Decimal>> ReadRoundedTo(const v1::Observation& observation) {
  if (observation.rounded_to().empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const Decimal rounded_to,
                   Decimal::Parse(observation.rounded_to(), "rounded_to"));
  if (rounded_to.mantissa() <= 0) {
    return InvalidField("rounded_to", observation.rounded_to(), "is not more than 0");
  }
  return rounded_to;
}

}  // namespace

absl::StatusOr<PublishedValue> PublishedValueOf(const Decimal& value,
                                                const std::optional<Decimal>& rounded_to) {
  const Decimal place = rounded_to ? *rounded_to : LastPlace(value);
  const absl::StatusOr<Rounding> bounds = RoundingOf(value, place);
  if (!bounds.ok()) {
    return InvalidField("rounded_to", place.Text(),
                        absl::StrCat("leaves bounds of too many digits for ", value.Text()));
  }
  return PublishedValue{value, place, *bounds};
}

absl::StatusOr<std::optional<PublishedValue>> ReadPublishedValue(
    const v1::Observation& observation) {
  ASSIGN_OR_RETURN(const std::optional<Decimal> value, ReadValue(observation));
  if (!value) {
    if (observation.rounded_to().empty()) return std::nullopt;
    return InvalidField("rounded_to", observation.rounded_to(), "has no value that it rounds");
  }
  ASSIGN_OR_RETURN(const std::optional<Decimal> rounded_to, ReadRoundedTo(observation));
  return PublishedValueOf(*value, rounded_to);
}

void SetPublishedValue(const PublishedValue& published, v1::Observation& observation) {
  observation.set_value(published.value.ToDouble());
  observation.set_value_text(published.value.Text());
  observation.set_rounded_to(published.rounded_to.Text());
  observation.set_low(published.bounds.low.ToDouble());
  observation.set_high(published.bounds.high.ToDouble());
}

std::string WithBounds(const PublishedValue& published) {
  return absl::StrCat(published.value.Text(), " (", published.bounds.low.Text(), " to ",
                      published.bounds.high.Text(), " before rounding)");
}

}  // namespace corridor::indicators
