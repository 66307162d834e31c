#include "platform/store/sqlite_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "platform/status/status.h"
#include "platform/store/lock_file.h"
#include "platform/store/sqlite_file_check.h"
#include "platform/store/turnstile.h"

namespace corridor::store {
namespace {

constexpr size_t kMaxCachedStatements = 256;
constexpr int kStepsBetweenDeadlineChecks = 1000;
constexpr int kApplicationId = 0x434F5252;  // "CORR"

// The log is copied into the database every so many pages as far as readers allow; at the larger
// mark writers wait for readers to move on, so that steady overlapping reads cannot let it grow for
// ever.
constexpr int kLogPagesBetweenCheckpoints = 1000;
constexpr int kLogPagesAtMost = 16'000;
constexpr absl::Duration kLongestWaitForReaders = absl::Milliseconds(250);
constexpr absl::Duration kScrubBesideAReader = absl::Milliseconds(20);
constexpr int64_t kLogBytesKept = int64_t{64} << 20;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status DeadlinePassed() {
  return absl::DeadlineExceededError("the deadline passed while the store was asked");
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int64_t Int(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override {
    const void* data = sqlite3_column_type(statement_, column) == SQLITE_BLOB
                           ? sqlite3_column_blob(statement_, column)
                           : sqlite3_column_text(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const char*>(data), static_cast<size_t>(size)};
  }

 private:
  sqlite3_stmt* statement_;
};

struct Binder {
  sqlite3_stmt* statement;
  int number;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, number); }
  int operator()(int64_t value) const { return sqlite3_bind_int64(statement, number, value); }
  // A null pointer would bind NULL where an empty text is meant.
  int operator()(std::string_view text) const {
    return sqlite3_bind_text64(statement, number, text.data() == nullptr ? "" : text.data(),
                               text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Blob blob) const {
    return sqlite3_bind_blob64(statement, number,
                               blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                               blob.bytes.size(), SQLITE_STATIC);
  }
};

// One SQLite connection and its prepared statements. Used by one thread at a time.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path, int flags);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    statements_.clear();
    sqlite3_close(db_);
  }

  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }

  // Runs one statement. Errors: those of Snapshot and Transaction.
  absl::Status Run(std::string_view sql, absl::Span<const Param> params, EachRow each);
  absl::Status Run(std::string_view sql) {
    return Run(sql, {}, [](const Row&) { return absl::OkStatus(); });
  }
  absl::Status RunScript(std::string_view sql);
  // First column of the first row of `sql`, empty when there is none.
  absl::StatusOr<std::string> Ask(std::string_view sql);

  int64_t RowsTouched() const { return sqlite3_changes64(db_); }
  bool InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }
  void KeepLogShort();
  // Moves the log into the database and empties it. Errors: UNAVAILABLE (a reader is in the way).
  absl::Status EmptyLog(absl::Time deadline);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> prepared;
    bool in_use = false;
  };
  // A statement for one run, made ready for the next one at the end.
  struct Lease {
    explicit Lease(Statement* cached) : statement(cached) { statement->in_use = true; }
    Lease(Lease&& other) noexcept
        : own(std::move(other.own)), statement(std::exchange(other.statement, nullptr)) {}
    ~Lease() {
      if (statement == nullptr) return;
      sqlite3_reset(statement->prepared.get());
      statement->in_use = false;
    }
    std::unique_ptr<Statement>
        own;  // When the cached one is already running, further up the stack.
    Statement* statement;
  };

  Connection() = default;
  absl::StatusOr<Lease> Prepare(std::string_view sql);
  absl::Status Failure(int code, std::string_view sql) const;

  static int OnProgress(void* self) {
    return absl::Now() >= static_cast<Connection*>(self)->deadline_ ? 1 : 0;
  }
  static int OnBusy(void* self, int) {
    if (absl::Now() >= static_cast<Connection*>(self)->deadline_) return 0;
    absl::SleepFor(absl::Milliseconds(1));
    return 1;
  }
  static int OnLogWritten(void* self, sqlite3*, const char*, int pages) {
    static_cast<Connection*>(self)->log_pages_ = pages;
    return SQLITE_OK;
  }

  sqlite3* db_ = nullptr;
  absl::Time deadline_ = absl::InfiniteFuture();
  absl::node_hash_map<std::string, Statement> statements_;
  int log_pages_ = 0;
  int log_pages_at_checkpoint_ = 0;
};

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path, int flags) {
  std::unique_ptr<Connection> connection(new Connection);
  const int code = sqlite3_open_v2(
      path.c_str(), &connection->db_,
      flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) return connection->Failure(code, "open");
  sqlite3_progress_handler(connection->db_, kStepsBetweenDeadlineChecks, OnProgress,
                           connection.get());
  sqlite3_busy_handler(connection->db_, OnBusy, connection.get());
  RETURN_IF_ERROR(connection->RunScript(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
      "PRAGMA cache_size = -8000;"));
  sqlite3_wal_hook(connection->db_, OnLogWritten, connection.get());
  return connection;
}

