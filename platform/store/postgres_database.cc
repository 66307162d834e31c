#include "platform/store/postgres_database.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/status/status.h"
#include "platform/store/postgres_address.h"
#include "platform/store/postgres_connection.h"
#include "platform/store/postgres_pool.h"
#include "platform/store/postgres_sql.h"
#include "platform/store/turnstile.h"
#include "platform/text/fnv.h"

namespace corridor::store {
namespace {

constexpr int64_t kOldestServer = 150000;
constexpr char kBeginSnapshot[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// Each statement sees what the holder of the lock before committed.
constexpr char kBeginWrite[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
constexpr char kSetTimeout[] = "SELECT set_config('statement_timeout', ?1, TRUE)";
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(?1)";
// Answers are waited for when so much is queued: it is held on one side or the other until then.
constexpr size_t kMostQueued = 1000;
constexpr size_t kMostQueuedBytes = size_t{1} << 20;
// An entry of an index holds some 2,700.
constexpr size_t kSafeTextBytes = 2000;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// For kSetTimeout, in milliseconds; 0 is none.
std::string TimeoutUntil(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return "0";
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now()) + 1;
  return absl::StrCat(std::clamp<int64_t>(left, 1, std::numeric_limits<int32_t>::max()));
}

// Whether the server may refuse these texts: one with a NUL, or what is much for an index. (What
// is no UTF-8 does not come this far from a client.)
bool MayBeRefused(absl::Span<const Param> params) {
  size_t bytes = 0;
  for (const Param& param : params) {
    const auto* text = std::get_if<std::string_view>(&param);
    if (text == nullptr) continue;
    bytes += text->size();
    if (bytes > kSafeTextBytes || text->find('\0') != std::string_view::npos) return true;
  }
  return false;
}

// A transaction of either kind, on a connection that goes back to the pool.
class PostgresSession {
 public:
  PostgresSession(PostgresPool& pool, Turnstile::Pass pass,
                  std::unique_ptr<PostgresConnection> connection, absl::Time deadline)
      : pass_(std::move(pass)),
        pool_(pool),
        connection_(std::move(connection)),
        deadline_(deadline) {}
  PostgresSession(PostgresSession&&) = default;
  ~PostgresSession() {
    if (connection_ == nullptr) return;
    if (!is_committed_) connection_->Send("ROLLBACK");
    pool_.GiveBack(std::move(connection_));
  }

  // With the next statement: nothing is sent before.
  void Begin(const char* sql) {
    connection_->Queue(sql);
    const std::string timeout = TimeoutUntil(deadline_);
    connection_->Queue(kSetTimeout, {std::string_view(timeout)});
  }

  absl::StatusOr<PostgresResult> Run(std::string_view sql, absl::Span<const Param> params) {
    RETURN_IF_ERROR(over_);
    absl::StatusOr<PostgresResult> result = connection_->Run(sql, params, deadline_);
    if (!result.ok()) over_ = result.status();
    return result;
  }

  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) {
    ASSIGN_OR_RETURN(const PostgresResult result, Run(sql, params));
    return result.ForEach(each);
  }

  absl::Status Queue(std::string_view sql, absl::Span<const Param> params, OnTouched touched) {
    RETURN_IF_ERROR(over_);
    connection_->Queue(sql, params, std::move(touched));
    // A caller's mistake is told to that one, and not to a later one.
    if (MayBeRefused(params) || connection_->queued() >= kMostQueued ||
        connection_->queued_bytes() >= kMostQueuedBytes) {
      return Settle();
    }
    return absl::OkStatus();
  }

  absl::Status Settle() {
    RETURN_IF_ERROR(over_);
    if (connection_->queued() == 0) return absl::OkStatus();
    return over_ = connection_->Settle(deadline_).status();
  }

  absl::Status InsertRows(std::string_view table, absl::Span<const std::string> columns,
                          absl::Span<const Param> values) {
    RETURN_IF_ERROR(over_);
    return over_ = connection_->InsertRows(table, columns, values, deadline_);
  }

  absl::Status RunScript(std::string_view sql) {
    RETURN_IF_ERROR(over_);
    over_ = connection_->RunScript(PostgresScript(sql), deadline_);
    if (over_.ok() && !connection_->IsInTransaction()) {
      over_ = absl::InternalError("the script ended its transaction");
    }
    return over_;
  }

  absl::Status Commit() {
    RETURN_IF_ERROR(over_);
    // Interrupted, it would be acknowledged before a standby has it.
    connection_->Queue(kSetTimeout, {std::string_view("0")});
    const absl::StatusOr<PostgresResult> result = connection_->Run("COMMIT", {}, deadline_);
    if (result.ok() && result->Tag() == "COMMIT") {
      is_committed_ = true;
      over_ = absl::InternalError("the transaction is committed already");
      return absl::OkStatus();
    }
    if (result.ok()) return over_ = absl::InternalError("the transaction was rolled back");
    if (!connection_->IsBroken()) return over_ = result.status();
    return over_ = ErrorWithReason(
               absl::StatusCode::kUnavailable, "COMMIT_NOT_CONFIRMED",
               absl::StrCat("whether the commit was made is not known, which a repetition with the "
                            "same request_id finds out: ",
                            result.status().message()));
  }

 private:
  Turnstile::Pass pass_;  // Given back last.
  PostgresPool& pool_;
  std::unique_ptr<PostgresConnection> connection_;
  const absl::Time deadline_;
  absl::Status over_;  // Why nothing can be done any more; OK while open.
  bool is_committed_ = false;
};

class PostgresSnapshot final : public Snapshot {
 public:
  explicit PostgresSnapshot(PostgresSession session) : session_(std::move(session)) {}
  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    return session_.Query(sql, params, each);
  }

