// Reads of memberships.
#include "services/memberstates/membership_handler.h"

#include <algorithm>
#include <limits>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "platform/request/filter.h"
#include "platform/request/reading.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "services/memberstates/area.h"
#include "services/memberstates/membership.h"
#include "services/memberstates/membership_scope.h"
#include "services/memberstates/organisation.h"

namespace corridor::memberstates {
namespace {

using Reported = v1::CountMembershipsResponse::Reported;

constexpr int kMaxPeriods = 1000;

MembershipQuery QueryOf(const MembershipScope& scope) {
  MembershipQuery query;
  query.organisation = scope.organisation;
  query.status = scope.status;
  query.party_kind = scope.kind;
  return query;
}

// Says of each list asked for whether it is complete.
template <typename Response>
absl::Status AddCompleteness(Reader& reader, const v1::Organisation& organisation,
                             const MembershipScope& scope, Response& response) {
  ASSIGN_OR_RETURN(const std::vector<PartyList> recorded, reader.RecordedLists(scope.organisation));
  bool complete = true;
  for (v1::Completeness& list : CompletenessOf(organisation, scope.status, scope.kind, recorded)) {
    complete = complete && list.complete();
    *response.add_completeness() = std::move(list);
  }
  response.set_complete(complete);
  return absl::OkStatus();
}

// Every membership that ever was within the scope, with all its spells.
absl::StatusOr<std::vector<v1::Membership>> EveryMembership(Reader& reader,
                                                            const MembershipScope& scope) {
  MembershipQuery query = QueryOf(scope);
  query.slice.limit = std::numeric_limits<int>::max();
  return reader.ListMemberships(query);
}

Reported CompareWithOurs(const v1::Organisation::ReportedCount& claim,
                         const std::vector<CountedParty>& parties) {
  int certain = 0;
  int possible = 0;
  for (const CountedParty& party : parties) {
    if (party.kind != claim.party_kind()) continue;
    ++possible;
    certain += party.answer.certain();
  }
  Reported reported;
  reported.set_count(claim.count());
  *reported.mutable_date() = claim.date();
  reported.set_consistent(Consistent(claim.count(), certain, possible));
  *reported.mutable_citations() = claim.citations();
  return reported;
}

// The first day of what `text` means. Errors: INVALID_ARGUMENT naming `field`.
absl::StatusOr<absl::CivilDay> FirstDayOf(const std::string& text, std::string_view field) {
  if (text.empty()) return MissingField(field);
  ASSIGN_OR_RETURN(const DayRange days, ParsePartialDate(text, field));
  if (!days.earliest) return InvalidField(field, text, "has no first day");
  return *days.earliest;
}

absl::StatusOr<DaySpan> ReadSpan(const v1::ListMembershipChangesRequest& request) {
  DaySpan span;
  ASSIGN_OR_RETURN(span.first, FirstDayOf(request.from(), "from"));
  ASSIGN_OR_RETURN(span.end, FirstDayOf(request.to(), "to"));
  if (span.first < span.end) return span;
  return InvalidField("to", request.to(), absl::StrCat("is not after from, ", request.from()));
}

const std::vector<FilterField>& ChangeFilterFields() {
  using Type = FilterField::Type;
  static const auto* fields = new std::vector<FilterField>{
      {.name = "party"},
      {.name = "party_kind",
       .type = Type::kEnum,
       .choices = ChoicesOf(v1::Party::Kind_descriptor())},
      {.name = "status", .type = Type::kEnum, .choices = ChoicesOf(v1::Spell::Status_descriptor())},
      {.name = "type", .type = Type::kEnum, .choices = ChoicesOf(Change::Type_descriptor())}};
  return *fields;
}

std::string PartyOf(const v1::Membership& membership) {
  return membership.name().substr(membership.name().rfind('/') + 1);
}

// In the order of ListMemberships.
std::vector<std::string> KeyOf(const v1::Membership& membership) {
  const std::string_view organisation = OrganisationId(membership.name());
  return {std::string(organisation.substr(0, organisation.find('/'))), PartyOf(membership)};
}

// Reads the field `area`, a name or a bare code. Errors: INVALID_ARGUMENT naming it.
absl::StatusOr<WithinArea> ReadWithin(const std::string& text, const DayRange& as_of) {
  WithinArea within = {.area = {}, .as_of = as_of};
  const char* const pattern = text.find('/') == std::string::npos ? "*" : "areas/*";
  ASSIGN_OR_RETURN(within.area, CodeIn(text, pattern, "area"));
  return within;
}

// Whether all that lies within the area, which the field `area` names as `text`, is known to be.
// Errors: INVALID_ARGUMENT naming the field (there is no such area).
absl::StatusOr<bool> CompleteWithin(Reader& reader, const WithinArea& within,
                                    const std::string& text) {
  const absl::StatusOr<v1::Area> area = reader.GetArea(within.area, v1::BASIC);
  if (absl::IsNotFound(area.status())) return InvalidField("area", text, "is no area");
  if (!area.ok()) return area.status();
  if (!HasMembers(area->kind())) return true;
  AreaMemberQuery query;
  query.group = within.area;
  query.as_of = within.as_of;
  query.recursive = true;
  return reader.MembersComplete(query);
}

bool Passes(const Filter& filter, const v1::Membership& membership, const Change& change) {
  return filter.Passes([&](std::string_view field) -> FilterValue {
    if (field == "party") return PartyOf(membership);
    if (field == "party_kind") return int64_t{membership.party().kind()};
    if (field == "status") return int64_t{change.status()};
    return int64_t{change.type()};
  });
}

// The periods that a panel is asked for; none when nothing gives a first one.
absl::StatusOr<std::vector<Period>> ReadPeriods(const v1::PanelMembershipsRequest& request,
                                                const std::vector<v1::Membership>& memberships,
                                                v1::Spell::Status status, const CallContext& call) {
  const std::string letter = request.frequency().empty() ? "A" : request.frequency();
  ASSIGN_OR_RETURN(const Frequency frequency, ParseFrequency(letter, "frequency"));
  const auto read = [&](const std::string& text, std::string_view field) -> absl::StatusOr<Period> {
    ASSIGN_OR_RETURN(const Period period, ParsePeriod(text, field));
    if (period.frequency == frequency) return period;
    return InvalidField(field, text, absl::StrCat("is not a period of frequency ", letter));
  };

  Period last = Previous(PeriodOf(absl::ToCivilDay(call.now(), absl::UTCTimeZone()), frequency));
  if (!request.end_period().empty()) {
    ASSIGN_OR_RETURN(last, read(request.end_period(), "end_period"));
  }
  Period first;
  if (!request.start_period().empty()) {
    ASSIGN_OR_RETURN(first, read(request.start_period(), "start_period"));
    if (CountPeriods(first, last) == 0) {
      return InvalidField("start_period", request.start_period(),
                          absl::StrCat("is after the last period, ", FormatPeriod(last)));
    }
  } else {
    const std::optional<absl::CivilDay> day = FirstDayNamed(memberships, status);
    if (!day) return std::vector<Period>();
    first = PeriodOf(*day, frequency);
  }
  const int count = CountPeriods(first, last);
  if (count > kMaxPeriods) {
    return InvalidField("end_period", FormatPeriod(last),
                        absl::StrCat("makes ", count, " periods from ", FormatPeriod(first),
                                     "; at most ", kMaxPeriods, " are answered"));
  }
  std::vector<Period> periods;
  periods.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    periods.push_back(i == 0 ? first : Next(periods.back()));
  }
  return periods;
}

}  // namespace

