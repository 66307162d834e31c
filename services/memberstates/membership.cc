// Spells in time.
#include "services/memberstates/membership.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/status/status.h"

namespace corridor::memberstates {
namespace {

using ::corridor::common::v1::PartialDate;

std::optional<DayRange> StartOf(const v1::Spell& spell) {
  if (!spell.has_start()) return std::nullopt;
  return Days(spell.start());
}

std::optional<DayRange> EndOf(const v1::Spell& spell) {
  if (!spell.has_end()) return std::nullopt;
  return Days(spell.end());
}

// Absent earliest days sort first.
auto TimeOrder(const v1::Spell& spell) {
  const std::optional<DayRange> start = StartOf(spell);
  const std::optional<DayRange> end = EndOf(spell);
  return std::tuple(start ? start->earliest : std::nullopt, start ? start->latest : std::nullopt,
                    end.has_value() ? 0 : 1, end ? end->earliest : std::nullopt, spell.status());
}

// Whether there is a day on which both are held whatever their dates mean.
bool CertainlyOverlap(const v1::Spell& a, const v1::Spell& b) {
  absl::CivilDay begun = absl::CivilDay::min();
  std::optional<absl::CivilDay> ended;
  for (const v1::Spell* spell : {&a, &b}) {
    const std::optional<DayRange> start = StartOf(*spell);
    if (!start || !start->latest) return false;
    begun = std::max(begun, *start->latest);
    const std::optional<DayRange> end = EndOf(*spell);
    if (!end) continue;
    if (!end->earliest) return false;
    ended = ended ? std::min(*ended, *end->earliest) : *end->earliest;
  }
  return !ended || begun < *ended;
}

absl::Status CheckSpell(v1::Spell& spell, const std::string& path) {
  if (spell.status() == v1::Spell::STATUS_UNSPECIFIED ||
      !v1::Spell::Status_IsValid(spell.status())) {
    return InvalidField(absl::StrCat(path, ".status"), std::to_string(spell.status()),
                        "is not a status: MEMBER or OBSERVER");
  }
  if (spell.confidence() == common::v1::CONFIDENCE_UNSPECIFIED ||
      !common::v1::Confidence_IsValid(spell.confidence())) {
    return InvalidField(absl::StrCat(path, ".confidence"), std::to_string(spell.confidence()),
                        "is not a confidence: LOW, MEDIUM or HIGH");
  }
  RETURN_IF_ERROR(ReadStartAndEnd(spell, path));
  return CheckCitations(spell.evidence(), absl::StrCat(path, ".evidence"));
}

// Whether a day of `days` lies within `span`, whatever they mean or at best.
Holds LiesWithin(const DayRange& days, const DaySpan& span) {
  const bool may_begin = !days.earliest || *days.earliest < span.end;
  const bool may_end = !days.latest || span.first <= *days.latest;
  if (!may_begin || !may_end) return Holds::kNo;
  const bool within =
      days.earliest && span.first <= *days.earliest && days.latest && *days.latest < span.end;
  return within ? Holds::kCertainly : Holds::kPossibly;
}

void AddChange(const v1::Membership& membership, const v1::Spell& spell, Change::Type type,
               const PartialDate& date, const DaySpan& span, std::vector<Change>& changes) {
  const Holds lies = LiesWithin(Days(date), span);
  if (lies == Holds::kNo) return;
  Change& change = changes.emplace_back();
  change.set_membership(membership.name());
  change.set_display_name(membership.party().display_name());
  change.set_status(spell.status());
  change.set_type(type);
  *change.mutable_date() = date;
  change.set_certain(lies == Holds::kCertainly);
  change.set_confidence(spell.confidence());
  *change.mutable_evidence() = spell.evidence();
}

Holds HeldOn(const v1::Membership& membership, v1::Spell::Status status, const DayRange& asked) {
  const auto answer = AnswerFor(membership, status, asked);
  if (!answer) return Holds::kNo;
  return answer->certain() ? Holds::kCertainly : Holds::kPossibly;
}

}  // namespace

Holds HoldsOn(const v1::Spell& spell, const DayRange& asked) {
  return corridor::HoldsOn(StartOf(spell), EndOf(spell), asked);
}

absl::Status CheckSpells(v1::Membership& membership, std::string_view path_view) {
  const std::string path(path_view);
  if (membership.spells().empty()) return MissingField(path);
  for (int i = 0; i < membership.spells_size(); ++i) {
    RETURN_IF_ERROR(CheckSpell(*membership.mutable_spells(i), absl::StrCat(path, "[", i, "]")));
  }
  for (int i = 0; i < membership.spells_size(); ++i) {
    for (int j = 0; j < i; ++j) {
      const v1::Spell& spell = membership.spells(i);
      const v1::Spell& other = membership.spells(j);
      if (spell.status() != other.status() || !CertainlyOverlap(spell, other)) continue;
      return InvalidField(
          absl::StrCat(path, "[", i, "].start"), spell.start().text(),
          absl::StrCat("overlaps the spell [", j, "] of the same status, which began \"",
                       other.start().text(), "\""));
    }
  }
  std::stable_sort(
      membership.mutable_spells()->begin(), membership.mutable_spells()->end(),
      [](const v1::Spell& a, const v1::Spell& b) { return TimeOrder(a) < TimeOrder(b); });
  return absl::OkStatus();
}

std::optional<v1::Membership::AsOf> AnswerFor(const v1::Membership& membership,
                                              v1::Spell::Status status, const DayRange& asked) {
  std::optional<v1::Membership::AsOf> answer;
  for (const v1::Spell& spell : membership.spells()) {
    if (spell.status() != status) continue;
    const Holds holds = HoldsOn(spell, asked);
    if (holds == Holds::kNo) continue;
    const bool certain = holds == Holds::kCertainly;
    if (answer && answer->certain() && !certain) continue;
    answer.emplace();
    answer->set_status(status);
    answer->set_certain(certain);
    answer->set_confidence(spell.confidence());
  }
  return answer;
}

std::vector<Change> ChangesWithin(const v1::Membership& membership, v1::Spell::Status status,
                                  const DaySpan& span) {
  std::vector<Change> changes;
  for (const v1::Spell& spell : membership.spells()) {
    if (status != v1::Spell::STATUS_UNSPECIFIED && spell.status() != status) continue;
    if (spell.has_start()) {
      AddChange(membership, spell, Change::BEGAN, spell.start(), span, changes);
    }
    if (spell.has_end()) AddChange(membership, spell, Change::ENDED, spell.end(), span, changes);
  }
  return changes;
}

bool ComesBefore(const Change& a, const Change& b) {
  const auto order = [](const Change& c) {
    return std::tuple(std::string_view(c.date().earliest()), std::string_view(c.membership()),
                      -static_cast<int>(c.type()), static_cast<int>(c.status()));
  };
  return order(a) < order(b);
}

std::optional<absl::CivilDay> FirstDayNamed(const std::vector<v1::Membership>& memberships,
                                            v1::Spell::Status status) {
  std::optional<absl::CivilDay> first;
  for (const v1::Membership& membership : memberships) {
    for (const v1::Spell& spell : membership.spells()) {
      if (spell.status() != status) continue;
      for (const std::optional<DayRange>& date : {StartOf(spell), EndOf(spell)}) {
        if (!date) continue;
        const absl::CivilDay day = date->earliest ? *date->earliest : *date->latest;
        if (!first || day < *first) first = day;
      }
    }
  }
  return first;
}

v1::PanelMembershipsResponse Panel(const std::vector<v1::Membership>& memberships,
                                   v1::Spell::Status status, const std::vector<Period>& periods) {
  v1::PanelMembershipsResponse panel;
  for (const Period& period : periods) {
    v1::PanelMembershipsResponse::Period* added = panel.add_periods();
    added->set_period(FormatPeriod(period));
    added->set_day(FormatDay(LastDay(period)));
  }
  for (const v1::Membership& membership : memberships) {
    v1::PanelMembershipsResponse::Row row;
    bool ever = false;
    for (int i = 0; i < panel.periods_size(); ++i) {
      const absl::CivilDay day = LastDay(periods[static_cast<size_t>(i)]);
      const Holds holds = HeldOn(membership, status, {day, day});
      const bool certain = holds == Holds::kCertainly;
      const bool possible = holds != Holds::kNo;
      v1::PanelMembershipsResponse::Period& period = *panel.mutable_periods(i);
      period.set_certain(period.certain() + certain);
      period.set_possible(period.possible() + possible);
      row.add_held(certain    ? v1::PanelMembershipsResponse::CERTAIN
                   : possible ? v1::PanelMembershipsResponse::POSSIBLE
                              : v1::PanelMembershipsResponse::NO);
      ever |= possible;
    }
    if (!ever) continue;
    row.set_membership(membership.name());
    row.set_display_name(membership.party().display_name());
    *panel.add_rows() = std::move(row);
  }
  return panel;
}

bool Consistent(int claimed, int certain, int possible) {
  return certain <= claimed && claimed <= possible;
}

}  // namespace corridor::memberstates
