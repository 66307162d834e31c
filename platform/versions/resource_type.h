// What versions need to know of a type of resource: in which rows it is, and how it is read and
// written whole. A service has a list of its types.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "platform/store/versioned_store.h"

namespace corridor::versions {

// The ids in a name, one for each `*` of the pattern.
using Ids = std::vector<std::string>;

struct TypeTable {
  store::Table table;
  std::vector<std::string> id_columns;  // Columns of the key that hold the ids, in their order.
};

struct ResourceType {
  std::string pattern;  // `organisations/*/memberships/*`.
  // Where its rows are. The first has it in `body`, serialised; without a row there it is deleted.
  std::vector<TypeTable> tables;
  // Further rows, keyed by a column with the resource's name; they are purged with it.
  std::vector<std::pair<store::Table, std::string>> named_rows;
  const google::protobuf::Message* prototype = nullptr;
  // Fields that follow from others: no part of a version.
  std::vector<std::string> output_only;
  // Fields that no resource of the type can be without, or that rows are found by.
  std::vector<std::string> kept_fields;

  // Reads the resource, with its etag. Errors: NOT_FOUND.
  std::function<absl::Status(store::Reader& rows, const Ids& ids,
                             google::protobuf::Message& resource)>
      read;
  // Adds what belongs to the resource beside its fields, e.g. the observations of a series. Empty
  // when there is nothing.
  std::function<absl::Status(store::Reader& rows, const Ids& ids, google::protobuf::Struct& object)>
      add_parts;
  // Writes the resource as it is, without looking at what it names.
  std::function<absl::Status(store::Writer& rows, const Ids& ids,
                             const google::protobuf::Message& resource)>
      put;
  // Makes the resource what it was at the version of `then`. `resource` is as `read` gave it there.
  // Errors: INVALID_ARGUMENT or FAILED_PRECONDITION (what it names is no longer there).
  std::function<absl::Status(store::Writer& rows, const Ids& ids,
                             const google::protobuf::Message& resource, store::Reader& then)>
      restore;

  // The ids in `name`; empty when it is of another type.
  Ids IdsOf(std::string_view name) const;
  std::string NameOf(const Ids& ids) const;
  // `organisations/-/memberships`, as commits have it.
  std::string Collection() const;
  // The rows of one resource that make its versions.
  std::vector<store::RowsOf> RowsOf(const Ids& ids) const;
  // All of its rows.
  std::vector<store::RowsOf> AllRowsOf(const Ids& ids) const;
};

// A resource of the service, found by its name.
struct Located {
  const ResourceType* type = nullptr;
  Ids ids;
};

class ResourceTypes {
 public:
  explicit ResourceTypes(std::vector<ResourceType> types) : types_(std::move(types)) {}

  const std::vector<ResourceType>& all() const { return types_; }
  // Errors: INVALID_ARGUMENT naming `name`.
  absl::StatusOr<Located> Find(const std::string& name) const;

 private:
  const std::vector<ResourceType> types_;
};

// One state of a resource.
struct State {
  bool exists = false;
  google::protobuf::Struct object;  // As JSON has it, without what is output only.
  std::string etag;
};

// The resource as of the version of `rows`. Errors: those of reading, but for NOT_FOUND.
absl::StatusOr<State> ReadState(const Located& resource, store::Reader& rows);

}  // namespace corridor::versions
