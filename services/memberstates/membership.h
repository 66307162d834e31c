// What a membership means: spells in time, certain and possible answers for a day, changes and
// panels.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/dates/period.h"

namespace corridor::memberstates {

// Whether `spell` is held on the day, or some day of the days, `asked`.
Holds HoldsOn(const v1::Spell& spell, const DayRange& asked);

// Reads the dates of the spells (their `text` only), puts the spells in order of time, and refuses
// what cannot be: no spell, no status, no confidence, no evidence, an end that is not after its
// start, two spells of one status that certainly overlap. `path` of the spells is for errors, e.g.
// `membership.spells`. Errors: INVALID_ARGUMENT naming the field and the value.
absl::Status CheckSpells(v1::Membership& membership, std::string_view path);

// What `membership` answers for the day asked, in `status`: by the spell that certainly holds, else
// by one that may; of several by the last. Absent when it does not hold it.
std::optional<v1::Membership::AsOf> AnswerFor(const v1::Membership& membership,
                                              v1::Spell::Status status, const DayRange& asked);

// Days from `first` until before `end`.
struct DaySpan {
  absl::CivilDay first, end;
};

using Change = v1::ListMembershipChangesResponse::Change;

// The dated beginnings and ends of the spells of `membership` that may lie within `span`; of
// `status` only, unless it is unspecified. A spell without a start (or an end) has no beginning (or
// end) to list.
std::vector<Change> ChangesWithin(const v1::Membership& membership, v1::Spell::Status status,
                                  const DaySpan& span);

// Whether `a` comes before `b` in the order of ListMembershipChanges: by earliest day, those
// without one first, then by party, an end before a beginning, then by status.
bool ComesBefore(const Change& a, const Change& b);

// The first day that the dates of some spell of `status` name; absent when there is none.
std::optional<absl::CivilDay> FirstDayNamed(const std::vector<v1::Membership>& memberships,
                                            v1::Spell::Status status);

// The panel of `memberships` over `periods`, without `known_version`.
v1::PanelMembershipsResponse Panel(const std::vector<v1::Membership>& memberships,
                                   v1::Spell::Status status, const std::vector<Period>& periods);

// Whether a count that a source claims agrees with ours.
bool Consistent(int claimed, int certain, int possible);

}  // namespace corridor::memberstates
