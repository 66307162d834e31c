// Codes and names of areas.
#include "services/memberstates/area.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "platform/records/evidence.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "platform/text/fold.h"

namespace corridor::memberstates {
namespace {

using Match = v1::ResolveAreasResponse::Match;

constexpr std::string_view kCollection = "areas/";

bool AllOf(std::string_view text, bool (*is)(unsigned char)) {
  return std::all_of(text.begin(), text.end(),
                     [is](char c) { return is(static_cast<unsigned char>(c)); });
}

bool IsCapital(unsigned char c) { return absl::ascii_isupper(c); }
bool IsDigit(unsigned char c) { return absl::ascii_isdigit(c); }
bool IsAlphanumeric(unsigned char c) { return absl::ascii_isalnum(c); }

// A language tag, as far as its shape goes (BCP 47): `pt-BR`.
bool IsLanguage(std::string_view tag) {
  if (tag.size() < 2 || tag.size() > 35 ||
      !absl::ascii_isalpha(static_cast<unsigned char>(tag[0]))) {
    return false;
  }
  while (true) {
    const size_t dash = std::min(tag.find('-'), tag.size());
    if (dash == 0 || dash > 8 || !AllOf(tag.substr(0, dash), IsAlphanumeric)) return false;
    if (dash == tag.size()) return true;
    tag.remove_prefix(dash + 1);
  }
}

// The code fits the kind: alpha-3 of a country, `M49_` and three digits of a region.
absl::Status CheckCode(const v1::Area& area, const std::string& path) {
  const std::string_view code = AreaCode(area.name());
  const std::string field = path + ".name";
  if (!IsCode(code)) {
    return InvalidField(field, area.name(),
                        "is not areas/ and capital letters, digits and underscores");
  }
  if (area.kind() == v1::Area::COUNTRY && (code.size() != 3 || !AllOf(code, IsCapital))) {
    return InvalidField(field, area.name(), "is not areas/ and the three letters of a country");
  }
  if (area.kind() == v1::Area::REGION &&
      (!code.starts_with("M49_") || code.size() != 7 || !AllOf(code.substr(4), IsDigit))) {
    return InvalidField(field, area.name(), "is not areas/M49_ and the three digits of a region");
  }
  return absl::OkStatus();
}

absl::Status CheckNames(const v1::Area& area, const std::string& path) {
  if (area.display_name().empty()) return MissingField(path + ".display_name");
  RETURN_IF_ERROR(CheckNameLength(area.display_name(), path + ".display_name"));
  for (int i = 0; i < area.names_size(); ++i) {
    const std::string at = absl::StrCat(path, ".names[", i, "]");
    if (!IsLanguage(area.names(i).language())) {
      return InvalidField(at + ".language", area.names(i).language(), "is not a language tag");
    }
    if (area.names(i).text().empty()) return MissingField(at + ".text");
  }
  for (int i = 0; i < area.aliases_size(); ++i) {
    if (area.aliases(i).empty()) return MissingField(absl::StrCat(path, ".aliases[", i, "]"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string AreaName(std::string_view code) { return std::string(kCollection) + std::string(code); }

std::string_view AreaCode(std::string_view name) { return name.substr(kCollection.size()); }

absl::Status CheckArea(v1::Area& area, std::string_view path_view) {
  const std::string path(path_view);
  RETURN_IF_ERROR(CheckSize(area, path));
  if (area.kind() == v1::Area::KIND_UNSPECIFIED || !v1::Area::Kind_IsValid(area.kind())) {
    return InvalidField(path + ".kind", std::to_string(area.kind()), "is not a kind of area");
  }
  RETURN_IF_ERROR(CheckCode(area, path));
  RETURN_IF_ERROR(CheckNames(area, path));
  const std::string& alpha2 = area.alpha2_code();
  if (!alpha2.empty() && (alpha2.size() != 2 || !AllOf(alpha2, IsCapital))) {
    return InvalidField(path + ".alpha2_code", alpha2, "is not two capital letters");
  }
  const std::string& numeric = area.numeric_code();
  if (!numeric.empty() && (numeric.size() != 3 || !AllOf(numeric, IsDigit))) {
    return InvalidField(path + ".numeric_code", numeric, "is not three digits");
  }
  if (area.has_withdrawn()) {
    RETURN_IF_ERROR(ReadDate(*area.mutable_withdrawn(), path + ".withdrawn"));
  }
  return CheckCitations(area.citations(), path + ".citations");
}

bool HasMembers(v1::Area::Kind kind) {
  return kind == v1::Area::WORLD || kind == v1::Area::REGION || kind == v1::Area::GROUP;
}

std::map<std::string, Term> TermsOf(const v1::Area& area) {
  std::map<std::string, Term> terms;
  const auto add = [&terms](std::string_view text, Via via, std::string_view language = {}) {
    std::string folded = FoldName(text);
    // The first way is the best: ways are added in order.
    if (!folded.empty()) terms.try_emplace(std::move(folded), Term{via, std::string(language)});
  };
  add(AreaCode(area.name()), Match::CODE);
  add(area.alpha2_code(), Match::ALPHA2);
  add(area.numeric_code(), Match::NUMERIC);
  add(area.display_name(), Match::DISPLAY_NAME);
  add(area.official_name(), Match::DISPLAY_NAME);
  for (const std::string& alias : area.aliases()) add(alias, Match::ALIAS);

  std::vector<const v1::Area::LocalizedName*> names;
  for (const auto& name : area.names()) names.push_back(&name);
  std::stable_sort(names.begin(), names.end(),
                   [](const auto* a, const auto* b) { return a->language() < b->language(); });
  for (const auto* name : names) add(name->text(), Match::LOCALIZED_NAME, name->language());
  return terms;
}

}  // namespace corridor::memberstates
