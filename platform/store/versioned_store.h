// Known time: every write is one commit with a version, every row keeps its history, every read is
// pinned to a version. On top of any Database; thread-safe. See docs/decisions/ for why current and
// history are two tables.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/embedded_file.h"
#include "platform/store/database.h"

namespace corridor::store {

// One versioned resource table. Its schema file declares `<name>` (key, columns, from_version;
// PRIMARY KEY(key)) and `<name>_history` (key, columns, from_version, to_version; PRIMARY KEY(key,
// from_version)). No triggers and no cascades on them: history would not know of it.
struct Table {
  std::string name;
  std::vector<std::string> key;      // Key columns, NOT NULL.
  std::vector<std::string> columns;  // The other columns.
};

// One migration and up: `NNNN_name.sql`, numbered from 0001, applied in order, each once, each in
// one transaction. The first line is `-- oldest binary: <number>`: the lowest
// newest-migration-number that a binary must have to run on it.
using Migrations = std::vector<EmbeddedFile>;

// Migrations that are numbered by themselves, under a name that a database remembers them by. The
// series `platform`, the tables of commits, is the store's own.
struct MigrationSeries {
  std::string name;
  Migrations migrations;
};
// Name of the series of a service's own tables.
inline constexpr char kServiceSeries[] = "service";

// What to do with the schema when opening.
enum class Migrate {
  kAuto,   // Apply what is missing, then serve.
  kOnly,   // Apply what is missing; the caller then exits.
  kCheck,  // Apply nothing; FAILED_PRECONDITION when something is missing.
};

// Who writes, and why.
struct WriteContext {
  std::string actor = {};
  std::string reason = {};
  std::string method = {};        // Full method name, part of the idempotency key.
  std::string request_id = {};    // Empty: not idempotent.
  std::string payload_hash = {};  // Of the request without request_id.
  bool validate_only = false;     // Run the body, record nothing.
};

// One commit, as recorded.
struct Commit {
  int64_t version = 0;
  absl::Time time = {};
  std::string actor = {};
  std::string reason = {};
  std::string request_id = {};
  // In the order of their first touch; empty and `resources_omitted` above kMaxResourcesPerCommit.
  std::vector<std::string> resources = {};
  // Sorted, whatever the parents: `areas`, `organisations/-/memberships`.
  std::vector<std::string> collections = {};
  bool resources_omitted = false;
  bool purge = false;  // It erased content of `resources` from all versions.
};
inline constexpr int kMaxResourcesPerCommit = 1000;

// The collection of a resource as a commit has it: `areas` of `areas/ARM`,
// `organisations/-/memberships` of `organisations/IOM/memberships/ARM`. As many as there are kinds
// of resources, however many parents.
std::string CollectionOf(std::string_view resource);

// Which version a read wants: the head, a version, or the last version at or before a time.
using KnownAt = std::variant<std::monostate, int64_t, absl::Time>;

// The rows of one resource in a table: those with these values in columns of the key.
struct RowsOf {
  Table table;
  std::vector<std::pair<std::string, std::string>> key;  // Column and value; texts.
};

// What to erase of a resource.
struct PurgeOf {
  std::string resource;
  // Rows of its history; of the first table, `body` is its content.
  std::vector<RowsOf> rows;
  // The fields that go, and how they go from a body; none: all rows go.
  std::vector<std::string> fields = {};
  std::function<absl::StatusOr<std::string>(std::string_view body)> without_fields = {};
};

// What was erased of a resource.
struct Purged {
  std::string resource;
  Commit commit = {};
  std::vector<std::string> fields = {};  // Empty: everything.
  std::vector<int64_t> versions = {};    // That went, in order.
};

// UNAVAILABLE (VERSION_NOT_REACHED): another replica may have it, or this one in a moment.
absl::Status VersionNotReached(int64_t version, int64_t head);
// The version that such an error asked for; 0 for another one.
int64_t VersionNotReachedOf(const absl::Status& status);

// A read pinned to one version, from one snapshot. Used by one thread at a time.
class Reader {
 public:
  virtual ~Reader() = default;
  // Runs one SELECT. `{table}` in `sql` stands for the rows of a versioned table as of this
  // reader's version (key and columns and from_version): the current table itself at the head, else
  // current united with history. It is called `table` in the rest of `sql` unless an alias follows.
  // `?N` are numbered from 1 and all given: the version bound takes the next number.
  // Select the columns that you order by: at an older version it saves a sort of all rows.
  virtual absl::Status Query(std::string_view sql, absl::Span<const Param> params,
                             EachRow each) = 0;
  // The version read, and when it was recorded. 0 and the infinite past in a store without commits.
  virtual int64_t version() const = 0;
  virtual absl::Time commit_time() const = 0;
  // Whether what version() wrote will never be committed (WriteContext::validate_only).
  virtual bool is_trial() const { return false; }
};

// The body of one commit. Reads what was committed before, and what this commit wrote; version()
// and commit_time() are those of the commit to be. An error of Put or Delete other than NOT_FOUND
// is also that of the commit.
class Writer : public Reader {
 public:
  // Inserts or replaces the row with this key; `values` are key then columns, as in `table`.
  // `resource` is the name of the resource it belongs to, e.g. `areas/ARM`, for the change feed.
  // A row that is so already is not written: it keeps its from_version. Where the store is remote a
  // failure that is no mistake of a client's may be told by a later call or by the commit only.
  virtual absl::Status Put(const Table& table, absl::Span<const Param> values,
                           std::string_view resource) = 0;
  // Deletes the row with this key. NOT_FOUND when there is none.
  virtual absl::Status Delete(const Table& table, absl::Span<const Param> key,
                              std::string_view resource) = 0;
  // Erases from what was committed before: it cannot be read any more, as of any version. What is
  // current stays as it is, so delete or put it before. Answers the versions that were erased or
  // rewritten. One a resource.
  virtual absl::StatusOr<std::vector<int64_t>> Purge(const PurgeOf& purge) = 0;
};

// Outlives its readers.
class VersionedStore {
 public:
  virtual ~VersionedStore() = default;

