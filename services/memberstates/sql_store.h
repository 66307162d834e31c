// The store on SQL tables with known time (schema/). Methods are defined by resource:
// area_sql_store.cc, organisation_sql_store.cc, membership_sql_store.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/memberstates/area.h"
#include "services/memberstates/store.h"

namespace corridor::memberstates {

// The versioned tables that schema/ declares.
std::vector<store::Table> Tables();

class SqlReader final : public store::RowReader<Reader> {
 public:
  using RowReader::RowReader;

  absl::StatusOr<v1::Area> GetArea(std::string_view code, v1::AreaView view) override;
  absl::StatusOr<std::vector<v1::Area>> ListAreas(const AreaQuery& query) override;
  absl::StatusOr<std::vector<v1::ResolveAreasResponse::Match>> FindAreas(
      std::string_view folded) override;
  absl::StatusOr<v1::AreaMember> GetAreaMember(std::string_view group,
                                               std::string_view member) override;
  absl::StatusOr<std::vector<v1::AreaMember>> ListAreaMembers(
      const AreaMemberQuery& query) override;
  absl::StatusOr<std::vector<v1::ListAreaGroupsResponse::Group>> ListAreaGroups(
      const AreaGroupQuery& query) override;
  absl::StatusOr<bool> MembersComplete(const AreaMemberQuery& query) override;
  absl::StatusOr<std::string> FindUseOfArea(std::string_view code) override;

  absl::StatusOr<v1::Organisation> GetOrganisation(std::string_view id) override;
  absl::StatusOr<std::vector<v1::Organisation>> ListOrganisations(
      const OrganisationQuery& query) override;

  absl::StatusOr<v1::Membership> GetMembership(std::string_view organisation,
                                               std::string_view party) override;
  absl::StatusOr<std::vector<v1::Membership>> ListMemberships(
      const MembershipQuery& query) override;
  absl::StatusOr<std::vector<CountedParty>> CountMemberships(const MembershipQuery& query) override;
  absl::StatusOr<std::vector<std::pair<v1::Spell::Status, v1::Party::Kind>>> RecordedLists(
      std::string_view organisation) override;
};

class SqlWriter final : public Writer {
 public:
  // Both must outlive this.
  SqlWriter(store::Writer& rows, const std::string& epoch) : rows_(rows), reader_(rows, epoch) {}

  Reader& reader() override { return reader_; }

  absl::Status PutArea(const v1::Area& area) override;
  absl::Status DeleteArea(std::string_view code) override;
  absl::Status PutAreaMember(std::string_view group, const v1::AreaMember& member) override;
  absl::Status DeleteAreaMember(std::string_view group, std::string_view member) override;
  absl::Status PutOrganisation(const v1::Organisation& organisation) override;
  absl::Status DeleteOrganisation(std::string_view id) override;
  absl::Status PutMembership(std::string_view organisation, std::string_view party,
                             const v1::Membership& membership) override;
  absl::Status DeleteMembership(std::string_view organisation, std::string_view party) override;

 private:
  // Makes `now` the terms of an area that had `before`.
  absl::Status PutTerms(std::string_view code, const std::map<std::string, Term>& before,
                        const std::map<std::string, Term>& now);
  absl::Status DeleteSpells(std::string_view organisation, std::string_view party, int from,
                            int until);

  store::Writer& rows_;
  SqlReader reader_;
};

// Over a store::VersionedStore that is opened with Tables(). Thread-safe.
using SqlStore = store::SqlResourceStore<Store, SqlReader, SqlWriter>;

}  // namespace corridor::memberstates
