// Column after column: periods, statuses, values, rounding, texts.
#include "services/indicators/packed_observations.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::indicators {
namespace {

constexpr char kVersion = 1;
constexpr char kNotStated = '_';
constexpr char kNone = '\xFF';
constexpr int kLastYear = 9999;

using Text = std::string PackedObservation::*;
constexpr Text kTexts[] = {&PackedObservation::published_text, &PackedObservation::missing_reason,
                           &PackedObservation::note};

int64_t PeriodsPerYear(Frequency frequency) {
  switch (frequency) {
    case Frequency::kAnnual:
      return 1;
    case Frequency::kQuarterly:
      return 4;
    case Frequency::kMonthly:
      return 12;
  }
  std::abort();
}

char FrequencyLetter(Frequency frequency) {
  switch (frequency) {
    case Frequency::kAnnual:
      return 'A';
    case Frequency::kQuarterly:
      return 'Q';
    case Frequency::kMonthly:
      return 'M';
  }
  std::abort();
}

// Periods since that which begins the year 1.
int64_t IndexOf(const Period& period) {
  return (period.year - 1) * PeriodsPerYear(period.frequency) + period.ordinal - 1;
}

Period PeriodAt(int64_t index, Frequency frequency) {
  const int64_t per_year = PeriodsPerYear(frequency);
  return {frequency, static_cast<int>(index / per_year) + 1,
          static_cast<int>(index % per_year) + 1};
}

bool IsStatus(char c) { return 'A' <= c && c <= 'Z'; }

char ScaleOrNone(const std::optional<Decimal>& number) {
  return number ? static_cast<char>(number->scale()) : kNone;
}

class Packer {
 public:
  explicit Packer(std::span<const PackedObservation> observations) : all_(observations) {}

  std::string Pack() {
    const bool stated = !all_.empty() && all_.front().period.has_value();
    bytes_.reserve(16 + 4 * all_.size());
    bytes_ += kVersion;
    bytes_ += stated ? FrequencyLetter(all_.front().period->frequency) : kNotStated;
    Number(all_.size());
    if (stated) {
      Periods();
    } else if (all_.size() > 1) {
      std::abort();
    }
    Statuses();
    Values();
    Roundings();
    for (const Text text : kTexts) Texts(text);
    return std::move(bytes_);
  }

 private:
  void Number(uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>(number | 0x80);
    bytes_ += static_cast<char>(number);
  }

  void Periods() {
    int64_t next = 0;
    for (const PackedObservation& observation : all_) {
      const std::optional<Period>& period = observation.period;
      if (!period || period->frequency != all_.front().period->frequency || period->year < 1 ||
          period->year > kLastYear || IndexOf(*period) < next) {
        std::abort();
      }
      Number(static_cast<uint64_t>(IndexOf(*period) - next));
      next = IndexOf(*period) + 1;
    }
  }

  // Calls `write(first, length)` for each run of observations of which `key` answers the same.
  template <typename Key, typename Write>
  void Runs(Key key, Write write) {
    for (size_t first = 0, end = 0; first < all_.size(); first = end) {
      for (end = first + 1; end < all_.size() && key(all_[end]) == key(all_[first]);) ++end;
      write(first, end - first);
    }
  }

  void Statuses() {
    Runs([](const PackedObservation& o) { return o.status; },
         [this](size_t first, size_t length) {
           if (!IsStatus(all_[first].status)) std::abort();
           bytes_ += all_[first].status;
           Number(length);
         });
  }

  void RunHeader(const std::optional<Decimal>& number, size_t length) {
    if (number && number->scale() > Decimal::kMaxPublishedScale) std::abort();
    bytes_ += ScaleOrNone(number);
    Number(length);
  }

  void Values() {
    uint64_t before = 0;
    Runs([](const PackedObservation& o) { return ScaleOrNone(o.value); },
         [this, &before](size_t first, size_t length) {
           RunHeader(all_[first].value, length);
           if (!all_[first].value) return;
           for (const PackedObservation& observation : all_.subspan(first, length)) {
             const auto mantissa = static_cast<uint64_t>(observation.value->mantissa());
             const uint64_t change = mantissa - before;
             Number((change << 1) ^ (0 - (change >> 63)));
             before = mantissa;
           }
         });
  }

  void Roundings() {
    Runs([](const PackedObservation& o) { return o.rounded_to; },
         [this](size_t first, size_t length) {
           const std::optional<Decimal>& rounded_to = all_[first].rounded_to;
           RunHeader(rounded_to, length);
           if (!rounded_to) return;
           if (rounded_to->mantissa() < 1) std::abort();
           Number(static_cast<uint64_t>(rounded_to->mantissa()));
         });
  }

