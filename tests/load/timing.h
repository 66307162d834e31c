// How measurements are taken and summed up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace corridor::load {

// The value below which a `share` of `values` is; 0 of none.
inline double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto index = static_cast<size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index),
                   values.end());
  return values[index];
}
inline double Median(const std::vector<double>& values) { return Percentile(values, 0.5); }

// Microseconds that each call of `once` takes, called for as long as `time`, and once at least.
inline std::vector<double> Repeat(absl::Duration time, absl::FunctionRef<void()> once) {
  std::vector<double> took_us;
  const absl::Time end = absl::Now() + time;
  absl::Time before = absl::Now();
  do {
    once();
    const absl::Time after = absl::Now();
    took_us.push_back(absl::ToDoubleMicroseconds(after - before));
    before = after;
  } while (before < end);
  return took_us;
}

// Calls a second that take `took_us` one after the other.
inline double PerSecond(const std::vector<double>& took_us) {
  double sum_us = 0;
  for (const double us : took_us) sum_us += us;
  return static_cast<double>(took_us.size()) * 1e6 / sum_us;
}

// Whether a figure is what is aimed at: `target at most 1.5: met`.
inline std::string AtMost(double most, double value) {
  return absl::StrFormat("target at most %g: %s", most, value <= most ? "met" : "MISSED");
}
inline std::string AtLeast(double least, double value) {
  return absl::StrFormat("target at least %g: %s", least, value >= least ? "met" : "MISSED");
}

}  // namespace corridor::load
