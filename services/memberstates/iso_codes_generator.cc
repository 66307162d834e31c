// Run when the service is built: reads Debian's package iso-codes and writes the countries and
// former countries with their names in all languages as one
// corridor.memberstates.v1.ListAreasResponse. iso_codes_generator <folder of iso_3166-1.json>
// <folder of locales> <output>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "platform/status/status.h"
#include "services/memberstates/mo_catalogue.h"

namespace corridor::memberstates {
namespace {

namespace fs = std::filesystem;

// Translations by English text, by language tag.
using Catalogues = std::map<std::string, std::map<std::string, std::string>>;

absl::StatusOr<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  if (!file) return absl::NotFoundError(path.string() + ": cannot be read");
  return contents.str();
}

// The language tag (BCP 47) of a locale: `pt-BR` for `pt_BR`, `sr-Latn` for `sr@latin`.
std::string LanguageTag(std::string locale) {
  std::replace(locale.begin(), locale.end(), '_', '-');
  const size_t at = locale.find('@');
  if (at == std::string::npos) return locale;
  const std::string modifier = locale.substr(at + 1);
  const bool latin = modifier == "latin" || modifier == "iqtelif";
  return locale.substr(0, at) + "-" + (latin ? "Latn" : modifier);
}

absl::StatusOr<Catalogues> ReadCatalogues(const fs::path& locales, const std::string& domain) {
  Catalogues catalogues;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(locales, error)) {
    const fs::path path = entry.path() / "LC_MESSAGES" / (domain + ".mo");
    std::error_code missing;
    if (!fs::is_regular_file(path, missing)) continue;
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
    ASSIGN_OR_RETURN(catalogues[LanguageTag(entry.path().filename().string())],
                     ReadMoCatalogue(bytes, path.string()));
  }
  if (!catalogues.empty()) return catalogues;
  return absl::NotFoundError(locales.string() + ": holds no catalogue " + domain +
                             ".mo; some images leave /usr/share/locale out: reinstall the package "
                             "iso-codes, or set the CMake variable "
                             "CORRIDOR_ISO_CODES_ROOT to a folder that has them");
}

std::string Text(const simdjson::dom::element& entry, const char* key) {
  std::string_view text;
  if (entry[key].get_string().get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

void AddNames(const std::string& english, const Catalogues& catalogues, v1::Area& area) {
  for (const auto& [language, translations] : catalogues) {
    const auto found = translations.find(english);
    if (found == translations.end()) continue;
    v1::Area::LocalizedName* name = area.add_names();
    name->set_language(language);
    name->set_text(found->second);
  }
}

void SortNames(v1::Area& area) {
  std::stable_sort(area.mutable_names()->begin(), area.mutable_names()->end(),
                   [](const auto& a, const auto& b) { return a.language() < b.language(); });
}

// Calls `add` for each entry of the list `key` in a file.
template <typename Add>
absl::Status ForEachEntry(const fs::path& path, const char* key, Add add) {
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (const auto error = parser.load(path.string())[key].get_array().get(list)) {
    return absl::InvalidArgumentError(path.string() + ": " + simdjson::error_message(error));
  }
  for (const simdjson::dom::element entry : list) add(entry);
  return absl::OkStatus();
}

absl::Status AddCountries(const fs::path& json, const Catalogues& catalogues,
                          v1::ListAreasResponse& areas) {
  return ForEachEntry(json / "iso_3166-1.json", "3166-1", [&](const simdjson::dom::element& entry) {
    v1::Area& area = *areas.add_areas();
    area.set_name("areas/" + Text(entry, "alpha_3"));
    area.set_kind(v1::Area::COUNTRY);
    area.set_display_name(Text(entry, "name"));
    area.set_official_name(Text(entry, "official_name"));
    area.set_alpha2_code(Text(entry, "alpha_2"));
    area.set_numeric_code(Text(entry, "numeric"));
    AddNames(area.display_name(), catalogues, area);
    if (const std::string common = Text(entry, "common_name"); !common.empty()) {
      area.add_aliases(common);
      AddNames(common, catalogues, area);
    }
    SortNames(area);
  });
}

// Former countries keep their alpha-3 code, or have the four letters of ISO 3166-3 where it is in
// use.
absl::Status AddFormerCountries(const fs::path& json, const Catalogues& catalogues,
                                v1::ListAreasResponse& areas) {
  std::set<std::string> in_use;
  for (const v1::Area& area : areas.areas()) in_use.insert(area.name());
  return ForEachEntry(json / "iso_3166-3.json", "3166-3", [&](const simdjson::dom::element& entry) {
    const std::string alpha3 = "areas/" + Text(entry, "alpha_3");
    const std::string alpha4 = Text(entry, "alpha_4");
    v1::Area& area = *areas.add_areas();
    area.set_name(in_use.insert(alpha3).second ? alpha3 : "areas/" + alpha4);
    area.set_kind(v1::Area::FORMER_COUNTRY);
    area.set_display_name(Text(entry, "name"));
    area.set_alpha2_code(Text(entry, "alpha_2"));
    area.set_numeric_code(Text(entry, "numeric"));
    area.set_description(Text(entry, "comment"));
    if (area.name() == alpha3) area.add_aliases(alpha4);
    area.mutable_withdrawn()->set_text(Text(entry, "withdrawal_date"));
    AddNames(area.display_name(), catalogues, area);
    SortNames(area);
  });
}

absl::Status Generate(const fs::path& json, const fs::path& locales, const fs::path& output) {
  ASSIGN_OR_RETURN(const Catalogues names, ReadCatalogues(locales, "iso_3166-1"));
  ASSIGN_OR_RETURN(const Catalogues former_names, ReadCatalogues(locales, "iso_3166-3"));
  v1::ListAreasResponse areas;
  RETURN_IF_ERROR(AddCountries(json, names, areas));
  RETURN_IF_ERROR(AddFormerCountries(json, former_names, areas));
  std::ofstream file(output, std::ios::binary | std::ios::trunc);
  if (!areas.SerializeToOstream(&file) || !file.flush()) {
    return absl::UnavailableError(output.string() + ": cannot be written");
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace corridor::memberstates

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: iso_codes_generator <json folder> <locale folder> <output>\n");
    return 2;
  }
  const absl::Status status = corridor::memberstates::Generate(argv[1], argv[2], argv[3]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "iso_codes_generator: %s\n", std::string(status.message()).c_str());
  return 1;
}