  void Texts(Text text) {
    Number(static_cast<uint64_t>(std::count_if(
        all_.begin(), all_.end(), [text](const auto& o) { return !(o.*text).empty(); })));
    size_t next = 0;
    for (size_t i = 0; i < all_.size(); ++i) {
      const std::string& words = all_[i].*text;
      if (words.empty()) continue;
      Number(i - next);
      Number(words.size());
      bytes_ += words;
      next = i + 1;
    }
  }

  std::span<const PackedObservation> all_;
  std::string bytes_;
};

class Unpacker {
 public:
  Unpacker(std::string_view bytes, const DayRange& within)
      : size_(bytes.size()), rest_(bytes), within_(within) {}

  absl::StatusOr<std::vector<PackedObservation>> Unpack() {
    RETURN_IF_ERROR(Head());
    RETURN_IF_ERROR(Periods());
    RETURN_IF_ERROR(Statuses());
    RETURN_IF_ERROR(Values());
    RETURN_IF_ERROR(Roundings());
    for (const Text text : kTexts) RETURN_IF_ERROR(Texts(text));
    if (!rest_.empty()) return Damage("something follows the end");
    return std::move(wanted_);
  }

 private:
  absl::Status Damage(absl::string_view what) const {
    return ErrorWithReason(
        absl::StatusCode::kDataLoss, "PACKED_OBSERVATIONS_DAMAGED",
        absl::StrCat("packed observations, before byte ", size_ - rest_.size(), ": ", what));
  }

  absl::StatusOr<char> Byte() {
    if (rest_.empty()) return Damage("they end too early");
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }

