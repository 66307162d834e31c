#include "platform/store/postgres_connection.h"

#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "platform/status/status.h"
#include "platform/store/postgres_sql.h"
#include "platform/store/postgres_status.h"

namespace corridor::store {
namespace {

constexpr size_t kMaxPrepared = 256;
constexpr absl::Duration kLongestLogIn = absl::Seconds(2);  // A server.
// The server ends what takes too long by itself. Only one that does not answer is given up, with
// the connection.
constexpr absl::Duration kGrace = absl::Milliseconds(100);

// https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kInferred = 0;
constexpr int kBinary = 1;

// https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4: the signature, no flags, no
// extension; an int16 in place of a row ends it. Numbers are big-endian.
constexpr std::string_view kCopyHeader("PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kCopyEnd("\xFF\xFF", 2);
constexpr size_t kCopyBytesAtATime = size_t{64} << 10;

absl::Status DeadlinePassed() {
  return absl::DeadlineExceededError("the deadline passed while the store was asked");
}

int64_t BigEndian(const char* bytes, int size) {
  int64_t number = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? -1 : 0;
  for (int i = 0; i < size; ++i) number = number * 256 + static_cast<unsigned char>(bytes[i]);
  return number;
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  bool IsNull(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  int64_t Int(int column) const override {
    if (IsNull(column)) return 0;
    switch (PQftype(result_, column)) {
      case kBool:
      case kInt2:
      case kInt4:
      case kInt8:
        return BigEndian(PQgetvalue(result_, row_, column), PQgetlength(result_, row_, column));
      default: {
        const std::string_view text = Text(column);
        int64_t number = 0;
        return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &number) ? number : 0;
      }
    }
  }
  std::string_view Text(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  const int row_;
};

// The parameters of a statement, as libpq takes them: in binary form.
class Values {
 public:
  explicit Values(absl::Span<const Param> params) {
    numbers_.reserve(params.size());  // Pointers into it stay.
    for (const Param& param : params) std::visit(*this, param);
    formats_.resize(params.size(), kBinary);
  }
  void operator()(std::monostate) { Add(kInferred, nullptr, 0); }
  void operator()(int64_t value) {
    numbers_.push_back(htobe64(static_cast<uint64_t>(value)));
    Add(kInt8, reinterpret_cast<const char*>(&numbers_.back()), sizeof(uint64_t));
  }
  // A null pointer would be NULL where an empty text is meant.
  void operator()(std::string_view text) {
    Add(kText, text.data() == nullptr ? "" : text.data(), text.size());
  }
  void operator()(Blob blob) {
    Add(kBytea, blob.bytes.data() == nullptr ? "" : blob.bytes.data(), blob.bytes.size());
  }

  int count() const { return static_cast<int>(types_.size()); }
  const Oid* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  // Tells apart the same text with parameters of other types.
  std::string Key(std::string_view sql) const {
    return absl::StrCat(absl::string_view(sql.data(), sql.size()), "\n",
                        absl::StrJoin(types_, ","));
  }

 private:
  void Add(Oid type, const char* value, size_t size) {
    types_.push_back(type);
    values_.push_back(value);
    lengths_.push_back(static_cast<int>(size));
  }

  absl::InlinedVector<uint64_t, 16> numbers_;
  absl::InlinedVector<Oid, 16> types_;
  absl::InlinedVector<const char*, 16> values_;
  absl::InlinedVector<int, 16> lengths_;
  absl::InlinedVector<int, 16> formats_;
};

// Of a parameter, by the index of its kind.
Oid TypeOf(const Param& param) {
  constexpr std::array<Oid, 4> kTypes = {kInferred, kInt8, kText, kBytea};
  return kTypes[param.index()];
}

size_t BytesOf(const Param& param) {
  if (const auto* text = std::get_if<std::string_view>(&param)) return text->size();
  if (const auto* blob = std::get_if<Blob>(&param)) return blob->bytes.size();
  return sizeof(int64_t);
}

// Writes values as COPY reads them: the length, then as in a parameter.
class CopyWriter {
 public:
  explicit CopyWriter(std::string& out) : out_(out) {}
  void BeginRow(size_t columns) {
    const uint16_t count = htobe16(static_cast<uint16_t>(columns));
    out_.append(reinterpret_cast<const char*>(&count), sizeof(count));
  }
  void operator()(std::monostate) { AddLength(-1); }
  void operator()(int64_t value) {
    const uint64_t number = htobe64(static_cast<uint64_t>(value));
    (*this)(std::string_view(reinterpret_cast<const char*>(&number), sizeof(number)));
  }
  void operator()(std::string_view text) {
    AddLength(static_cast<int32_t>(text.size()));
    out_ += text;
  }
  void operator()(Blob blob) { (*this)(blob.bytes); }

 private:
  void AddLength(int32_t bytes) {
    const uint32_t length = htobe32(static_cast<uint32_t>(bytes));
    out_.append(reinterpret_cast<const char*>(&length), sizeof(length));
  }

  std::string& out_;
};

}  // namespace

void PostgresResult::Free::operator()(pg_result* result) const { PQclear(result); }

absl::Status PostgresResult::ForEach(EachRow each) const {
  const int rows = PQntuples(result_.get());
  for (int i = 0; i < rows; ++i) {
    absl::Status wanted = each(PostgresRow(result_.get(), i));
    if (absl::IsCancelled(wanted)) return absl::OkStatus();
    if (!wanted.ok()) return wanted;
  }
  return absl::OkStatus();
}

int64_t PostgresResult::RowsTouched() const {
  int64_t rows = 0;
  return absl::SimpleAtoi(PQcmdTuples(result_.get()), &rows) ? rows : 0;
}

bool PostgresResult::Holds(int column, const Param& value) const {
  const Oid type = TypeOf(value);
  return type == kInferred || type == PQftype(result_.get(), column);
}

std::string_view PostgresResult::Tag() const { return PQcmdStatus(result_.get()); }

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const PostgresAddress& address, absl::Time deadline, size_t& server) {
  const size_t servers = address.servers().size();
  std::vector<std::string> failures;
  bool all_refuse = true;
  for (size_t tried = 0; tried < servers; ++tried) {
    const size_t next = (server + tried) % servers;
    const auto& [name, parameters] = address.servers()[next];
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    for (const auto& [keyword, value] : parameters) {
      keywords.push_back(keyword.c_str());
      values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<PostgresConnection> connection(
        new PostgresConnection(PQconnectStartParams(keywords.data(), values.data(), 0)));
    const absl::Status status = connection->LogIn(std::min(deadline, absl::Now() + kLongestLogIn));
    if (status.ok()) {
      server = next;
      return connection;
    }
    if (absl::Now() >= deadline) return DeadlinePassed();
    all_refuse = all_refuse && absl::IsFailedPrecondition(status);
    failures.push_back(absl::StrCat(name, ": ", status.message()));
  }
  const std::string why = absl::StrJoin(failures, "; ");
  return all_refuse ? absl::FailedPreconditionError(why) : absl::UnavailableError(why);
}

PostgresConnection::~PostgresConnection() { PQfinish(connection_); }

absl::Status PostgresConnection::LogIn(absl::Time deadline) {
  if (connection_ == nullptr) return absl::ResourceExhaustedError("out of memory");
  // Its messages then have the code.
  PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection_) == CONNECTION_BAD) {
      return PostgresConnectError(PQerrorMessage(connection_));
    }
    if (!Wait(state == PGRES_POLLING_WRITING, deadline).ok()) {
      return absl::UnavailableError("it does not answer");
    }
    state = PQconnectPoll(connection_);
  }
  PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(connection_, 1) != 0) return Lost();
  return EnterPipeline(absl::OkStatus());
}

