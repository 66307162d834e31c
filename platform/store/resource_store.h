// What the stores of all services have in common: readers and commits of resources, on the rows of
// a VersionedStore. A service declares the interfaces of its reader and writer, and writes both for
// SQL; the rest is here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "corridor/common/v1/position.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "platform/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// A read of the resources of one version: the base of a service's interface of reads. Used by one
// thread at a time.
class ResourceReader {
 public:
  virtual ~ResourceReader() = default;

  // Version 0 without a time in a store without commits.
  virtual common::v1::KnownVersion known_version() const = 0;
};

// The interface of a service's store. `WriterType` is one commit being made. Thread-safe. Errors of
// its methods: those of VersionedStore.
template <typename ReaderType, typename WriterType>
class ResourceStore {
 public:
  using Reader = ReaderType;
  using Writer = WriterType;

  virtual ~ResourceStore() = default;

  // The service that the store is of, as positions name it: `memberstates`.
  virtual const std::string& service() const = 0;
  virtual const std::string& epoch() const = 0;
  virtual absl::StatusOr<std::unique_ptr<ReaderType>> ReadAt(const KnownAt& known_at,
                                                             absl::Time deadline) = 0;
  virtual absl::StatusOr<Commit> Write(const WriteContext& context, absl::Time deadline,
                                       absl::FunctionRef<absl::Status(WriterType&)> body) = 0;
};

// As contracts have the time of a commit, in microseconds.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// The version that `rows` is pinned to.
common::v1::KnownVersion KnownVersionOf(const Reader& rows);

// NOT_FOUND (PURGED, with the commit that purged it, where it was purged whole). Errors: also those
// of reading.
absl::Status NotFoundOf(Reader& rows, std::string_view name);

// The etag of a resource that was last written by the commit `from_version`. `epoch` tells apart
// what a restored store wrote under the same version.
std::string EtagOf(std::string_view epoch, int64_t from_version);

// Reads resources from rows: the base of a service's reader in SQL. `Interface` is its interface of
// reads, a ResourceReader.
template <typename Interface>
class RowReader : public Interface {
 public:
  // `rows` and `epoch`, which marks etags, must outlive this.
  RowReader(Reader& rows, const std::string& epoch) : rows_(rows), epoch_(epoch) {}
  RowReader(std::unique_ptr<Reader> rows, const std::string& epoch)
      : owned_(std::move(rows)), rows_(*owned_), epoch_(epoch) {}

  common::v1::KnownVersion known_version() const final { return KnownVersionOf(rows_); }

 protected:
  Reader& rows() const { return rows_; }
  const std::string& epoch() const { return epoch_; }
  // Empty for what will never be committed: its version will be another commit's.
  std::string Etag(int64_t from_version) const {
    if (rows_.is_trial() && from_version == rows_.version()) return {};
    return EtagOf(epoch_, from_version);
  }
  // NOT_FOUND for a resource that is not there as of this version, saying so where it was purged.
  absl::Status NotFound(std::string_view name) const { return NotFoundOf(rows_, name); }

 private:
  const std::unique_ptr<Reader> owned_;  // Empty when somebody else owns the rows.
  Reader& rows_;
  const std::string& epoch_;
};

// A service's store on SQL tables with known time. `Interface` is its ResourceStore. `SqlReader` is
// made from (std::unique_ptr<store::Reader>, const std::string& epoch), `SqlWriter` from
// (store::Writer&, const std::string& epoch). Thread-safe.
template <typename Interface, typename SqlReader, typename SqlWriter>
class SqlResourceStore final : public Interface {
 public:
  // `versions`, opened with the tables that reader and writer name, must outlive this and its
  // readers.
  SqlResourceStore(VersionedStore& versions, std::string service)
      : versions_(versions), service_(std::move(service)) {}

  const std::string& service() const override { return service_; }
  const std::string& epoch() const override { return versions_.epoch(); }

  absl::StatusOr<std::unique_ptr<typename Interface::Reader>> ReadAt(const KnownAt& known_at,
                                                                     absl::Time deadline) override {
    ASSIGN_OR_RETURN(auto rows, versions_.ReadAt(known_at, deadline));
    return std::make_unique<SqlReader>(std::move(rows), versions_.epoch());
  }

  absl::StatusOr<Commit> Write(
      const WriteContext& context, absl::Time deadline,
      absl::FunctionRef<absl::Status(typename Interface::Writer&)> body) override {
    return versions_.Write(context, deadline, [&](store::Writer& rows) {
      SqlWriter writer(rows, versions_.epoch());
      return body(writer);
    });
  }

 private:
  VersionedStore& versions_;
  const std::string service_;
};

}  // namespace corridor::store