absl::StatusOr<v1::Membership> MembershipHandler::GetMembership(
    const v1::GetMembershipRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const TwoCodes ids,
                   TwoCodesIn(request.name(), "organisations/*/memberships/*", "name"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  return reader->GetMembership(ids.parent, ids.id);
}

absl::StatusOr<v1::ListMembershipsResponse> MembershipHandler::ListMemberships(
    const v1::ListMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const MembershipScope scope, ReadScope(request));
  if (request.any_time() && !request.as_of().empty()) {
    return InvalidField("as_of", request.as_of(), "contradicts any_time");
  }
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  // With `any_time` the day on which groups are expanded: today, on every page that of the first.
  ASSIGN_OR_RETURN(const AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", page.cursor, call));
  MembershipQuery query = QueryOf(scope);
  v1::ListMembershipsResponse response;
  if (!request.any_time()) {
    query.as_of = as_of.days;
    *response.mutable_as_of() = as_of.date;
  }
  query.filter = request.filter();
  query.slice = page.slice();
  if (!scope.organisation.empty()) {
    ASSIGN_OR_RETURN(const v1::Organisation organisation,
                     page.reader->GetOrganisation(scope.organisation));
    RETURN_IF_ERROR(AddCompleteness(*page.reader, organisation, scope, response));
  }
  if (!request.area().empty()) {
    ASSIGN_OR_RETURN(query.within, ReadWithin(request.area(), as_of.days));
    ASSIGN_OR_RETURN(const bool complete,
                     CompleteWithin(*page.reader, *query.within, request.area()));
    response.set_complete(response.complete() && complete);
  }
  ASSIGN_OR_RETURN(std::vector<v1::Membership> memberships, page.reader->ListMemberships(query));
  FillPage(request, store_, page, std::move(memberships), KeyOf, as_of.date.text(),
           response.mutable_memberships(), response);
  return response;
}

absl::StatusOr<v1::CountMembershipsResponse> MembershipHandler::CountMemberships(
    const v1::CountMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const MembershipScope scope, ReadScope(request));
  ASSIGN_OR_RETURN(AsOfDays as_of, ReadAsOf(request.as_of(), "as_of", std::nullopt, call));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  ASSIGN_OR_RETURN(const v1::Organisation organisation,
                   reader->GetOrganisation(scope.organisation));
  MembershipQuery query = QueryOf(scope);
  query.as_of = as_of.days;
  ASSIGN_OR_RETURN(const std::vector<CountedParty> parties, reader->CountMemberships(query));

  v1::CountMembershipsResponse response;
  for (const CountedParty& party : parties) {
    v1::CountMembershipsResponse::NamedParty named;
    named.set_name(MembershipName(scope.organisation, party.party));
    named.set_display_name(party.display_name);
    response.set_possible(response.possible() + 1);
    response.set_certain(response.certain() + party.answer.certain());
    if (!party.answer.certain()) *response.add_uncertain() = named;
    if (party.answer.confidence() == common::v1::LOW) *response.add_low_confidence() = named;
  }
  for (const auto& claim : CountsReportedFor(organisation, scope.status, scope.kind, as_of.days)) {
    *response.add_reported() = CompareWithOurs(claim, parties);
  }
  RETURN_IF_ERROR(AddCompleteness(*reader, organisation, scope, response));
  *response.mutable_as_of() = std::move(as_of.date);
  *response.mutable_known_version() = reader->known_version();
  return response;
}