absl::Status PostgresConnection::Wait(bool or_write, absl::Time deadline) {
  pollfd wanted = {.fd = PQsocket(connection_), .events = POLLIN, .revents = 0};
  if (wanted.fd < 0) return Lost();
  if (or_write) wanted.events |= POLLOUT;
  while (true) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) {
      broken_ = true;
      return DeadlinePassed();
    }
    const timespec wait = absl::ToTimespec(std::min(left, absl::Hours(1)));
    const int ready = ppoll(&wanted, 1, &wait, nullptr);
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Lost();
  }
}

absl::Status PostgresConnection::Flush(absl::Time deadline) {
  while (true) {
    const int left = PQflush(connection_);
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Lost();
    // It may be waiting for us to read before it reads on.
    RETURN_IF_ERROR(Wait(/*or_write=*/true, deadline));
    if (PQconsumeInput(connection_) == 0) return Lost();
  }
}

absl::StatusOr<pg_result*> PostgresConnection::Next(absl::Time deadline) {
  while (PQisBusy(connection_) != 0) {
    RETURN_IF_ERROR(Wait(/*or_write=*/false, deadline));
    if (PQconsumeInput(connection_) == 0) return Lost();
  }
  return PQgetResult(connection_);
}

absl::Status PostgresConnection::Lost() {
  broken_ = true;
  const absl::Status why = PostgresConnectError(PQerrorMessage(connection_));
  return absl::UnavailableError(
      absl::StrCat("the connection to the store is lost: ", why.message()));
}