absl::Status Connection::Failure(int code, std::string_view sql) const {
  const std::string why = sqlite3_errmsg(db_);
  const int system_error = sqlite3_system_errno(db_);
  const bool file_trouble = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
  if ((code & 0xFF) == SQLITE_FULL ||
      (file_trouble && (system_error == ENOSPC || system_error == EDQUOT))) {
    return ErrorWithReason(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                           "the disk that holds the store is full");
  }
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return absl::AlreadyExistsError(why);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return absl::FailedPreconditionError(why);
    default:
      break;
  }
  switch (code & 0xFF) {
    case SQLITE_INTERRUPT:
      return DeadlinePassed();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (absl::Now() >= deadline_) return DeadlinePassed();
      return absl::UnavailableError(absl::StrCat("the store is busy: ", why));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(absl::StrCat("the store is damaged: ", why));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError("the store is out of memory");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return absl::FailedPreconditionError(
          absl::StrCat("the store cannot be opened or written: ", why));
    case SQLITE_IOERR:
      return absl::UnavailableError(absl::StrCat("the store's disk failed: ", why));
    default:
      return absl::InternalError(absl::StrCat(why, " in: ", View(sql.substr(0, 300))));
  }
}

absl::StatusOr<Connection::Lease> Connection::Prepare(std::string_view sql) {
  const auto found = statements_.find(View(sql));
  if (found != statements_.end() && !found->second.in_use) return Lease(&found->second);

  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
  std::unique_ptr<sqlite3_stmt, Finalize> owned(prepared);
  if (code != SQLITE_OK) return Failure(code, sql);
  const std::string_view tail = sql.substr(static_cast<size_t>(rest - sql.data()));
  if (prepared == nullptr || tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return absl::InternalError(absl::StrCat("not one statement: ", View(sql.substr(0, 300))));
  }
  if (found != statements_.end()) {
    auto own = std::make_unique<Statement>();
    own->prepared = std::move(owned);
    Lease lease(own.get());
    lease.own = std::move(own);
    return lease;
  }
  if (statements_.size() >= kMaxCachedStatements) {
    absl::erase_if(statements_, [](const auto& entry) { return !entry.second.in_use; });
  }
  Statement& cached = statements_[std::string(sql)];
  cached.prepared = std::move(owned);
  return Lease(&cached);
}

absl::Status Connection::Run(std::string_view sql, absl::Span<const Param> params, EachRow each) {
  if (absl::Now() >= deadline_) return DeadlinePassed();
  absl::StatusOr<Lease> lease = Prepare(sql);
  if (!lease.ok()) return lease.status();
  sqlite3_stmt* statement = lease->statement->prepared.get();
  const auto expected = static_cast<size_t>(sqlite3_bind_parameter_count(statement));
  if (params.size() != expected) {
    return absl::InternalError(absl::StrCat(params.size(), " parameters given for ", expected,
                                            " in: ", View(sql.substr(0, 300))));
  }
  for (size_t i = 0; i < params.size(); ++i) {
    const int code = std::visit(Binder{statement, static_cast<int>(i) + 1}, params[i]);
    if (code != SQLITE_OK) return Failure(code, sql);
  }
  const SqliteRow row(statement);
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return absl::OkStatus();
    if (code != SQLITE_ROW) return Failure(code, sql);
    absl::Status wanted = each(row);
    if (absl::IsCancelled(wanted)) return absl::OkStatus();
    if (!wanted.ok()) return wanted;
  }
}

absl::Status Connection::RunScript(std::string_view sql) {
  if (absl::Now() >= deadline_) return DeadlinePassed();
  const int code = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code, sql);
}

absl::StatusOr<std::string> Connection::Ask(std::string_view sql) {
  std::string answer;
  RETURN_IF_ERROR(Run(sql, {}, [&](const Row& row) {
    answer = std::string(row.Text(0));
    return absl::CancelledError();
  }));
  return answer;
}

