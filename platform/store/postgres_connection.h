// One session of PostgreSQL: statements are prepared once, sent many at a time, and never waited
// for longer than a deadline, even when the server has stopped answering.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/store/database.h"
#include "platform/store/postgres_address.h"

struct pg_conn;
struct pg_result;

namespace corridor::store {

// What a statement answered.
class PostgresResult {
 public:
  PostgresResult() = default;
  // Takes over `result`.
  explicit PostgresResult(pg_result* result) : result_(result) {}
  // Calls `each` as Snapshot::Query.
  absl::Status ForEach(EachRow each) const;
  int64_t RowsTouched() const;
  // Whether the column is of the type that `value` is sent as; so is every one for NULL.
  bool Holds(int column, const Param& value) const;
  // What was done: `COMMIT`, `ROLLBACK`.
  std::string_view Tag() const;

 private:
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

// Used by one thread at a time.
class PostgresConnection {
 public:
  // Logs in to the first of the servers that will do, beginning with the one at `server`, which
  // becomes that one. Errors: FAILED_PRECONDITION (no server lets us, and trying again does not
  // help), UNAVAILABLE, DEADLINE_EXCEEDED.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const PostgresAddress& address,
                                                                  absl::Time deadline,
                                                                  size_t& server);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Adds a statement to what is sent with the next Run, Settle or Send, or as it becomes much. Its
  // rows are dropped; `touched`, if any, is called when it is answered. Its failure is that of the
  // call that takes its answer.
  void Queue(std::string_view sql, absl::Span<const Param> params = {},
             OnTouched touched = nullptr);
  // Statements since the last of these calls, and bytes of their parameters.
  size_t queued() const { return queued_; }
  size_t queued_bytes() const { return queued_bytes_; }
  // Runs what is queued; answers what the last statement did. After an error nothing more of a
  // transaction can be done. Errors: as database.h has them, of the first that failed;
  // DEADLINE_EXCEEDED also when there was no answer.
  absl::StatusOr<PostgresResult> Settle(absl::Time deadline);
  // Runs what is queued, then `sql`. Errors: as Settle.
  absl::StatusOr<PostgresResult> Run(std::string_view sql, absl::Span<const Param> params,
                                     absl::Time deadline);
  // Runs what is queued, then statements without parameters, written for PostgreSQL. Outside a
  // transaction they are one.
  absl::Status RunScript(const std::string& script, absl::Time deadline);
  // As Transaction::InsertRows, by COPY. Errors: also INTERNAL (a value is of another type than its
  // column).
  absl::Status InsertRows(std::string_view table, absl::Span<const std::string> columns,
                          absl::Span<const Param> values, absl::Time deadline);
  // Sends `sql`, which runs whatever becomes of what is queued, and leaves all answers to the next
  // Run; no `touched` is called for them.
  void Send(std::string_view sql);

  // As of the last answer.
  bool IsInTransaction() const;
  // Whether it is of no more use. An idle one is, when the server has gone meanwhile.
  bool IsBroken();

 private:
  explicit PostgresConnection(pg_conn* connection) : connection_(connection) {}

  absl::Status LogIn(absl::Time deadline);
  // Waits until something can be read, or written where `or_write`.
  absl::Status Wait(bool or_write, absl::Time deadline);
  absl::Status Flush(absl::Time deadline);
  // The next of libpq's results, null between commands.
  absl::StatusOr<pg_result*> Next(absl::Time deadline);
  // Ends a batch: a failure skips the rest of its own only.
  void Sync();
  // Takes answers until none is owed; those after the last Send count.
  absl::StatusOr<PostgresResult> TakeAnswers(absl::Time deadline);
  // Sends statements without parameters outside the pipeline, in which COPY is not allowed.
  absl::Status SendSimply(const std::string& sql, absl::Time deadline);
  // Takes its answers until there are no more, or the server waits for rows.
  absl::Status TakeSimpleAnswers(std::string_view sql, absl::Time deadline);
  absl::Status SendRows(size_t columns, absl::Span<const Param> values, absl::Time deadline);
  absl::Status SendCopyData(std::string_view bytes, absl::Time deadline);
  // Answers `after`, what was done before.
  absl::Status EnterPipeline(const absl::Status& after);
  absl::Status FailureOf(const pg_result* result, std::string_view sql);
  // That the connection is lost, and why.
  absl::Status Lost();

  pg_conn* const connection_;
  absl::flat_hash_map<std::string, std::string> prepared_;  // Name by text and types.
  std::vector<std::string> preparing_;  // Keys of prepared_ that the server has not confirmed.
  int64_t statements_ = 0;              // Prepared so far.
  // Commands that are not answered, in order: statements, and what prepares them.
  struct Asked {
    std::string sql;
    OnTouched touched;
  };
  std::deque<Asked> asked_;
  size_t queued_ = 0;
  size_t queued_bytes_ = 0;
  int owed_syncs_ = 0;  // Batches that are not answered.
  bool broken_ = false;
};

}  // namespace corridor::store