  // Opens the store on `database`, after migrating: `series` in order, after the store's own. `now`
  // is the wall clock. `tables` are all that readers may name. Errors: FAILED_PRECONDITION (the
  // schema is newer than this binary may run on, or kCheck found it older), DATA_LOSS (the schema
  // is not as its migrations say).
  static absl::StatusOr<std::unique_ptr<VersionedStore>> Open(
      std::unique_ptr<Database> database, const std::vector<MigrationSeries>& series,
      Migrate migrate, const std::vector<Table>& tables, std::function<absl::Time()> now);

  // Random id of this store, 16 hex digits.
  virtual const std::string& epoch() const = 0;

  // Records what `body` writes as one commit; nothing when it fails, writes nothing or is only to
  // be validated (then the version is the head's). A repeated (actor, method, request_id) with the
  // same payload does not run `body` and answers as the first did; with another payload it is
  // ALREADY_EXISTS; not so when validating. Commit time is max(now, previous + 1 µs). Errors: those
  // of `body`, DEADLINE_EXCEEDED (writers' lock), RESOURCE_EXHAUSTED (disk full), UNAVAILABLE.
  virtual absl::StatusOr<Commit> Write(const WriteContext& context, absl::Time deadline,
                                       absl::FunctionRef<absl::Status(Writer&)> body) = 0;

  // Opens a reader. Errors: OUT_OF_RANGE (before the first commit, naming its version and time; a
  // time in the future), UNAVAILABLE (a version not yet reached, naming the head).
  virtual absl::StatusOr<std::unique_ptr<Reader>> ReadAt(const KnownAt& known_at,
                                                         absl::Time deadline) = 0;

  // The last version; 0 before the first commit.
  virtual absl::StatusOr<int64_t> Head(absl::Time deadline) = 0;

  // Commits after `since`, in order, at most `limit`.
  virtual absl::StatusOr<std::vector<Commit>> CommitsAfter(int64_t since, int limit,
                                                           absl::Time deadline) = 0;

  // Versions at which a resource was written or deleted, up to the reader's, in order, by its
  // `rows`. Purged ones are not among them.
  static absl::StatusOr<std::vector<int64_t>> VersionsOf(Reader& reader,
                                                         absl::Span<const RowsOf> rows);
  // What was purged of a resource, last first.
  static absl::StatusOr<std::vector<Purged>> PurgesOf(Reader& reader, std::string_view resource);

  // Makes `path` a consistent copy of the store as it is now, while it serves. Errors: as
  // Database::CopyTo.
  virtual absl::Status CopyTo(const std::string& path, absl::Time deadline) = 0;
  // Waits until what was deleted or purged is gone from the files. Errors: UNAVAILABLE (readers of
  // an earlier state did not end in time), FAILED_PRECONDITION (as Database::Scrub).
  virtual absl::Status Scrub(absl::Time deadline) = 0;

  // `call` is called once, on any thread, when the store turns out to have another epoch by now:
  // everything fails as UNAVAILABLE (STORE_REPLACED) from then on, and only a process that begins
  // anew can serve it. Before the first call of anything else.
  virtual void OnReplaced(std::function<void()> call) = 0;

  // As Database::is_remote.
  virtual bool is_remote() const = 0;
};

// Gives the store in `database` another epoch, so that no position of the one that it was copied
// from is taken for its own. Before Open. Errors: FAILED_PRECONDITION (it holds no store).
absl::Status RenewEpoch(Database& database);

}  // namespace corridor::store
