// A relational database, as far as Corridor needs one: snapshots to read, one transaction at a time
// to write. Implemented by sqlite_database.cc and postgres_database.cc: the SQL is one for both, of
// types INTEGER (64 bits), TEXT (compared by its bytes) and BLOB.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace corridor::store {

// Bytes, as opposed to text.
struct Blob {
  std::string_view bytes;
};

// A value bound to `?1`, `?2`, … of a statement. Views must live until the call returns. monostate
// is NULL.
using Param = std::variant<std::monostate, int64_t, std::string_view, Blob>;

// One row of a result. Views live until the callback that got the row returns.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int(int column) const = 0;            // 0 for NULL.
  virtual std::string_view Text(int column) const = 0;  // Empty for NULL. Blobs too.
};

// Called for each row; an error other than CANCELLED ends the query and is returned. CANCELLED ends
// it with OK.
using EachRow = absl::FunctionRef<absl::Status(const Row&)>;

// A consistent view of the database, of what was committed when it was opened or, at the latest,
// first asked. Used by one thread at a time. Ends when destroyed.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  // Runs one SELECT. `sql` is prepared once per connection, so its text should not vary with
  // values. Errors: DEADLINE_EXCEEDED (the deadline the snapshot was opened with), UNAVAILABLE
  // (safe to retry), DATA_LOSS (a damaged file), INTERNAL (a mistake in the SQL), INVALID_ARGUMENT
  // (a text that the engine cannot hold). After one other than that of `each` nothing more can be
  // asked.
  virtual absl::Status Query(std::string_view sql, absl::Span<const Param> params,
                             EachRow each) = 0;
};

// Called with the number of rows that a queued statement touched. Must not use its transaction.
using OnTouched = std::function<void(int64_t rows)>;

// A write. Rolled back unless Commit() returned OK.
class Transaction : public Snapshot {
 public:
  // Runs one INSERT, UPDATE or DELETE; answers the number of rows touched.
  // Errors: as Query, ALREADY_EXISTS (a key), FAILED_PRECONDITION (a foreign key),
  // RESOURCE_EXHAUSTED (disk full).
  virtual absl::StatusOr<int64_t> Execute(std::string_view sql, absl::Span<const Param> params) = 0;
  // As Execute, for what nothing waits for: it runs in the order of the calls, and `touched`, if
  // any, is called, in that order too, before the next call of Settle, of another method but this,
  // or, when much is queued, of this one returns. That call has its error, at the latest; after it
  // nothing more can be done, and no `touched` of what came later is called. None is called once
  // the transaction is destroyed. A client's text that the engine cannot hold is refused at once.
  virtual absl::Status Queue(std::string_view sql, absl::Span<const Param> params,
                             OnTouched touched = nullptr) = 0;
  // Waits until all that is queued is answered. Errors: theirs.
  virtual absl::Status Settle() = 0;
  // Inserts rows, the fastest way: `values` has one for each of `columns`, row by row, of the type
  // that the column is declared with, or NULL. After an error nothing more can be done. Errors: as
  // Execute.
  virtual absl::Status InsertRows(std::string_view table, absl::Span<const std::string> columns,
                                  absl::Span<const Param> values) = 0;
  // Runs statements without parameters, e.g. a migration.
  virtual absl::Status ExecuteScript(std::string_view sql) = 0;
  // Makes the write durable. Errors: RESOURCE_EXHAUSTED (disk full), UNAVAILABLE (it may have been
  // made: COMMIT_NOT_CONFIRMED), those of what is queued.
  virtual absl::Status Commit() = 0;
};

// Thread-safe. Outlives its snapshots and transactions. A thread that holds a snapshot should not
// open another one: their number is bounded.
class Database {
 public:
  virtual ~Database() = default;
  // Errors: DEADLINE_EXCEEDED, UNAVAILABLE (safe to retry).
  virtual absl::StatusOr<std::unique_ptr<Snapshot>> Read(absl::Time deadline) = 0;
  // The only transaction at this time, of all processes on the database: waits for others until
  // `deadline`, then DEADLINE_EXCEEDED. Errors: also UNAVAILABLE (safe to retry).
  virtual absl::StatusOr<std::unique_ptr<Transaction>> Write(absl::Time deadline) = 0;
  // Makes `path`, where there is no file, a consistent copy of what is committed now, while others
  // read and write. Errors: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (disk full), FAILED_PRECONDITION
  // (there is a file; the folder cannot be written; LEFT_TO_POSTGRESQL: it is the operators' to
  // copy). Leaves no file on error.
  virtual absl::Status CopyTo(const std::string& path, absl::Time deadline) = 0;
  // Waits until the files hold no bytes of rows that are deleted or replaced; writers wait
  // meanwhile. Errors: UNAVAILABLE (a reader of an earlier state did not end by `deadline`: it is
  // done when that ends), FAILED_PRECONDITION (LEFT_TO_POSTGRESQL: the engine cannot promise it).
  virtual absl::Status Scrub(absl::Time deadline) = 0;

  // The column that every row of a table has beside its own, by which it is found fastest; empty
  // for none.
  virtual std::string_view row_id() const = 0;
  // Whether its calls wait for another process, so that they must not be made on a thread that
  // others need.
  virtual bool is_remote() const = 0;
};

}  // namespace corridor::store
