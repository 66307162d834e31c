#include "platform/cache/tags.h"

#include <algorithm>

#include "platform/store/versioned_store.h"

namespace corridor::cache {
namespace {

std::string_view LastSegment(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// Of names that resources may have: no segment is empty, none stands for many.
bool IsPlain(std::string_view name) {
  while (true) {
    const size_t end = std::min(name.find('/'), name.size());
    const std::string_view segment = name.substr(0, end);
    if (segment.empty() || segment == "-" || segment.find('\n') != std::string_view::npos) {
      return false;
    }
    if (end == name.size()) return true;
    name.remove_prefix(end + 1);
  }
}

}  // namespace

Tag TagOf(std::string_view collection, std::string_view name) {
  Tag tag = {std::string(collection)};
  if (!IsPlain(name) || std::count(name.begin(), name.end(), '/') % 2 == 0) return tag;
  if (store::CollectionOf(name) == collection) {
    tag.part = name;
    return tag;
  }
  std::string children(name);
  children.append("/").append(LastSegment(collection));
  if (store::CollectionOf(children + "/x") == collection) tag.part = std::move(children);
  return tag;
}

Tag TagOfBeginning(std::string_view collection, std::string_view name) {
  Tag tag = {std::string(collection)};
  const std::string_view id = LastSegment(name);
  if (!IsPlain(id) || id.find('~') != std::string_view::npos) return tag;
  tag.part.append(collection).append("/").append(id).append("~");
  return tag;
}

}  // namespace corridor::cache
