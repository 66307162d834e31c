// First what the target demands, then what each series says, then what they say together.
#include "services/indicators/target_assessment.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/dates/partial_date.h"
#include "platform/dates/period.h"
#include "platform/status/status.h"
#include "services/indicators/decimal.h"
#include "services/indicators/published_value.h"

namespace corridor::indicators {
namespace {

using Assessment = v1::TargetAssessment;
using BySeries = Assessment::BySeries;
using Observations = std::vector<const v1::Observation*>;

constexpr std::string_view kForecast = "F";

absl::StatusOr<Decimal> Product(double factor, double baseline) {
  ASSIGN_OR_RETURN(const Decimal exact_factor, Decimal::FromDouble(factor, "factor"));
  ASSIGN_OR_RETURN(const Decimal exact_baseline, Decimal::FromDouble(baseline, "baseline_value"));
  absl::StatusOr<Decimal> product = Multiply(exact_factor, exact_baseline);
  if (product.ok()) return product;
  return Decimal::FromDouble(factor * baseline, "factor");
}

std::optional<Decimal> GoalOf(const v1::Target& target) {
  absl::StatusOr<Decimal> goal = absl::NotFoundError("no goal is stated");
  if (target.has_goal_value()) {
    goal = Decimal::FromDouble(target.goal_value(), "goal_value");
  } else if (target.has_factor() && target.has_baseline_value()) {
    goal = Product(target.factor(), target.baseline_value());
  }
  return goal.ok() ? std::optional<Decimal>(*goal) : std::nullopt;
}

std::string WhyNoGoal(const v1::Target& target) {
  if (target.has_goal_value() || (target.has_factor() && target.has_baseline_value())) {
    return "The goal has more digits than can be computed with.";
  }
  if (!target.has_factor()) return "The goal is not stated.";
  if (target.baseline_period().empty()) return "The baseline is not stated.";
  return absl::StrCat("The value of the baseline, of ", target.baseline_period(),
                      ", is not stated.");
}

// What a target demands.
struct Demand {
  const v1::Target& target;
  std::optional<Decimal> goal;
  DayRange due;
  DayRange adopted;
  std::string unclear;  // What of it is not stated, so that no value can decide.
};

std::string WhatIsUnclear(const Demand& demand) {
  const v1::Target::Direction direction = demand.target.direction();
  std::vector<std::string> unclear;
  if (demand.target.indicator().empty()) {
    unclear.emplace_back("By which indicator it is measured is not stated.");
  }
  if (direction != v1::Target::AT_MOST && direction != v1::Target::AT_LEAST) {
    unclear.emplace_back("Whether the figure is to fall or to rise is not stated.");
  }
  if (!demand.goal) unclear.push_back(WhyNoGoal(demand.target));
  if (!demand.due.latest) unclear.emplace_back("The last day by which it is due is not stated.");
  return absl::StrJoin(unclear, " ");
}

DayRange DaysOrAny(bool stated, const common::v1::PartialDate& date) {
  return stated ? Days(date) : DayRange();
}

Demand DemandOf(const v1::Target& target) {
  Demand demand{target, GoalOf(target), DaysOrAny(target.has_due(), target.due()),
                DaysOrAny(target.has_adopted(), target.adopted()), ""};
  demand.unclear = WhatIsUnclear(demand);
  return demand;
}

// The observation that decides, with its period and value.
struct Deciding {
  Period period;
  PublishedValue value;
};

// Absent when no period ends by `last_day` with a value.
absl::StatusOr<std::optional<Deciding>> DecidingBy(absl::CivilDay last_day,
                                                   const Observations& observations) {
  std::optional<Deciding> deciding;
  for (const v1::Observation* observation : observations) {
    if (observation->period().empty() || observation->status() == kForecast) continue;
    ASSIGN_OR_RETURN(const Period period, ParsePeriod(observation->period(), "period"));
    if (LastDay(period) > last_day) continue;
    if (deciding && LastDay(period) <= LastDay(deciding->period)) continue;
    ASSIGN_OR_RETURN(const auto value, ReadPublishedValue(*observation));
    if (value) deciding = Deciding{period, *value};
  }
  return deciding;
}

// The last period of the frequency that ends by `last_day`.
Period LastBy(absl::CivilDay last_day, Frequency frequency) {
  const Period period = PeriodOf(last_day, frequency);
  return LastDay(period) == last_day ? period : Previous(period);
}

// The first period that may still decide once the last value is of `last`; empty when that is the
// period due.
std::string Awaited(const Period& last, const Demand& demand) {
  const Period due = LastBy(*demand.due.latest, last.frequency);
  const bool within = !demand.due.earliest || *demand.due.earliest <= LastDay(due);
  if (!within) return demand.target.due().text();
  return last == due ? "" : FormatPeriod(due);
}

// Whether the numbers that round to a value reach the goal.
enum class Reached { kAll, kSome, kNone };

Reached Reaches(const Rounding& bounds, v1::Target::Direction direction, const Decimal& goal) {
  const bool falls = direction == v1::Target::AT_MOST;
  const std::weak_ordering low = Compare(bounds.low, goal);
  const std::weak_ordering high = Compare(bounds.high, goal);
  if (falls ? std::is_lteq(high) : std::is_gteq(low)) return Reached::kAll;
  if (falls ? std::is_gt(low) : std::is_lt(high)) return Reached::kNone;
  return Reached::kSome;
}

void Say(Assessment::Verdict verdict, std::string reason, BySeries& answer) {
  answer.set_verdict(verdict);
  answer.set_reason(std::move(reason));
}

void Judge(const Deciding& deciding, const Demand& demand, BySeries& answer) {
  const std::string period = FormatPeriod(deciding.period);
  const bool falls = demand.target.direction() == v1::Target::AT_MOST;
  const std::string value = absl::StrCat("The value of ", period, ", ", WithBounds(deciding.value));
  const std::string goal = absl::StrCat("the goal, ", demand.goal->Text());
  const Reached reached = Reaches(deciding.value.bounds, demand.target.direction(), *demand.goal);
  if (demand.adopted.earliest && LastDay(deciding.period) < *demand.adopted.earliest) {
    return Say(Assessment::CANNOT_SAY,
               absl::StrCat("The last value is of ", period, ", before the target was set, ",
                            demand.target.adopted().text(), "."),
               answer);
  }
  if (reached == Reached::kAll) {
    return Say(Assessment::MET,
               absl::StrCat(value, ", is at ", falls ? "most " : "least ", goal, "."), answer);
  }
  const std::string awaited = Awaited(deciding.period, demand);
  if (!awaited.empty()) {
    return Say(Assessment::CANNOT_SAY,
               absl::StrCat("The last value is of ", period, ", before ", awaited,
                            "; it does not show ", goal, ", reached already."),
               answer);
  }
  if (reached == Reached::kNone) {
    return Say(Assessment::NOT_MET,
               absl::StrCat(value, ", is ", falls ? "above " : "below ", goal, "."), answer);
  }
  Say(Assessment::CANNOT_SAY,
      absl::StrCat(value, ", is too coarse: ", goal, ", lies between its bounds."), answer);
}

// Why no observation decides.
std::string WhyNoneDecides(const Observations& observations, absl::CivilDay last_day) {
  const auto has_value = [](const v1::Observation* o) {
    return o->has_value() || !o->value_text().empty();
  };
  const auto has_period = [](const v1::Observation* o) { return !o->period().empty(); };
  if (std::none_of(observations.begin(), observations.end(), has_value)) return "It has no value.";
  if (std::none_of(observations.begin(), observations.end(), has_period)) {
    return "The source does not state the period of its value.";
  }
  return absl::StrCat("It has no value, forecasts aside, of a period that ends by ",
                      FormatDay(last_day), ".");
}

absl::StatusOr<BySeries> AssessSeries(const Demand& demand, const Observations& observations) {
  const v1::Observation& any = *observations.front();
  BySeries answer;
  answer.set_series(any.series());
  answer.set_source(any.source());
  std::optional<Deciding> deciding;
  if (demand.due.latest) {
    ASSIGN_OR_RETURN(deciding, DecidingBy(*demand.due.latest, observations));
  }
  if (deciding) {
    answer.set_period(FormatPeriod(deciding->period));
    answer.set_value(deciding->value.value.ToDouble());
  }
  if (!any.counterpart_area().empty()) {
    Say(Assessment::CANNOT_SAY,
        absl::StrCat("It is of one counterpart area only, ", any.counterpart_area(), "."), answer);
  } else if (!demand.unclear.empty()) {
    Say(Assessment::CANNOT_SAY, demand.unclear, answer);
  } else if (deciding) {
    Judge(*deciding, demand, answer);
  } else {
    Say(Assessment::CANNOT_SAY, WhyNoneDecides(observations, *demand.due.latest), answer);
  }
  return answer;
}

// Why none of several series can say: in their words, when all say the same.
std::string WhyNoneSays(const Assessment& assessment) {
  const std::string& reason = assessment.by_series(0).reason();
  const bool same =
      std::all_of(assessment.by_series().begin(), assessment.by_series().end(),
                  [&reason](const BySeries& answer) { return answer.reason() == reason; });
  if (same) return reason;
  return absl::StrCat("None of ", assessment.by_series_size(), " series can say.");
}

absl::CivilDay LastDayOf(const BySeries& answer) {
  return LastDay(ParsePeriod(answer.period(), "period").value());
}

// Of each source the answers that can say, by its last period only: an earlier one of another
// frequency is not a second opinion.
std::vector<const BySeries*> LastWordOfEachSource(const Assessment& assessment) {
  std::map<std::string, std::vector<const BySeries*>> by_source;
  for (const BySeries& answer : assessment.by_series()) {
    if (answer.verdict() == Assessment::CANNOT_SAY) continue;
    std::vector<const BySeries*>& last = by_source[answer.source()];
    if (!last.empty() && LastDayOf(answer) < LastDayOf(*last.front())) continue;
    if (!last.empty() && LastDayOf(answer) > LastDayOf(*last.front())) last.clear();
    last.push_back(&answer);
  }
  std::vector<const BySeries*> words;
  for (const auto& [source, last] : by_source) words.insert(words.end(), last.begin(), last.end());
  return words;
}

// The verdict of all series together.
void Conclude(Assessment& assessment) {
  const std::vector<const BySeries*> words = LastWordOfEachSource(assessment);
  const auto count = [&words](Assessment::Verdict verdict) {
    return std::count_if(words.begin(), words.end(), [verdict](const BySeries* answer) {
      return answer->verdict() == verdict;
    });
  };
  const auto met = count(Assessment::MET);
  const auto not_met = count(Assessment::NOT_MET);
  const auto all = assessment.by_series_size();
  if (met == 0 && not_met == 0) {
    assessment.set_verdict(Assessment::CANNOT_SAY);
    assessment.set_reason(WhyNoneSays(assessment));
  } else if (met > 0 && not_met > 0) {
    assessment.set_verdict(Assessment::SOURCES_DISAGREE);
    assessment.set_reason(absl::StrCat("Of ", all, " series ", met, " show it met, ", not_met,
                                       " not met, and ", all - met - not_met, " cannot say."));
  } else {
    assessment.set_verdict(met > 0 ? Assessment::MET : Assessment::NOT_MET);
    assessment.set_reason(all == 1 ? assessment.by_series(0).reason()
                                   : absl::StrCat("Of ", all, " series ", met + not_met,
                                                  " can say, and show it ",
                                                  met > 0 ? "met." : "not met."));
  }
}

}  // namespace

absl::StatusOr<Assessment> AssessTarget(const v1::Target& target,
                                        const std::vector<v1::Observation>& observations) {
  const Demand demand = DemandOf(target);
  Assessment assessment;
  assessment.set_target(target.name());
  if (demand.goal) assessment.set_goal(demand.goal->ToDouble());

  std::map<std::string, Observations> by_series;
  for (const v1::Observation& observation : observations) {
    by_series[observation.series()].push_back(&observation);
  }
  for (const auto& [series, of_series] : by_series) {
    ASSIGN_OR_RETURN(*assessment.add_by_series(), AssessSeries(demand, of_series));
  }
  if (!demand.unclear.empty() || by_series.empty()) {
    assessment.set_verdict(Assessment::CANNOT_SAY);
    assessment.set_reason(demand.unclear.empty() ? absl::StrCat("No value of ", target.indicator(),
                                                                " is held for ", target.area(), ".")
                                                 : demand.unclear);
  } else {
    Conclude(assessment);
  }
  return assessment;
}

}  // namespace corridor::indicators
