// Kinds of resource that are kept whole, as a body with a few columns to ask by. A service says of
// each kind what is its own (names, columns, rules); how it is read, written, listed and protected
// is the same for all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "platform/request/filter.h"
#include "platform/store/versioned_store.h"

namespace corridor::resources {

class Reader;
class Writer;

// Something that a resource names.
struct Reference {
  std::string path;  // Where, for errors: `dataset.source`.
  // `sources/UNDP_HDR_2008`. That it is of the collection which belongs there is for Kind::check.
  std::string name;
  // Tells apart ways of naming it that lists are asked by: `IMPLEMENTING`.
  std::string relation = {};
  // False for what is no resource of this service or an area, and so cannot be looked up.
  bool must_exist = true;
};

// A column beside the body that is no field of the resource: the text that compares for it.
struct ComputedColumn {
  std::string name;
  std::function<std::string(const google::protobuf::Message&)> value;
};

// What belongs to a resource in rows of a table of its own.
struct KindParts {
  store::Table table;
  std::string id_column;  // Of its key.
  // Adds them to the resource as JSON has it.
  std::function<absl::Status(store::Reader&, const std::string& id, google::protobuf::Struct&)> add;
  // Makes them what they were at the version of `then`, when the resource is restored.
  std::function<absl::Status(Writer&, const std::string& id,
                             const google::protobuf::Message& resource, store::Reader& then)>
      restore;
  // Deletes them, before the resource is deleted itself.
  std::function<absl::Status(Writer&, const std::string& id)> erase;
};

struct Kind {
  std::string collection;  // `contextNotes`, the first part of names.
  std::string field;       // `context_note` in requests that carry one; `<field>_id` is its id.
  store::Table table;      // `context_notes`, keyed by `id`; the columns, `body` last.
  // Fields of the resource that are columns: texts, enums, bools.
  std::vector<std::string> columns;
  std::vector<ComputedColumn> computed;
  std::vector<FilterField> filter_fields;  // `id` and the columns.
  std::vector<std::string> immutable;      // `name` among them.
  std::vector<std::string> output_only;    // `etag` among them.
  size_t max_id_bytes = 64;
  // Reads the dates within, and refuses what no such resource is. Errors: INVALID_ARGUMENT naming
  // the field under `path`.
  std::function<absl::Status(google::protobuf::Message&, const std::string& path)> check;
  // What it names, under `path`.
  std::function<std::vector<Reference>(const google::protobuf::Message&, const std::string& path)>
      references;
  // Rules that need what is stored; `old` is null for a new one. Called once all of a request's
  // resources are written, with everything of this service that they name known to exist.
  std::function<absl::Status(Reader&, const google::protobuf::Message* old,
                             const google::protobuf::Message& now, const std::string& path)>
      check_stored;
  // Sets what is output only and follows from other rows, before the resource is answered.
  std::function<absl::Status(Reader&, google::protobuf::Message&)> complete;
  const google::protobuf::Message* prototype = nullptr;
  std::optional<KindParts> parts;

  // `contextNotes/{id}`, and the id of such a name: empty, which no resource has, for another.
  std::string Name(std::string_view id) const;
  std::string_view Id(std::string_view name) const;
};

// What a new resource has for the one star of `pattern` in `name`: as IdIn, but of `max_bytes` at
// most and without `~`, which joins ids to those of resources with a key of several parts. Errors:
// INVALID_ARGUMENT naming `field` and the name.
absl::StatusOr<std::string> NewIdIn(std::string_view name, std::string_view pattern,
                                    std::string_view field, size_t max_bytes);

// What MakeKind is told, with the type of the resource known. See Kind.
template <typename Resource>
struct KindOptions {
  std::string collection;
  std::string field;
  std::vector<std::string> columns = {};
  absl::Status (*check)(Resource&, const std::string& path);
  std::vector<Reference> (*references)(const Resource&, const std::string& path) = nullptr;
  std::vector<std::pair<std::string, std::string (*)(const Resource&)>> computed = {};
  std::vector<std::string> immutable = {};    // Beside `name`.
  std::vector<std::string> output_only = {};  // Beside `etag`.
  size_t max_id_bytes = 64;
  absl::Status (*check_stored)(Reader&, const Resource* old, const Resource& now,
                               const std::string& path) = nullptr;
  absl::Status (*complete)(Reader&, Resource&) = nullptr;
  std::optional<KindParts> parts = {};
};

// The parts of a kind that follow from its names and the type of its resource: table, columns,
// filter.
Kind KindOf(const google::protobuf::Descriptor& type, std::string collection, std::string field,
            std::vector<std::string> columns, std::vector<ComputedColumn> computed);

template <typename Resource>
Kind MakeKind(const KindOptions<Resource>& options) {
  const auto typed = [](const google::protobuf::Message& message) -> const Resource& {
    return static_cast<const Resource&>(message);
  };
  std::vector<ComputedColumn> computed;
  for (const auto& [name, value] : options.computed) {
    computed.push_back({name, [typed, value = value](const google::protobuf::Message& message) {
                          return value(typed(message));
                        }});
  }
  Kind kind = KindOf(*Resource::descriptor(), options.collection, options.field, options.columns,
                     std::move(computed));
  kind.immutable.insert(kind.immutable.end(), options.immutable.begin(), options.immutable.end());
  kind.output_only.insert(kind.output_only.end(), options.output_only.begin(),
                          options.output_only.end());
  kind.max_id_bytes = options.max_id_bytes;
  kind.check = [check = options.check](google::protobuf::Message& message,
                                       const std::string& path) {
    return check(static_cast<Resource&>(message), path);
  };
  kind.references = [typed, references = options.references](
                        const google::protobuf::Message& message, const std::string& path) {
    return references == nullptr ? std::vector<Reference>() : references(typed(message), path);
  };
  kind.check_stored = [typed, check_stored = options.check_stored](
                          Reader& reader, const google::protobuf::Message* old,
                          const google::protobuf::Message& now, const std::string& path) {
    if (check_stored == nullptr) return absl::OkStatus();
    return check_stored(reader, old == nullptr ? nullptr : &typed(*old), typed(now), path);
  };
  kind.complete = [complete = options.complete](Reader& reader,
                                                google::protobuf::Message& message) {
    if (complete == nullptr) return absl::OkStatus();
    return complete(reader, static_cast<Resource&>(message));
  };
  kind.prototype = &Resource::default_instance();
  kind.parts = options.parts;
  return kind;
}

// All kinds of a service; they outlive it.
class Kinds {
 public:
  explicit Kinds(std::vector<const Kind*> kinds) : kinds_(std::move(kinds)) {}

  const std::vector<const Kind*>& all() const { return kinds_; }
  // The kind of a resource name such as `sources/S`; null for another collection, or a longer name.
  const Kind* Of(std::string_view name) const;
  // Their tables, that of the references, and those of the copy of areas.
  std::vector<store::Table> Tables() const;

 private:
  std::vector<const Kind*> kinds_;
};

// The migrations of a service with the tables `own`: those of its copy of areas and of the
// references come first.
std::vector<store::MigrationSeries> Migrations(const store::Migrations& own);

}  // namespace corridor::resources