 private:
  PostgresSession session_;
};

class PostgresTransaction final : public Transaction {
 public:
  explicit PostgresTransaction(PostgresSession session) : session_(std::move(session)) {}
  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    return session_.Query(sql, params, each);
  }
  absl::StatusOr<int64_t> Execute(std::string_view sql, absl::Span<const Param> params) override {
    ASSIGN_OR_RETURN(const PostgresResult result, session_.Run(sql, params));
    return result.RowsTouched();
  }
  absl::Status Queue(std::string_view sql, absl::Span<const Param> params,
                     OnTouched touched) override {
    return session_.Queue(sql, params, std::move(touched));
  }
  absl::Status Settle() override { return session_.Settle(); }
  absl::Status InsertRows(std::string_view table, absl::Span<const std::string> columns,
                          absl::Span<const Param> values) override {
    return session_.InsertRows(table, columns, values);
  }
  absl::Status ExecuteScript(std::string_view sql) override { return session_.RunScript(sql); }
  absl::Status Commit() override { return session_.Commit(); }

 private:
  PostgresSession session_;
};

// Of the lock that a writer of the schema holds.
int64_t LockKey(std::string_view schema) { return static_cast<int64_t>(Fnv1a(schema)); }

// What every session begins with. A process that hangs within a transaction loses the writers' lock
// after a minute. The suite promises that what is acknowledged is not lost, so a
// server that is set to acknowledge before is told otherwise.
std::string BeginSession(const std::string& schema) {
  return absl::StrCat("SET search_path TO ", PostgresIdentifier(schema),
                      "; SET client_min_messages TO error; SET TimeZone TO 'UTC';"
                      " SET idle_in_transaction_session_timeout TO '60s';"
                      " SELECT set_config('synchronous_commit', 'on', FALSE)"
                      " WHERE current_setting('synchronous_commit') = 'off'");
}

absl::Status Ask(PostgresConnection& connection, std::string_view sql,
                 absl::Span<const Param> params, absl::Time deadline, EachRow each) {
  ASSIGN_OR_RETURN(const PostgresResult result, connection.Run(sql, params, deadline));
  return result.ForEach(each);
}

// That it is new enough, and compares texts by their bytes.
absl::Status CheckServer(PostgresConnection& connection, absl::Time deadline) {
  // A collation of another provider than libc is another one, whatever its name.
  constexpr char kSettings[] =
      "SELECT CAST(current_setting('server_version_num') AS BIGINT),"
      " current_setting('server_encoding'),"
      " CASE WHEN datlocprovider = 'c' THEN datcollate ELSE 'of ICU' END"
      " FROM pg_database WHERE datname = current_database()";
  constexpr std::array<std::string_view, 4> kByBytes = {"C", "POSIX", "C.UTF-8", "C.utf8"};
  return Ask(connection, kSettings, {}, deadline, [&](const Row& row) {
    if (row.Int(0) < kOldestServer) {
      return absl::FailedPreconditionError(absl::StrCat(
          "PostgreSQL ", kOldestServer / 10000, " or newer is needed; it is ", row.Int(0) / 10000));
    }
    const bool by_bytes =
        std::find(kByBytes.begin(), kByBytes.end(), row.Text(2)) != kByBytes.end();
    if (row.Text(1) == "UTF8" && by_bytes) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "the database has encoding ", View(row.Text(1)), " and collation ", View(row.Text(2)),
        "; make one by CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"));
  });
}

