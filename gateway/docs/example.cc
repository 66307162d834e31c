// Takes the targets of examples apart.
#include "gateway/docs/example.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/percent_encoding.h"

namespace corridor::gateway {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

// Takes `{area}` at the begin of a segment of an address, and what stands there in the path; `end`
// of both must be the same.
bool TakeSegment(absl::string_view pattern, absl::string_view text, Parameters& parameters) {
  if (!absl::ConsumePrefix(&pattern, "{")) return pattern == text;
  const std::pair<absl::string_view, absl::string_view> name_and_end =
      absl::StrSplit(pattern, absl::MaxSplits('}', 1));
  if (!absl::ConsumeSuffix(&text, name_and_end.second) || text.empty()) return false;
  const std::optional<std::string> value = DecodeSegment(View(text));
  if (!value) return false;
  parameters.emplace_back(std::string(name_and_end.first), *value);
  return true;
}

absl::Status Wrong(const Example& example, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("example ", std::string(example.operation), " \"",
                                                 std::string(example.target), "\" ",
                                                 std::string(why)));
}

}  // namespace

absl::StatusOr<Parameters> ParametersOf(const Example& example, const Address& address) {
  const std::pair<absl::string_view, absl::string_view> path_and_query =
      absl::StrSplit(View(example.target), absl::MaxSplits('?', 1));
  const std::vector<absl::string_view> patterns = absl::StrSplit(address.path, '/');
  const std::vector<absl::string_view> segments = absl::StrSplit(path_and_query.first, '/');
  Parameters parameters;
  bool fits = patterns.size() == segments.size();
  for (size_t i = 0; fits && i < patterns.size(); ++i) {
    fits = TakeSegment(patterns[i], segments[i], parameters);
  }
  if (!fits) return Wrong(example, absl::StrCat("is not at ", address.path));
  for (const absl::string_view part :
       absl::StrSplit(path_and_query.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> name_and_value =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    const std::optional<std::string> value = DecodeQueryPart(View(name_and_value.second));
    if (!value) return Wrong(example, "has a bad percent-escape");
    parameters.emplace_back(std::string(name_and_value.first), *value);
  }
  return parameters;
}

}  // namespace corridor::gateway
