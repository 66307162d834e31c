// Countries are those of iso-codes; areas.csv adds what iso-codes does not know of them.
#include "services/memberstates/areas_files.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"
#include "services/memberstates/area.h"
#include "services/memberstates/iso_codes.h"

namespace corridor::memberstates {
namespace {

// Cited for what iso-codes says and no file does: of codes in use, and of withdrawn ones.
constexpr char kIsoSource[] = "ISO_3166";
constexpr char kIsoWithdrawnSource[] = "ISO_3166_3";

// Flags of areas.csv, and the groups that they mean.
constexpr std::pair<const char*, const char*> kFlags[] = {
    {"ldc", "LDC"}, {"lldc", "LLDC"}, {"sids", "SIDS"}};

absl::StatusOr<CsvTable> ReadTable(const std::string& folder, const char* file,
                                   absl::Span<const std::string_view> columns) {
  const std::string path = absl::StrCat(folder, "/", file);
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return ParseCsv(text, path, columns);
}

absl::StatusOr<bool> ReadFlag(const CsvTable& table, const CsvRow& row, std::string_view column) {
  const std::string& text = table.Get(row, column);
  if (text == "1") return true;
  if (text.empty() || text == "0") return false;
  return InvalidCell(table, row, column, "is not 1, 0 or empty");
}

class AreasReader {
 public:
  AreasReader(std::string folder, const SourcesFile& sources, v1::BatchCreateAreasRequest& areas,
              v1::BatchCreateAreaMembersRequest& members)
      : folder_(std::move(folder)), sources_(sources), areas_(areas), members_(members) {
    members_.set_parent("areas/-");
  }

  absl::Status ReadRegions() {
    ASSIGN_OR_RETURN(
        const CsvTable table,
        ReadTable(folder_, "regions.csv", {"code", "name", "level", "parent", "source", "note"}));
    static const std::set<std::string> kLevels = {"world", "region", "subregion", "intermediate"};
    for (const CsvRow& row : table.rows) {
      const std::string& code = table.Get(row, "code");
      const std::string& level = table.Get(row, "level");
      if (!kLevels.contains(level)) return InvalidCell(table, row, "level", "is not a level");
      v1::Area& area = NewArea(code);
      area.set_kind(level == "world" ? v1::Area::WORLD : v1::Area::REGION);
      area.set_display_name(table.Get(row, "name"));
      if (code.starts_with("M49_")) area.set_numeric_code(code.substr(4));
      area.set_members_complete(true);  // The M49 table is whole.
      ASSIGN_OR_RETURN(const Citations citations, Cite(table, row));
      *area.mutable_citations() = citations;
      groups_[code] = citations;
      const std::string& parent = table.Get(row, "parent");
      if (!parent.empty()) AddMember(parent, code, citations);
    }
    return absl::OkStatus();
  }

  absl::Status ReadGroups() {
    ASSIGN_OR_RETURN(const CsvTable table,
                     ReadTable(folder_, "groups.csv",
                               {"code", "name", "description", "complete", "source", "note"}));
    for (const CsvRow& row : table.rows) {
      v1::Area& area = NewArea(table.Get(row, "code"));
      area.set_kind(v1::Area::GROUP);
      area.set_display_name(table.Get(row, "name"));
      area.set_description(table.Get(row, "description"));
      ASSIGN_OR_RETURN(const bool complete, ReadFlag(table, row, "complete"));
      area.set_members_complete(complete);
      ASSIGN_OR_RETURN(const Citations citations, Cite(table, row));
      *area.mutable_citations() = citations;
      groups_[table.Get(row, "code")] = citations;
    }
    return absl::OkStatus();
  }

  absl::Status ReadCountries() {
    for (const v1::Area& listed : IsoAreas().areas()) {
      const bool withdrawn = listed.kind() == v1::Area::FORMER_COUNTRY;
      const char* const source = withdrawn ? kIsoWithdrawnSource : kIsoSource;
      const common::v1::Citation* const iso = sources_.Find(source);
      if (iso == nullptr) {
        return absl::InvalidArgumentError(
            absl::StrCat(folder_, "/sources.csv: \"", source, "\" is missing"));
      }
      v1::Area& area = NewArea(AreaCode(listed.name()));
      area = listed;
      *area.add_citations() = *iso;
    }
    ASSIGN_OR_RETURN(const CsvTable table,
                     ReadTable(folder_, "areas.csv",
                               {"code", "parent", "ldc", "lldc", "sids", "name", "alpha2",
                                "numeric", "aliases", "source", "note"}));
    for (const CsvRow& row : table.rows) RETURN_IF_ERROR(ReadCountry(table, row));
    return absl::OkStatus();
  }

