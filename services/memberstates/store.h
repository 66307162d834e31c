// Where areas, organisations and memberships live, and what they were at any known time. Speaks the
// contract's messages; ids (`ARM`, `IOM`) stand for the names that hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "corridor/memberstates/v1/organisation.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/request/reading.h"
#include "platform/store/resource_store.h"

namespace corridor::memberstates {

struct AreaQuery {
  v1::Area::Kind kind = v1::Area::KIND_UNSPECIFIED;  // Unspecified: any.
  std::string filter;
  v1::AreaView view = v1::BASIC;
  Slice slice;  // By code.
};

struct AreaMemberQuery {
  std::string group;              // Empty: every one; then not `recursive`.
  std::optional<DayRange> as_of;  // With both ends. Absent: records whatever their dates.
  bool recursive = false;         // The countries within, however deep, by code.
  std::string filter;
  Slice slice;  // By group's code, then by member's.
};

struct AreaGroupQuery {
  std::string member;
  DayRange as_of;  // With both ends.
  std::string filter;
  Slice slice;  // By group's code.
};

struct OrganisationQuery {
  std::string filter;
  Slice slice;  // By id.
};

// An area and those within it, as groups were made up on some day of `as_of`.
struct WithinArea {
  std::string area;
  DayRange as_of;  // With both ends.
};

struct MembershipQuery {
  std::string organisation;                                  // Empty: every one.
  std::optional<WithinArea> within;                          // Absent: parties of any area or none.
  v1::Spell::Status status = v1::Spell::STATUS_UNSPECIFIED;  // Unspecified: any.
  v1::Party::Kind party_kind = v1::Party::KIND_UNSPECIFIED;  // Unspecified: any.
  std::optional<DayRange> as_of;  // With both ends. Absent: whoever ever held the status.
  std::string filter;
  Slice slice;  // By organisation, then by party.
};

// A party that holds a status.
struct CountedParty {
  std::string party;
  v1::Party::Kind kind = v1::Party::KIND_UNSPECIFIED;
  std::string display_name;
  v1::Membership::AsOf answer;
};

// A read of one version. Resources come with `etag` and output-only names. Used by one thread at a
// time. Errors of all methods: DEADLINE_EXCEEDED, UNAVAILABLE (safe to retry), INTERNAL; of those
// with a filter: INVALID_ARGUMENT naming `filter`.
class Reader : public store::ResourceReader {
 public:
  // Errors: NOT_FOUND.
  virtual absl::StatusOr<v1::Area> GetArea(std::string_view code, v1::AreaView view) = 0;
  virtual absl::StatusOr<std::vector<v1::Area>> ListAreas(const AreaQuery& query) = 0;
  // The areas that a text folded by FoldName means, best first, those in use before those
  // withdrawn.
  virtual absl::StatusOr<std::vector<v1::ResolveAreasResponse::Match>> FindAreas(
      std::string_view folded) = 0;
  // Errors: NOT_FOUND.
  virtual absl::StatusOr<v1::AreaMember> GetAreaMember(std::string_view group,
                                                       std::string_view member) = 0;
  virtual absl::StatusOr<std::vector<v1::AreaMember>> ListAreaMembers(
      const AreaMemberQuery& query) = 0;
  virtual absl::StatusOr<std::vector<v1::ListAreaGroupsResponse::Group>> ListAreaGroups(
      const AreaGroupQuery& query) = 0;
  // Whether the lists of the query's group, and with `recursive` of all groups within it, are
  // complete.
  virtual absl::StatusOr<bool> MembersComplete(const AreaMemberQuery& query) = 0;
  // The name of some membership or member record that names the area; empty when none does.
  virtual absl::StatusOr<std::string> FindUseOfArea(std::string_view code) = 0;

  // Errors: NOT_FOUND.
  virtual absl::StatusOr<v1::Organisation> GetOrganisation(std::string_view id) = 0;
  virtual absl::StatusOr<std::vector<v1::Organisation>> ListOrganisations(
      const OrganisationQuery& query) = 0;

  // Errors: NOT_FOUND.
  virtual absl::StatusOr<v1::Membership> GetMembership(std::string_view organisation,
                                                       std::string_view party) = 0;
  // With `as_of` of the query, each carries `as_of`: the answer of the last spell that certainly
  // holds, else of the last that may. The filter's `status` and `confidence` are those of that
  // spell.
  virtual absl::StatusOr<std::vector<v1::Membership>> ListMemberships(
      const MembershipQuery& query) = 0;
  // Everybody whom ListMemberships would list, however many; `slice` is not read.
  virtual absl::StatusOr<std::vector<CountedParty>> CountMemberships(
      const MembershipQuery& query) = 0;
  // Statuses and kinds of party of which a spell is recorded.
  virtual absl::StatusOr<std::vector<std::pair<v1::Spell::Status, v1::Party::Kind>>> RecordedLists(
      std::string_view organisation) = 0;
};

// One commit being made. Resources are put whole; what is output only is not kept.
class Writer {
 public:
  virtual ~Writer() = default;

  // What was committed before, and what this commit wrote.
  virtual Reader& reader() = 0;

  virtual absl::Status PutArea(const v1::Area& area) = 0;
  // Errors of all deletions: NOT_FOUND.
  virtual absl::Status DeleteArea(std::string_view code) = 0;
  virtual absl::Status PutAreaMember(std::string_view group, const v1::AreaMember& member) = 0;
  virtual absl::Status DeleteAreaMember(std::string_view group, std::string_view member) = 0;
  virtual absl::Status PutOrganisation(const v1::Organisation& organisation) = 0;
  virtual absl::Status DeleteOrganisation(std::string_view id) = 0;
  // The spells are in order of time.
  virtual absl::Status PutMembership(std::string_view organisation, std::string_view party,
                                     const v1::Membership& membership) = 0;
  virtual absl::Status DeleteMembership(std::string_view organisation, std::string_view party) = 0;
};

using Store = store::ResourceStore<Reader, Writer>;

}  // namespace corridor::memberstates
