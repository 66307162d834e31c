// What an area is called: codes, names, and the order in which they answer a query.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "corridor/memberstates/v1/area.pb.h"

namespace corridor::memberstates {

// `areas/{code}` for a code, and the code of such a name that has been checked before.
std::string AreaName(std::string_view code);
std::string_view AreaCode(std::string_view name);

// Reads the date within, and refuses what no area is: no kind, no name, malformed codes or
// languages, no citation. `area.name` has been checked to be `areas/{code}`. `path` is for errors,
// e.g. `area`. Errors: INVALID_ARGUMENT naming the field and the value.
absl::Status CheckArea(v1::Area& area, std::string_view path);

// Whether areas of this kind have members.
bool HasMembers(v1::Area::Kind kind);

using Via = v1::ResolveAreasResponse::Match::Via;

// How one folded text means an area.
struct Term {
  Via via = v1::ResolveAreasResponse::Match::VIA_UNSPECIFIED;
  std::string language;  // For LOCALIZED_NAME: the first that has the text, in order of language.

  friend bool operator==(const Term&, const Term&) = default;
};

// Every text by which `area` (with its `names`) can be found, folded; each with the best way in
// which it means it: code, alpha-2, numeric, name in English, alias, name in another language.
std::map<std::string, Term> TermsOf(const v1::Area& area);

}  // namespace corridor::memberstates
