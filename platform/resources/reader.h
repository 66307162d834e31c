// Resources of every kind in rows: read as of one version, written as part of one commit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "platform/request/reading.h"
#include "platform/resources/kind.h"
#include "platform/store/resource_store.h"
#include "platform/store/versioned_store.h"

namespace corridor::resources {

inline const store::Table kReferences = {
    "resource_references", {"resource", "relation", "target"}, {}};

// What rows must have in a column.
struct Condition {
  enum class Test { kAnyOf, kAtMost, kAtLeast };
  std::string column;
  Test test = Test::kAnyOf;
  std::vector<FilterValue> values;  // One for kAtMost and kAtLeast.
};

// What resources must name: one of `targets`, as one of `relations`, or in any way when those are
// empty.
struct RefersTo {
  std::vector<std::string> targets;
  std::vector<std::string> relations = {};
};

struct Query {
  std::string filter = {};
  std::vector<Condition> conditions = {};
  std::vector<RefersTo> refers_to = {};
  Slice slice = {};  // By id.
};

// A read of one version. Resources come with their etag. Used by one thread at a time. Errors of
// all methods: DEADLINE_EXCEEDED, UNAVAILABLE (safe to retry), DATA_LOSS, INTERNAL.
class Reader : public store::RowReader<store::ResourceReader> {
 public:
  using RowReader::epoch;
  using RowReader::Etag;
  using RowReader::RowReader;
  using RowReader::rows;

  // Errors: NOT_FOUND.
  absl::Status Get(const Kind& kind, std::string_view id, google::protobuf::Message& resource);
  // In order of id. Errors: INVALID_ARGUMENT naming `filter`.
  template <typename Resource>
  absl::StatusOr<std::vector<Resource>> List(const Kind& kind, const Query& query) {
    std::vector<Resource> resources;
    RETURN_IF_ERROR(List(kind, query,
                         [&]() -> google::protobuf::Message& { return resources.emplace_back(); }));
    return resources;
  }
  absl::StatusOr<bool> Has(const Kind& kind, std::string_view id);
  // Errors: NOT_FOUND.
  absl::StatusOr<std::string> EtagOf(const Kind& kind, std::string_view id);
  // The name of some resource that names `name`, other than itself; empty when none does.
  absl::StatusOr<std::string> FindUse(std::string_view name);

 private:
  absl::Status List(const Kind& kind, const Query& query,
                    absl::FunctionRef<google::protobuf::Message&()> add);
};

// One commit being made. Resources are put whole; what is output only is not kept.
class Writer {
 public:
  // Both must outlive this.
  Writer(store::Writer& rows, const std::string& epoch) : rows_(rows), reader_(rows, epoch) {}

  // What was committed before, and what this commit wrote.
  Reader& reader() { return reader_; }
  store::Writer& rows() { return rows_; }

  absl::Status Put(const Kind& kind, const google::protobuf::Message& resource);
  // Errors: NOT_FOUND.
  absl::Status Delete(const Kind& kind, std::string_view id);
  // Makes `references` all that `resource` names.
  absl::Status PutReferences(const std::string& resource, const std::vector<Reference>& references);

 private:
  store::Writer& rows_;
  Reader reader_;
};

using Store = store::ResourceStore<Reader, Writer>;
using SqlStore = store::SqlResourceStore<Store, Reader, Writer>;

}  // namespace corridor::resources