  absl::Status ReadGroupMembers() {
    ASSIGN_OR_RETURN(const CsvTable table,
                     ReadTable(folder_, "group_members.csv",
                               {"group", "member", "from", "to", "source", "note"}));
    for (const CsvRow& row : table.rows) {
      ASSIGN_OR_RETURN(const Citations citations, Cite(table, row));
      v1::AreaMember& member =
          AddMember(table.Get(row, "group"), table.Get(row, "member"), citations);
      if (!table.Get(row, "from").empty()) {
        member.mutable_start()->set_text(table.Get(row, "from"));
      }
      if (!table.Get(row, "to").empty()) member.mutable_end()->set_text(table.Get(row, "to"));
    }
    return absl::OkStatus();
  }

 private:
  // The area with this code, added when it is new.
  v1::Area& NewArea(std::string_view code) {
    const auto [found, is_new] = by_code_.try_emplace(std::string(code), areas_.requests_size());
    if (is_new) areas_.add_requests()->mutable_area()->set_name(AreaName(code));
    return *areas_.mutable_requests(found->second)->mutable_area();
  }

  v1::AreaMember& AddMember(const std::string& group, const std::string& member,
                            const Citations& citations) {
    v1::CreateAreaMemberRequest& request = *members_.add_requests();
    request.set_parent(AreaName(group));
    request.mutable_member()->set_member(AreaName(member));
    *request.mutable_member()->mutable_citations() = citations;
    return *request.mutable_member();
  }

  absl::StatusOr<Citations> Cite(const CsvTable& table, const CsvRow& row) const {
    return sources_.Cite(table, row,
                         {.published_text = "", .reasoning = "", .note = table.Get(row, "note")});
  }

  absl::Status ReadCountry(const CsvTable& table, const CsvRow& row) {
    const std::string& code = table.Get(row, "code");
    v1::Area& area = NewArea(code);
    area.set_kind(v1::Area::COUNTRY);
    const auto take = [&](const char* column, std::string* field) {
      if (!table.Get(row, column).empty()) *field = table.Get(row, column);
    };
    take("name", area.mutable_display_name());
    take("alpha2", area.mutable_alpha2_code());
    take("numeric", area.mutable_numeric_code());
    if (area.display_name().empty()) {
      return InvalidCell(table, row, "code", "is not in iso-codes, and has no name here");
    }
    for (const std::string& alias : std::vector<std::string>(
             absl::StrSplit(table.Get(row, "aliases"), ';', absl::SkipEmpty()))) {
      area.add_aliases(alias);
    }
    ASSIGN_OR_RETURN(*area.mutable_citations(), Cite(table, row));
    const std::string& parent = table.Get(row, "parent");
    if (!parent.empty()) RETURN_IF_ERROR(AddToGroup(table, row, "parent", parent, code));
    for (const auto& [column, group] : kFlags) {
      ASSIGN_OR_RETURN(const bool belongs, ReadFlag(table, row, column));
      if (belongs) RETURN_IF_ERROR(AddToGroup(table, row, column, group, code));
    }
    return absl::OkStatus();
  }

  // Membership is claimed by whoever defines the group.
  absl::Status AddToGroup(const CsvTable& table, const CsvRow& row, std::string_view column,
                          const std::string& group, const std::string& code) {
    const auto found = groups_.find(group);
    if (found == groups_.end()) {
      return InvalidCell(
          table, row, column,
          absl::StrCat("means \"", group, "\", which is not in regions.csv or groups.csv"));
    }
    AddMember(group, code, found->second);
    return absl::OkStatus();
  }

  const std::string folder_;
  const SourcesFile& sources_;
  v1::BatchCreateAreasRequest& areas_;
  v1::BatchCreateAreaMembersRequest& members_;
  std::map<std::string, int> by_code_;       // Index of the request.
  std::map<std::string, Citations> groups_;  // Who defines a region or group.
};

}  // namespace

absl::Status ReadAreas(const std::string& folder, const SourcesFile& sources,
                       v1::BatchCreateAreasRequest& areas,
                       v1::BatchCreateAreaMembersRequest& members) {
  AreasReader reader(folder, sources, areas, members);
  RETURN_IF_ERROR(reader.ReadRegions());
  RETURN_IF_ERROR(reader.ReadGroups());
  RETURN_IF_ERROR(reader.ReadCountries());
  return reader.ReadGroupMembers();
}

}  // namespace corridor::memberstates