// Failures are not the commit's: it is durable in the log, and the next one tries again.
void Connection::KeepLogShort() {
  if (log_pages_ < log_pages_at_checkpoint_) log_pages_at_checkpoint_ = 0;
  if (log_pages_ - log_pages_at_checkpoint_ < kLogPagesBetweenCheckpoints) return;
  log_pages_at_checkpoint_ = log_pages_;
  const bool too_long = log_pages_ >= kLogPagesAtMost;
  deadline_ = absl::Now() + kLongestWaitForReaders;
  sqlite3_wal_checkpoint_v2(db_, nullptr,
                            too_long ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                            nullptr, nullptr);
}

absl::Status Connection::EmptyLog(absl::Time deadline) {
  deadline_ = deadline;
  const int code =
      sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  if ((code & 0xFF) != SQLITE_BUSY) return Failure(code, "checkpoint");
  return absl::UnavailableError("a reader of an earlier state is still open");
}

absl::Status CheckNoFile(const std::string& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(path, " is there already"));
}

class SqliteDatabase;

class SqliteSnapshot final : public Snapshot {
 public:
  SqliteSnapshot(SqliteDatabase& database, Turnstile::Pass pass,
                 std::unique_ptr<Connection> connection)
      : pass_(std::move(pass)), database_(database), connection_(std::move(connection)) {}
  ~SqliteSnapshot() override;
  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    return connection_->Run(sql, params, each);
  }

 private:
  Turnstile::Pass pass_;  // Given back last.
  SqliteDatabase& database_;
  std::unique_ptr<Connection> connection_;
};

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteDatabase& database, Turnstile::Pass pass,
                    std::unique_ptr<Connection> connection)
      : pass_(std::move(pass)), database_(database), connection_(std::move(connection)) {}
  ~SqliteTransaction() override;

  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    RETURN_IF_ERROR(over_);
    return Noted(connection_->Run(sql, params, each));
  }
  absl::StatusOr<int64_t> Execute(std::string_view sql, absl::Span<const Param> params) override {
    RETURN_IF_ERROR(over_);
    RETURN_IF_ERROR(
        Noted(connection_->Run(sql, params, [](const Row&) { return absl::OkStatus(); })));
    return connection_->RowsTouched();
  }
  // At once: no way to another process is saved by waiting.
  absl::Status Queue(std::string_view sql, absl::Span<const Param> params,
                     OnTouched touched) override {
    RETURN_IF_ERROR(over_);
    const absl::StatusOr<int64_t> rows = Execute(sql, params);
    if (!rows.ok()) return over_ = rows.status();
    if (touched) touched(*rows);
    return absl::OkStatus();
  }
  absl::Status Settle() override { return over_; }
  absl::Status InsertRows(std::string_view table, absl::Span<const std::string> columns,
                          absl::Span<const Param> values) override;
  absl::Status ExecuteScript(std::string_view sql) override {
    RETURN_IF_ERROR(over_);
    absl::Status status = connection_->RunScript(sql);
    if (status.ok() && !connection_->InTransaction()) {
      status = absl::InternalError("the script ended its transaction");
    }
    return Noted(status);
  }
  absl::Status Commit() override;

 private:
  // SQLite rolls back by itself on some errors; what follows must not run outside a transaction
  // then.
  absl::Status Noted(const absl::Status& status) {
    if (!connection_->InTransaction()) over_ = status;
    return status;
  }

  Turnstile::Pass pass_;  // Given back last.
  SqliteDatabase& database_;
  std::unique_ptr<Connection> connection_;
  absl::Status over_;  // Why nothing can be done any more; OK while open.
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, LockFile lock, std::unique_ptr<Connection> writer,
                 const SqliteOptions& options)
      : path_(std::move(path)),
        options_(options),
        lock_(std::move(lock)),
        read_turnstile_(options.max_snapshots),
        writer_(std::move(writer)) {}

  // Closes the readers first, so that the writer is the last and folds the log into the file.
  ~SqliteDatabase() override {
    readers_.clear();
    writer_.reset();
  }

  absl::StatusOr<std::unique_ptr<Snapshot>> Read(absl::Time deadline) override {
    Turnstile::Pass pass = read_turnstile_.Enter(deadline);
    if (!pass) return absl::DeadlineExceededError("waited for other reads of the store");
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, TakeReader());
    connection->SetDeadline(deadline);
    RETURN_IF_ERROR(connection->Run("BEGIN"));
    // The snapshot is that of the first read, not of BEGIN.
    RETURN_IF_ERROR(connection->Run("SELECT 1 FROM sqlite_schema LIMIT 1"));
    return std::make_unique<SqliteSnapshot>(*this, std::move(pass), std::move(connection));
  }

  absl::StatusOr<std::unique_ptr<Transaction>> Write(absl::Time deadline) override {
    Turnstile::Pass pass = write_turnstile_.Enter(deadline);
    if (!pass) return absl::DeadlineExceededError("waited for other writes to the store");
    if (writer_ == nullptr) {
      ASSIGN_OR_RETURN(writer_, OpenWriter(path_, options_));
    }
    writer_->SetDeadline(deadline);
    RETURN_IF_ERROR(writer_->Run("BEGIN IMMEDIATE"));
    return std::make_unique<SqliteTransaction>(*this, std::move(pass), std::move(writer_));
  }

  absl::Status CopyTo(const std::string& path, absl::Time deadline) override {
    RETURN_IF_ERROR(CheckNoFile(path));
    // Not the pass of a reader: a copy may take long, and its number is bounded by the caller.
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> reader, Connection::Open(path_, 0));
    reader->SetDeadline(deadline);
    // Not stepped online backup: beside a writer it starts over again and again.
    absl::Status copied = reader->Run("VACUUM INTO ?1", {std::string_view(path)},
                                      [](const Row&) { return absl::OkStatus(); });
    if (!copied.ok()) std::remove(path.c_str());
    return copied;
  }

  absl::Status Scrub(absl::Time deadline) override {
    Turnstile::Pass pass = write_turnstile_.Enter(deadline);
    if (!pass) return absl::UnavailableError("waited for other writes to the store");
    if (writer_ == nullptr) {
      ASSIGN_OR_RETURN(writer_, OpenWriter(path_, options_));
    }
    absl::Status emptied = writer_->EmptyLog(deadline);
    scrub_is_due_ = !emptied.ok();
    return emptied;
  }

  std::string_view row_id() const override { return "rowid"; }
  bool is_remote() const override { return false; }

  void GiveBackReader(std::unique_ptr<Connection> connection) {
    connection->SetDeadline(absl::InfiniteFuture());
    if (!connection->Run("ROLLBACK").ok()) return;
    {
      const std::lock_guard lock(mutex_);
      readers_.push_back(std::move(connection));
    }
    // It may have been the reader in the way.
    if (scrub_is_due_) Scrub(absl::Now() + kScrubBesideAReader).IgnoreError();
  }

  void GiveBackWriter(std::unique_ptr<Connection> connection) {
    connection->SetDeadline(absl::InfiniteFuture());
    // One that cannot roll back is closed, which does; the next write opens another.
    if (connection->InTransaction() && !connection->Run("ROLLBACK").ok()) return;
    writer_ = std::move(connection);
  }

  static absl::StatusOr<std::unique_ptr<Connection>> OpenWriter(const std::string& path,
                                                                const SqliteOptions& options);

 private:
  absl::StatusOr<std::unique_ptr<Connection>> TakeReader() {
    {
      const std::lock_guard lock(mutex_);
      if (!readers_.empty()) {
        std::unique_ptr<Connection> reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
    }
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader, Connection::Open(path_, 0));
    RETURN_IF_ERROR(reader->RunScript("PRAGMA query_only = ON"));
    return reader;
  }

  const std::string path_;
  const SqliteOptions options_;
  const LockFile lock_;
  Turnstile read_turnstile_;
  Turnstile write_turnstile_{1};
  std::atomic<bool> scrub_is_due_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> readers_;  // Idle ones; guarded by mutex_.
  std::unique_ptr<Connection> writer_;  // Touched by the holder of the write turnstile's pass only.
};

