// What an answer depends on, by names that commits touch.
#pragma once

#include <string>
#include <string_view>

namespace corridor::cache {

// A collection as store::CollectionOf has it, or a part of it.
struct Tag {
  std::string collection;
  // Empty: all of the collection. Else the name of a resource in it, `areas/ARM`; of the collection
  // under one parent, `organisations/IOM/memberships`; or what the ids of some begin with,
  // `series/POV_2USD~`.
  std::string part = {};

  friend bool operator==(const Tag&, const Tag&) = default;
};

// The tag of the resource in `collection` that `name` names, or of those there whose parent it
// names. The whole collection for anything else, `-` and the empty text among them.
Tag TagOf(std::string_view collection, std::string_view name);

// The tag of the resources in `collection` whose ids begin with what `name` names, by id or name.
// The whole collection when it can name nothing.
Tag TagOfBeginning(std::string_view collection, std::string_view name);

}  // namespace corridor::cache
