#include "gateway/http/conditions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/http/http_error.h"

namespace corridor::gateway {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::optional<size_t> ReadNumber(absl::string_view text) {
  const bool is_digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  size_t number = 0;
  if (!is_digits || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

AskedRange Part(size_t first, size_t last, size_t size) {
  return {RangeKind::kPart, {first, last, size}};
}

AskedRange ReadSpec(absl::string_view spec, size_t size) {
  const std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(spec, absl::MaxSplits('-', 1));
  if (!absl::StrContains(spec, '-')) return {};
  const std::optional<size_t> first = ReadNumber(ends.first);
  const std::optional<size_t> last = ReadNumber(ends.second);
  if (ends.first.empty() && last) {
    if (*last == 0 || size == 0) return {RangeKind::kNone, {0, 0, size}};
    return Part(size - std::min(*last, size), size - 1, size);
  }
  if (!first || (!last && !ends.second.empty()) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeKind::kNone, {0, 0, size}};
  return Part(*first, std::min(last.value_or(size - 1), size - 1), size);
}

}  // namespace

bool NamesTag(const std::string& if_none_match, std::string_view etag) {
  if (if_none_match == etag) return true;
  const std::vector<absl::string_view> tags = absl::StrSplit(if_none_match, ',');
  return std::any_of(tags.begin(), tags.end(), [etag](absl::string_view tag) {
    tag = absl::StripAsciiWhitespace(tag);
    return tag == "*" || absl::StripPrefix(tag, "W/") == View(etag);
  });
}

std::string ByteRange::Text() const { return absl::StrCat("bytes ", first, "-", last, "/", size); }

AskedRange ReadRange(const std::string* range, const std::string* if_range, std::string_view etag,
                     size_t size) {
  if (range == nullptr || (if_range != nullptr && *if_range != etag)) return {};
  absl::string_view text = absl::StripAsciiWhitespace(*range);
  constexpr absl::string_view kUnit = "bytes=";
  if (!absl::StartsWithIgnoreCase(text, kUnit)) return {};
  text.remove_prefix(kUnit.size());
  return absl::StrContains(text, ',') ? AskedRange()
                                      : ReadSpec(absl::StripAsciiWhitespace(text), size);
}

HttpResponse PartOf(std::string_view body, const AskedRange& asked, HttpHeaders headers) {
  if (asked.kind == RangeKind::kNone) {
    return ErrorResponse({416,
                          "RANGE_NOT_SATISFIABLE",
                          absl::StrCat("Range: begins beyond the end of the body, which has ",
                                       body.size(), " bytes"),
                          {{"size", absl::StrCat(body.size())}}},
                         {{"content-range", absl::StrCat("bytes */", body.size())}});
  }
  HttpResponse response;
  response.status = 206;
  response.headers = std::move(headers);
  response.headers.emplace_back("content-range", asked.range.Text());
  response.body = body.substr(asked.range.first, asked.range.last - asked.range.first + 1);
  return response;
}

}  // namespace corridor::gateway