// Makes the schema unless it is there, and marks it as ours.
absl::Status EnsureSchema(PostgresConnection& connection, const std::string& schema,
                          absl::Time deadline) {
  bool is_ours = false;
  const auto look = [&](const Row& row) {
    is_ours = row.Int(0) != 0;
    if (is_ours || row.IsNull(1)) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "schema ", schema, " is another application's: it has a table ", View(row.Text(1))));
  };
  RETURN_IF_ERROR(Ask(connection,
                      "SELECT COALESCE(obj_description(n.oid, 'pg_namespace') = 'corridor', FALSE),"
                      " (SELECT min(tablename) FROM pg_tables WHERE schemaname = n.nspname)"
                      " FROM pg_namespace n WHERE n.nspname = ?1",
                      {std::string_view(schema)}, deadline, look));
  if (is_ours) return absl::OkStatus();
  const std::string name = PostgresIdentifier(schema);
  // One at a time: two at once would not find what the other made.
  return connection.RunScript(absl::StrCat("BEGIN; SELECT pg_advisory_xact_lock(", LockKey(schema),
                                           "); CREATE SCHEMA IF NOT EXISTS ", name,
                                           "; COMMENT ON SCHEMA ", name, " IS 'corridor'; COMMIT"),
                              deadline);
}

absl::Status LeftToPostgres(std::string_view what) {
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "LEFT_TO_POSTGRESQL", what);
}

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const PostgresAddress& address, const PostgresOptions& options)
      : options_(options),
        lock_key_(LockKey(options.schema)),
        pool_(address, BeginSession(options.schema)),
        read_turnstile_(options.max_snapshots) {}

  // Whether the server will do, and that it has the schema. Errors: as OpenPostgres.
  absl::Status Prepare(absl::Time deadline) {
    ASSIGN_OR_RETURN(auto connection, pool_.Take(deadline));
    RETURN_IF_ERROR(CheckServer(*connection, deadline));
    RETURN_IF_ERROR(EnsureSchema(*connection, options_.schema, deadline));
    pool_.GiveBack(std::move(connection));
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<Snapshot>> Read(absl::Time deadline) override {
    Turnstile::Pass pass = read_turnstile_.Enter(deadline);
    if (!pass) return absl::DeadlineExceededError("waited for other reads of the store");
    ASSIGN_OR_RETURN(auto connection, pool_.Take(deadline));
    PostgresSession session(pool_, std::move(pass), std::move(connection), deadline);
    session.Begin(kBeginSnapshot);
    return std::make_unique<PostgresSnapshot>(std::move(session));
  }

  absl::StatusOr<std::unique_ptr<Transaction>> Write(absl::Time deadline) override {
    // Those of this process wait here, without a connection each.
    Turnstile::Pass pass = write_turnstile_.Enter(deadline);
    if (!pass) return absl::DeadlineExceededError("waited for other writes to the store");
    ASSIGN_OR_RETURN(auto connection, pool_.Take(deadline));
    PostgresSession session(pool_, std::move(pass), std::move(connection), deadline);
    session.Begin(kBeginWrite);
    const absl::StatusOr<PostgresResult> locked = session.Run(kLock, {lock_key_});
    if (absl::IsDeadlineExceeded(locked.status())) {
      return absl::DeadlineExceededError("waited for other writes to the store");
    }
    RETURN_IF_ERROR(locked.status());
    return std::make_unique<PostgresTransaction>(std::move(session));
  }

  absl::Status CopyTo(const std::string& /*path*/, absl::Time /*deadline*/) override {
    return LeftToPostgres(
        "a store in PostgreSQL is backed up by pg_dump, or by archives of its log "
        "(point-in-time recovery)");
  }
  absl::Status Scrub(absl::Time /*deadline*/) override {
    return LeftToPostgres(
        "PostgreSQL keeps the bytes of rows that are gone until VACUUM FULL rewrites the tables, "
        "and in its log, standbys and backups until those are replaced");
  }
  std::string_view row_id() const override { return {}; }
  bool is_remote() const override { return true; }

 private:
  const PostgresOptions options_;
  const int64_t lock_key_;
  PostgresPool pool_;
  Turnstile read_turnstile_;
  Turnstile write_turnstile_{1};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       const PostgresOptions& options,
                                                       absl::Time deadline) {
  ASSIGN_OR_RETURN(const PostgresAddress address, PostgresAddress::Parse(conninfo));
  auto database = std::make_unique<PostgresDatabase>(address, options);
  if (const absl::Status prepared = database->Prepare(deadline); !prepared.ok()) {
    // Failed logins name the server that failed.
    if (absl::StartsWith(prepared.message(), "postgresql:")) return prepared;
    return absl::Status(prepared.code(),
                        absl::StrCat(address.servers().front().name, ": ", prepared.message()));
  }
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       const std::string& schema,
                                                       absl::Time deadline) {
  return OpenPostgres(conninfo, PostgresOptions{.schema = schema}, deadline);
}

}  // namespace corridor::store