  absl::StatusOr<uint64_t> Number() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      ASSIGN_OR_RETURN(const char byte, Byte());
      const auto bits = static_cast<uint64_t>(byte & 0x7F);
      if (shift == 63 && bits > 1) break;
      number |= bits << shift;
      if ((byte & 0x80) != 0) continue;
      if (bits == 0 && shift > 0) return Damage("a number is not in its shortest form");
      return number;
    }
    return Damage("a number has more than 64 bits");
  }

  // The length of a run that begins at the observation `first`.
  absl::StatusOr<size_t> RunLength(size_t first) {
    ASSIGN_OR_RETURN(const uint64_t length, Number());
    if (length == 0 || length > count_ - first) return Damage("a run has an impossible length");
    return length;
  }

  // The observation number `i`; null when it is not wanted.
  PackedObservation* Wanted(size_t i) {
    return first_ <= i && i < first_ + wanted_.size() ? &wanted_[i - first_] : nullptr;
  }

  absl::Status Head() {
    ASSIGN_OR_RETURN(const char version, Byte());
    if (version != kVersion) return Damage("they are of an unknown version");
    ASSIGN_OR_RETURN(const char frequency, Byte());
    ASSIGN_OR_RETURN(count_, Number());
    if (frequency == kNotStated) {
      if (count_ > 1) return Damage("several observations are of no stated period");
      return absl::OkStatus();
    }
    const absl::StatusOr<Frequency> read = ParseFrequency({&frequency, 1}, "frequency");
    if (!read.ok()) return Damage("they are of an unknown frequency");
    if (count_ == 0) return Damage("there are none of a stated frequency");
    // Each takes a byte at least, that of its period.
    if (count_ > rest_.size()) return Damage("there are fewer than they say");
    frequency_ = *read;
    return absl::OkStatus();
  }

  absl::Status Periods() {
    if (!frequency_) {
      if (!within_.earliest && !within_.latest) wanted_.resize(count_);
      return absl::OkStatus();
    }
    const int64_t end = PeriodsPerYear(*frequency_) * kLastYear;
    const int64_t first_wanted =
        within_.earliest ? IndexOf(PeriodOf(*within_.earliest, *frequency_)) : 0;
    const int64_t last_wanted =
        within_.latest ? IndexOf(PeriodOf(*within_.latest, *frequency_)) : end;
    int64_t next = 0;
    for (size_t i = 0; i < count_; ++i) {
      ASSIGN_OR_RETURN(const uint64_t left_out, Number());
      if (left_out >= static_cast<uint64_t>(end - next)) {
        return Damage("a period is after the year 9999");
      }
      const int64_t index = next + static_cast<int64_t>(left_out);
      next = index + 1;
      if (index < first_wanted || index > last_wanted) continue;
      if (wanted_.empty()) {
        first_ = i;
        const auto at_most = static_cast<uint64_t>(last_wanted - index) + 1;
        wanted_.reserve(std::min(count_ - i, at_most));
      }
      wanted_.emplace_back().period = PeriodAt(index, *frequency_);
    }
    return absl::OkStatus();
  }

  absl::Status Statuses() {
    char before = kNone;
    for (size_t i = 0; i < count_;) {
      ASSIGN_OR_RETURN(const char status, Byte());
      if (!IsStatus(status)) return Damage("a status is no letter");
      if (status == before) return Damage("two runs of statuses are one");
      ASSIGN_OR_RETURN(const size_t length, RunLength(i));
      for (const size_t end = i + length; i < end; ++i) {
        if (PackedObservation* observation = Wanted(i)) observation->status = status;
      }
      before = status;
    }
    return absl::OkStatus();
  }

  // Digits after the point, of those that follow; absent: there is no number.
  absl::StatusOr<std::optional<int>> Scale() {
    ASSIGN_OR_RETURN(const char scale, Byte());
    if (scale == kNone) return std::nullopt;
    if (scale < 0 || scale > Decimal::kMaxPublishedScale) return Damage("a scale is too large");
    return scale;
  }

  absl::Status Values() {
    uint64_t mantissa = 0;
    std::optional<int> before;
    for (size_t i = 0; i < count_;) {
      ASSIGN_OR_RETURN(const std::optional<int> scale, Scale());
      if (i > 0 && scale == before) return Damage("two runs of values are one");
      before = scale;
      ASSIGN_OR_RETURN(const size_t length, RunLength(i));
      const size_t end = i + length;
      if (!scale) i = end;
      for (; i < end; ++i) {
        ASSIGN_OR_RETURN(const uint64_t zigzag, Number());
        mantissa += (zigzag >> 1) ^ (0 - (zigzag & 1));
        const auto number = static_cast<int64_t>(mantissa);
        if (number == std::numeric_limits<int64_t>::min()) return Damage("a value is too large");
        if (PackedObservation* observation = Wanted(i)) {
          observation->value = Decimal(number, *scale);
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status Roundings() {
    std::optional<Decimal> before;
    for (size_t i = 0; i < count_;) {
      ASSIGN_OR_RETURN(const std::optional<int> scale, Scale());
      ASSIGN_OR_RETURN(const size_t length, RunLength(i));
      std::optional<Decimal> rounded_to;
      if (scale) {
        ASSIGN_OR_RETURN(const uint64_t mantissa, Number());
        if (mantissa < 1 || mantissa > std::numeric_limits<int64_t>::max()) {
          return Damage("a rounding is impossible");
        }
        rounded_to = Decimal(static_cast<int64_t>(mantissa), *scale);
      }
      if (i > 0 && rounded_to == before) return Damage("two runs of roundings are one");
      before = rounded_to;
      for (const size_t end = i + length; i < end; ++i) {
        if (PackedObservation* observation = Wanted(i)) observation->rounded_to = rounded_to;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Texts(Text text) {
    ASSIGN_OR_RETURN(const uint64_t present, Number());
    size_t next = 0;
    for (uint64_t i = 0; i < present; ++i) {
      ASSIGN_OR_RETURN(const uint64_t left_out, Number());
      if (left_out >= count_ - next) return Damage("a text is of no observation");
      const size_t of = next + left_out;
      next = of + 1;
      ASSIGN_OR_RETURN(const uint64_t length, Number());
      if (length == 0 || length > rest_.size()) return Damage("a text has an impossible length");
      if (PackedObservation* observation = Wanted(of)) observation->*text = rest_.substr(0, length);
      rest_.remove_prefix(length);
    }
    return absl::OkStatus();
  }

  size_t size_;
  std::string_view rest_;
  const DayRange& within_;
  uint64_t count_ = 0;
  std::optional<Frequency> frequency_;
  // Those that are wanted follow each other: number `first_` and so on.
  size_t first_ = 0;
  std::vector<PackedObservation> wanted_;
};

}  // namespace

std::string PackObservations(std::span<const PackedObservation> observations) {
  return Packer(observations).Pack();
}

absl::StatusOr<std::vector<PackedObservation>> UnpackObservations(std::string_view bytes,
                                                                  const DayRange& within) {
  return Unpacker(bytes, within).Unpack();
}

const PackedObservation* LastWithValue(std::span<const PackedObservation> observations) {
  const auto last =
      std::find_if(observations.rbegin(), observations.rend(),
                   [](const auto& observation) { return observation.value.has_value(); });
  return last == observations.rend() ? nullptr : &*last;
}

}  // namespace corridor::indicators
