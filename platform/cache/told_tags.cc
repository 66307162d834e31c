#include "platform/cache/told_tags.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace corridor::cache {
namespace {

// Of what a request names, only what a resource could be called is told.
bool IsTellable(std::string_view part) {
  return std::all_of(part.begin(), part.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ||
           c == '~' || c == '/';
  });
}

// `organisations/IOM/memberships`; empty for what has no parent.
std::string_view UnderItsParent(std::string_view resource) {
  const std::string_view collection = resource.substr(0, resource.rfind('/'));
  return collection.find('/') == std::string_view::npos ? std::string_view() : collection;
}

// `series/POV_2USD~`; empty for an id of one part.
std::string_view WithItsFirstPart(std::string_view resource) {
  const size_t id = resource.rfind('/') + 1;
  return resource.substr(0, resource.find('~', id) + 1);
}

}  // namespace

std::string TellTags(int64_t version, const std::vector<Tag>& tags) {
  std::string text = absl::StrCat(version);
  for (const Tag& tag : tags) {
    const bool is_part = !tag.part.empty() && IsTellable(tag.part);
    absl::StrAppend(&text, ",", is_part ? tag.part : tag.collection);
  }
  return text;
}

std::optional<ToldTags> ReadToldTags(std::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(absl::string_view(text.data(), text.size()), ',');
  ToldTags told;
  if (!absl::SimpleAtoi(parts.front(), &told.version) || told.version < 0) return std::nullopt;
  parts.erase(parts.begin());
  told.tags = std::move(parts);
  return told;
}

std::vector<std::string> TagsTouchedBy(std::string_view resource) {
  std::vector<std::string> tags = {std::string(resource)};
  for (const std::string_view part : {UnderItsParent(resource), WithItsFirstPart(resource)}) {
    if (!part.empty()) tags.emplace_back(part);
  }
  return tags;
}

}  // namespace corridor::cache