absl::StatusOr<v1::ListMembershipChangesResponse> MembershipHandler::ListMembershipChanges(
    const v1::ListMembershipChangesRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const MembershipScope scope, ReadScope(request));
  ASSIGN_OR_RETURN(const DaySpan span, ReadSpan(request));
  ASSIGN_OR_RETURN(const Filter filter, Filter::Parse(request.filter(), ChangeFilterFields()));
  ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call));
  RETURN_IF_ERROR(page.reader->GetOrganisation(scope.organisation).status());
  ASSIGN_OR_RETURN(const std::vector<v1::Membership> memberships,
                   EveryMembership(*page.reader, scope));
  std::vector<Change> changes;
  for (const v1::Membership& membership : memberships) {
    for (Change& change : ChangesWithin(membership, scope.status, span)) {
      if (Passes(filter, membership, change)) changes.push_back(std::move(change));
    }
  }
  std::stable_sort(changes.begin(), changes.end(), ComesBefore);

  // The list is the same for every page, since the version is: its key is the place in it.
  int64_t begin = 0;
  const std::string after(page.slice().After());
  const int64_t total = static_cast<int64_t>(changes.size());
  if (!after.empty() && (!absl::SimpleAtoi(after, &begin) || begin < 0 || begin > total)) {
    return InvalidField("page_token", request.page_token(), "is not a page token");
  }
  const int64_t end = std::min(total, begin + page.size);
  v1::ListMembershipChangesResponse response;
  for (int64_t i = begin; i < end; ++i) {
    *response.add_changes() = std::move(changes[static_cast<size_t>(i)]);
  }
  *response.mutable_known_version() = page.reader->known_version();
  if (end < total) {
    response.set_next_page_token(EncodePageToken(
        request, store_.epoch(), {response.known_version().version(), "", {std::to_string(end)}}));
  }
  return response;
}