SqliteSnapshot::~SqliteSnapshot() { database_.GiveBackReader(std::move(connection_)); }

SqliteTransaction::~SqliteTransaction() { database_.GiveBackWriter(std::move(connection_)); }

absl::Status SqliteTransaction::InsertRows(std::string_view table,
                                           absl::Span<const std::string> columns,
                                           absl::Span<const Param> values) {
  RETURN_IF_ERROR(over_);
  std::string sql =
      absl::StrCat("INSERT INTO ", View(table), " (", absl::StrJoin(columns, ", "), ") VALUES (");
  for (size_t i = 1; i <= columns.size(); ++i) absl::StrAppend(&sql, i == 1 ? "?" : ", ?", i);
  sql += ")";
  const size_t width = std::max(columns.size(), size_t{1});
  for (size_t begin = 0; begin < values.size(); begin += width) {
    RETURN_IF_ERROR(Queue(sql, values.subspan(begin, width), nullptr));
  }
  return absl::OkStatus();
}

absl::Status SqliteTransaction::Commit() {
  RETURN_IF_ERROR(over_);
  if (absl::Status status = Noted(connection_->Run("COMMIT")); !status.ok()) return status;
  over_ = absl::InternalError("the transaction is committed already");
  connection_->KeepLogShort();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Connection>> SqliteDatabase::OpenWriter(
    const std::string& path, const SqliteOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> writer, Connection::Open(path, SQLITE_OPEN_CREATE));
  ASSIGN_OR_RETURN(const std::string mode, writer->Ask("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return absl::FailedPreconditionError("the file system does not carry a write-ahead log");
  }
  RETURN_IF_ERROR(writer->RunScript(absl::StrCat("PRAGMA journal_size_limit = ", kLogBytesKept)));
  if (options.max_file_bytes > 0) {
    ASSIGN_OR_RETURN(const std::string answer, writer->Ask("PRAGMA page_size"));
    int64_t page_bytes = 0;
    if (!absl::SimpleAtoi(answer, &page_bytes)) return absl::InternalError("no page size");
    RETURN_IF_ERROR(writer->RunScript(
        absl::StrCat("PRAGMA max_page_count = ", options.max_file_bytes / page_bytes)));
  }
  return writer;
}

absl::Status CheckOwner(Connection& connection) {
  ASSIGN_OR_RETURN(const std::string owner, connection.Ask("PRAGMA application_id"));
  if (owner == absl::StrCat(kApplicationId)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string entries, connection.Ask("SELECT count(*) FROM sqlite_schema"));
  if (owner != "0" || entries != "0") {
    return absl::FailedPreconditionError("it is another application's database");
  }
  return connection.RunScript(absl::StrCat("PRAGMA application_id = ", kApplicationId));
}

absl::Status CheckEveryPage(Connection& connection) {
  ASSIGN_OR_RETURN(const std::string verdict, connection.Ask("PRAGMA quick_check(1)"));
  if (verdict == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrReplaceAll(verdict, {{"\n", " "}}));
}

absl::Status CheckOneRowOfEachTable(Connection& connection) {
  std::vector<std::string> tables;
  RETURN_IF_ERROR(connection.Run("SELECT name FROM sqlite_schema WHERE type = 'table'", {},
                                 [&](const Row& row) {
                                   tables.emplace_back(row.Text(0));
                                   return absl::OkStatus();
                                 }));
  for (const std::string& table : tables) {
    RETURN_IF_ERROR(connection.Ask(absl::StrCat("SELECT * FROM \"", table, "\" LIMIT 1")).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Connection>> OpenChecked(const std::string& path,
                                                        const SqliteOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Connection> writer, SqliteDatabase::OpenWriter(path, options));
  RETURN_IF_ERROR(CheckOwner(*writer));
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(path, unknown);
  const bool is_large = !unknown && bytes > static_cast<uint64_t>(options.full_check_bytes);
  RETURN_IF_ERROR(is_large ? CheckOneRowOfEachTable(*writer) : CheckEveryPage(*writer));
  return writer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path,
                                                     const SqliteOptions& options) {
  RETURN_IF_ERROR(CheckDatabasePath(path));
  // Links resolved, so that one file has one lock whatever it is called.
  std::error_code unresolved;
  const std::string real_path = std::filesystem::weakly_canonical(path, unresolved).string();
  if (unresolved) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", unresolved.message()));
  }
  ASSIGN_OR_RETURN(LockFile lock, LockFile::Acquire(real_path));
  RETURN_IF_ERROR(CheckDatabaseHeader(real_path));
  absl::StatusOr<std::unique_ptr<Connection>> writer = OpenChecked(real_path, options);
  if (!writer.ok()) {
    return absl::Status(writer.status().code(),
                        absl::StrCat(path, ": ", writer.status().message()));
  }
  auto database =
      std::make_unique<SqliteDatabase>(real_path, std::move(lock), *std::move(writer), options);
  // What a process that ended after a purge left in the log. Where it cannot be done, as on a full
  // disk, it is done later.
  database->Scrub(absl::InfiniteFuture()).IgnoreError();
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path) {
  return OpenSqlite(path, SqliteOptions());
}

}  // namespace corridor::store