absl::Status PostgresConnection::FailureOf(const pg_result* result, std::string_view sql) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return Lost();
  if (EndsPostgresConnection(sqlstate)) broken_ = true;
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
  return PostgresError(
      sqlstate, detail == nullptr ? std::string(message) : absl::StrCat(message, ": ", detail),
      sql);
}

void PostgresConnection::Queue(std::string_view sql, absl::Span<const Param> params,
                               OnTouched touched) {
  const Values values(params);
  const std::string key = values.Key(sql);
  auto found = prepared_.find(key);
  bool sent = true;
  if (found == prepared_.end()) {
    if (prepared_.size() >= kMaxPrepared) {
      prepared_.clear();
      preparing_.clear();
      sent = PQsendQueryParams(connection_, "DEALLOCATE ALL", 0, nullptr, nullptr, nullptr, nullptr,
                               kBinary) == 1;
      asked_.push_back({"DEALLOCATE ALL", nullptr});
    }
    found = prepared_.emplace(key, absl::StrCat("s", ++statements_)).first;
    preparing_.push_back(key);
    sent = sent && PQsendPrepare(connection_, found->second.c_str(), PostgresQuery(sql).c_str(),
                                 values.count(), values.types()) == 1;
    asked_.push_back({std::string(sql), nullptr});
  }
  sent = sent &&
         PQsendQueryPrepared(connection_, found->second.c_str(), values.count(), values.values(),
                             values.lengths(), values.formats(), kBinary) == 1;
  asked_.push_back({std::string(sql), std::move(touched)});
  ++queued_;
  for (const Param& param : params) queued_bytes_ += BytesOf(param);
  if (!sent) broken_ = true;
}

void PostgresConnection::Sync() {
  if (broken_ || PQpipelineSync(connection_) != 1) {
    broken_ = true;
    return;
  }
  ++owed_syncs_;
  queued_ = 0;
  queued_bytes_ = 0;
}

void PostgresConnection::Send(std::string_view sql) {
  for (Asked& asked : asked_) asked.touched = nullptr;
  // A failure skips what follows until the next sync.
  if (queued_ > 0) Sync();
  if (broken_) return;
  Queue(sql);
  Sync();
  // What would not be sent until the next statement would hold the writers' lock until then.
  if (!broken_) Flush(absl::Now() + kGrace).IgnoreError();
}

absl::StatusOr<PostgresResult> PostgresConnection::Settle(absl::Time deadline) {
  if (absl::Now() >= deadline) return DeadlinePassed();
  Sync();
  if (broken_) return Lost();
  RETURN_IF_ERROR(Flush(deadline + kGrace));
  return TakeAnswers(deadline + kGrace);
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(std::string_view sql,
                                                       absl::Span<const Param> params,
                                                       absl::Time deadline) {
  if (absl::Now() >= deadline) return DeadlinePassed();
  Queue(sql, params);
  return Settle(deadline);
}

absl::StatusOr<PostgresResult> PostgresConnection::TakeAnswers(absl::Time deadline) {
  PostgresResult last;
  absl::Status failure;
  bool was_null = false;
  while (owed_syncs_ > 0) {
    ASSIGN_OR_RETURN(pg_result* const raw, Next(deadline));
    if (raw == nullptr) {
      // Between two commands there is one null; more mean that nothing comes any more.
      if (std::exchange(was_null, true)) return Lost();
      continue;
    }
    was_null = false;
    PostgresResult result(raw);
    if (PQresultStatus(raw) == PGRES_PIPELINE_SYNC) {
      if (!failure.ok()) {
        for (const std::string& key : preparing_) prepared_.erase(key);
        preparing_.clear();
      }
      if (--owed_syncs_ > 0) failure = absl::OkStatus();  // That was somebody else's.
      continue;
    }
    if (asked_.empty()) return Lost();
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    switch (PQresultStatus(raw)) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        if (asked.touched) asked.touched(result.RowsTouched());
        last = std::move(result);
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      default:
        if (failure.ok()) failure = FailureOf(raw, asked.sql);
    }
  }
  preparing_.clear();
  if (!failure.ok()) return failure;
  return last;
}

absl::Status PostgresConnection::RunScript(const std::string& script, absl::Time deadline) {
  RETURN_IF_ERROR(SendSimply(script, deadline));
  return EnterPipeline(TakeSimpleAnswers(script, deadline + kGrace));
}