absl::StatusOr<v1::PanelMembershipsResponse> MembershipHandler::PanelMemberships(
    const v1::PanelMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const MembershipScope scope, ReadScope(request));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  RETURN_IF_ERROR(reader->GetOrganisation(scope.organisation).status());
  ASSIGN_OR_RETURN(const std::vector<v1::Membership> memberships, EveryMembership(*reader, scope));
  ASSIGN_OR_RETURN(const std::vector<Period> periods,
                   ReadPeriods(request, memberships, scope.status, call));
  v1::PanelMembershipsResponse response = Panel(memberships, scope.status, periods);
  *response.mutable_known_version() = reader->known_version();
  return response;
}

absl::StatusOr<v1::BatchCheckMembershipsResponse> MembershipHandler::BatchCheckMemberships(
    const v1::BatchCheckMembershipsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const std::string organisation,
                   CodeIn(request.parent(), "organisations/*", "parent"));
  RETURN_IF_ERROR(CheckBatchSize(request.pairs_size(), "pairs"));
  ASSIGN_OR_RETURN(const auto reader, OpenReader(store_, request.known_at(), call));
  RETURN_IF_ERROR(reader->GetOrganisation(organisation).status());

  std::map<std::string, absl::StatusOr<v1::Membership>> memberships;
  v1::BatchCheckMembershipsResponse response;
  for (int i = 0; i < request.pairs_size(); ++i) {
    const std::string path = absl::StrCat("pairs[", i, "]");
    const std::string& party = request.pairs(i).party();
    RETURN_IF_ERROR(CodeIn(party, "*", path + ".party").status());
    ASSIGN_OR_RETURN(AsOfDays as_of,
                     ReadAsOf(request.pairs(i).date(), path + ".date", std::nullopt, call));
    auto found = memberships.find(party);
    if (found == memberships.end()) {
      found = memberships.emplace(party, reader->GetMembership(organisation, party)).first;
    }
    const absl::StatusOr<v1::Membership>& membership = found->second;
    if (!membership.ok() && !absl::IsNotFound(membership.status())) return membership.status();

    v1::BatchCheckMembershipsResponse::Result* result = response.add_results();
    result->set_party(party);
    *result->mutable_date() = std::move(as_of.date);
    result->set_known(membership.ok());
    if (!membership.ok()) continue;
    for (const v1::Spell::Status status : {v1::Spell::MEMBER, v1::Spell::OBSERVER}) {
      auto answer = AnswerFor(*membership, status, as_of.days);
      if (answer) *result->add_statuses() = *std::move(answer);
    }
  }
  *response.mutable_known_version() = reader->known_version();
  return response;
}

}  // namespace corridor::memberstates