absl::Status PostgresConnection::InsertRows(std::string_view table,
                                            absl::Span<const std::string> columns,
                                            absl::Span<const Param> values, absl::Time deadline) {
  const absl::string_view name(table.data(), table.size());
  const std::string names = absl::StrJoin(columns, ", ");
  if (columns.empty() || values.size() % columns.size() != 0) {
    return absl::InternalError(absl::StrCat(values.size(), " values given for ", columns.size(),
                                            " columns of table ", name));
  }
  // In binary form a value of another type would be read as it is.
  ASSIGN_OR_RETURN(const PostgresResult none,
                   Run(absl::StrCat("SELECT ", names, " FROM ", name, " LIMIT 0"), {}, deadline));
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t column = i % columns.size();
    if (none.Holds(static_cast<int>(column), values[i])) continue;
    return absl::InternalError(
        absl::StrCat("a value for ", name, ".", columns[column], " is of another type"));
  }
  const std::string sql = absl::StrCat("COPY ", name, " (", names, ") FROM STDIN (FORMAT binary)");
  RETURN_IF_ERROR(SendSimply(sql, deadline));
  absl::Status done = TakeSimpleAnswers(sql, deadline + kGrace);
  if (done.ok()) {
    RETURN_IF_ERROR(SendRows(columns.size(), values, deadline + kGrace));
    done = TakeSimpleAnswers(sql, deadline + kGrace);
  }
  return EnterPipeline(done);
}

absl::Status PostgresConnection::SendSimply(const std::string& sql, absl::Time deadline) {
  if (absl::Now() >= deadline) return DeadlinePassed();
  if (!asked_.empty()) RETURN_IF_ERROR(Settle(deadline).status());
  if (PQexitPipelineMode(connection_) != 1 || PQsendQuery(connection_, sql.c_str()) != 1) {
    return Lost();
  }
  return Flush(deadline + kGrace);
}

absl::Status PostgresConnection::TakeSimpleAnswers(std::string_view sql, absl::Time deadline) {
  absl::Status failure;
  while (true) {
    ASSIGN_OR_RETURN(pg_result* const raw, Next(deadline));
    if (raw == nullptr) return failure;
    const PostgresResult result(raw);
    switch (PQresultStatus(raw)) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        break;
      case PGRES_COPY_IN:
        return failure;
      default:
        if (failure.ok()) failure = FailureOf(raw, sql);
    }
  }
}

// What the server refuses meanwhile it says at the end; until then it drops what comes.
absl::Status PostgresConnection::SendRows(size_t columns, absl::Span<const Param> values,
                                          absl::Time deadline) {
  std::string bytes(kCopyHeader);
  CopyWriter writer(bytes);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i % columns == 0) writer.BeginRow(columns);
    std::visit(writer, values[i]);
    if (bytes.size() < kCopyBytesAtATime) continue;
    RETURN_IF_ERROR(SendCopyData(bytes, deadline));
    bytes.clear();
  }
  bytes += kCopyEnd;
  RETURN_IF_ERROR(SendCopyData(bytes, deadline));
  if (PQputCopyEnd(connection_, nullptr) != 1) return Lost();
  return Flush(deadline);
}

// In parts, of which libpq holds one at a time: then it always takes the next.
absl::Status PostgresConnection::SendCopyData(std::string_view bytes, absl::Time deadline) {
  while (!bytes.empty()) {
    if (absl::Now() >= deadline) {
      broken_ = true;
      return DeadlinePassed();
    }
    const std::string_view part = bytes.substr(0, kCopyBytesAtATime);
    if (PQputCopyData(connection_, part.data(), static_cast<int>(part.size())) != 1) return Lost();
    RETURN_IF_ERROR(Flush(deadline));
    bytes.remove_prefix(part.size());
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::EnterPipeline(const absl::Status& after) {
  if (broken_) return after;
  if (PQstatus(connection_) == CONNECTION_BAD || PQenterPipelineMode(connection_) != 1) {
    return Lost();
  }
  return after;
}

bool PostgresConnection::IsInTransaction() const {
  const PGTransactionStatusType state = PQtransactionStatus(connection_);
  return state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
}

bool PostgresConnection::IsBroken() {
  if (broken_) return true;
  // One time for a farewell, one for the end.
  for (int i = 0; i < 2; ++i) {
    if (PQconsumeInput(connection_) == 0) broken_ = true;
  }
  return broken_ || PQstatus(connection_) == CONNECTION_BAD;
}

}  // namespace corridor::store
