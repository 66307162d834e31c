#include "platform/store/versioned_store.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"
#include "platform/store/migrations.h"
#include "platform/store/table_sql.h"
#include "platform_schema.h"

namespace corridor::store {
namespace {

constexpr char kHead[] = "SELECT version, time_us FROM commits ORDER BY version DESC LIMIT 1";
constexpr char kFirst[] = "SELECT version, time_us FROM commits ORDER BY version LIMIT 1";
constexpr char kAtVersion[] = "SELECT version, time_us FROM commits WHERE version = ?1";
constexpr char kAtTime[] =
    "SELECT version, time_us FROM commits WHERE time_us <= ?1 ORDER BY time_us DESC LIMIT 1";
constexpr char kCommitsAfter[] =
    "SELECT version, time_us, actor, reason, request_id, resources, resources_omitted, collections"
    " FROM commits WHERE version > ?1 ORDER BY version LIMIT ?2";
constexpr char kByRequest[] =
    "SELECT version, time_us, actor, reason, request_id, resources, resources_omitted, collections,"
    " payload_hash FROM commits WHERE actor = ?1 AND method = ?2 AND request_id = ?3"
    " AND request_id <> ''";
constexpr char kInsertCommit[] =
    "INSERT INTO commits (version, time_us, actor, reason, method, request_id, payload_hash,"
    " resources, resources_omitted, collections) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr char kEpoch[] = "SELECT epoch FROM store_identity WHERE id = 1";
constexpr char kInsertIdentity[] =
    "INSERT INTO store_identity (id, epoch, created_us) VALUES (1, ?1, ?2)";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string Written(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

// A version and when it was recorded; 0 and the infinite past for none.
struct Point {
  int64_t version = 0;
  absl::Time time = absl::InfinitePast();
};

absl::StatusOr<Point> AskPoint(Snapshot& snapshot, std::string_view sql,
                               absl::Span<const Param> params) {
  Point point;
  RETURN_IF_ERROR(snapshot.Query(sql, params, [&](const Row& row) {
    point = {row.Int(0), absl::FromUnixMicros(row.Int(1))};
    return absl::OkStatus();
  }));
  return point;
}

std::vector<std::string> Lines(std::string_view text) {
  if (text.empty()) return {};
  return absl::StrSplit(View(text), '\n');
}

Commit ReadCommit(const Row& row) {
  Commit commit;
  commit.version = row.Int(0);
  commit.time = absl::FromUnixMicros(row.Int(1));
  commit.actor = std::string(row.Text(2));
  commit.reason = std::string(row.Text(3));
  commit.request_id = std::string(row.Text(4));
  commit.resources = Lines(row.Text(5));
  commit.resources_omitted = row.Int(6) != 0;
  commit.collections = Lines(row.Text(7));
  return commit;
}

// `areas` of `areas/ARM`, `organisations/-/memberships` of `organisations/IOM/memberships/ARM`: as
// many as there are kinds of resources, however many parents.
std::string CollectionOf(std::string_view resource) {
  std::vector<std::string> segments = absl::StrSplit(View(resource), '/');
  for (size_t i = 1; i < segments.size(); i += 2) segments[i].assign(1, '-');
  if (segments.size() % 2 == 0) segments.pop_back();
  return absl::StrJoin(segments, "/");
}

// The resources that one commit touches, in the order of their first touch.
class Touched {
 public:
  bool empty() const { return collections_.empty(); }

  void Add(std::string_view resource) {
    collections_.insert(CollectionOf(resource));
    if (omitted_ || !seen_.insert(std::string(resource)).second) return;
    resources_.emplace_back(resource);
    if (resources_.size() <= kMaxResourcesPerCommit) return;
    omitted_ = true;
    resources_.clear();
  }

  void MoveInto(Commit& commit) {
    commit.resources = std::move(resources_);
    commit.resources_omitted = omitted_;
    commit.collections.assign(collections_.begin(), collections_.end());
  }

 private:
  absl::flat_hash_set<std::string> seen_;
  std::vector<std::string> resources_;
  std::set<std::string> collections_;
  bool omitted_ = false;
};

class PinnedReader final : public Reader {
 public:
  PinnedReader(std::unique_ptr<Snapshot> snapshot, Questions& questions, Point point, bool at_head)
      : snapshot_(std::move(snapshot)), questions_(questions), point_(point), at_head_(at_head) {}

  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Question> question,
                     questions_.Get(sql, params.size()));
    if (at_head_ || !question->takes_version) {
      return snapshot_->Query(question->at_head, params, each);
    }
    absl::InlinedVector<Param, 16> with_version(params.begin(), params.end());
    with_version.emplace_back(point_.version);
    return snapshot_->Query(question->at_version, with_version, each);
  }
  int64_t version() const override { return point_.version; }
  absl::Time commit_time() const override { return point_.time; }

 private:
  std::unique_ptr<Snapshot> snapshot_;
  Questions& questions_;
  const Point point_;
  const bool at_head_;
};

class CommitWriter final : public Writer {
 public:
  CommitWriter(Transaction& transaction, Questions& questions, const TableSqls& tables, Point point)
      : transaction_(transaction), questions_(questions), tables_(tables), point_(point) {}

  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<const Question> question,
                     questions_.Get(sql, params.size()));
    return transaction_.Query(question->at_head, params, each);
  }
  int64_t version() const override { return point_.version; }
  absl::Time commit_time() const override { return point_.time; }

  absl::Status Put(const Table& table, absl::Span<const Param> values,
                   std::string_view resource) override {
    const absl::StatusOr<bool> changed =
        PutRow(table, values, table.key.size() + table.columns.size(), resource);
    if (!changed.ok()) return failure_ = changed.status();
    if (*changed) touched_.Add(resource);
    return absl::OkStatus();
  }

  absl::Status Delete(const Table& table, absl::Span<const Param> key,
                      std::string_view resource) override {
    const absl::StatusOr<bool> found = DeleteRow(table, key, resource);
    if (!found.ok()) return failure_ = found.status();
    if (!*found) return NoSuchResource(resource);
    touched_.Add(resource);
    return absl::OkStatus();
  }

  // Why this commit cannot be recorded, even where the body went on: a failed Put may have left
  // half of its work.
  const absl::Status& failure() const { return failure_; }
  Touched& touched() { return touched_; }

 private:
  absl::StatusOr<const TableSql*> Find(const Table& table, size_t expected, size_t given,
                                       std::string_view resource) const {
    const auto found = tables_.find(table.name);
    if (found == tables_.end()) {
      return absl::InternalError(absl::StrCat(table.name, " is no versioned table of this store"));
    }
    if (given != expected) {
      return absl::InternalError(
          absl::StrCat(given, " values given for ", expected, " of table ", table.name));
    }
    if (resource.empty() || resource.find('\n') != std::string_view::npos) {
      return absl::InternalError(
          absl::StrCat("\"", View(resource), "\" is no name of a resource of ", table.name));
    }
    return &found->second;
  }

  // Whether the row is now another than before.
  absl::StatusOr<bool> PutRow(const Table& table, absl::Span<const Param> values, size_t expected,
                              std::string_view resource) {
    ASSIGN_OR_RETURN(const TableSql* sql, Find(table, expected, values.size(), resource));
    absl::InlinedVector<Param, 16> versioned(values.begin(), values.end());
    versioned.emplace_back(point_.version);
    ASSIGN_OR_RETURN(const int64_t inserted, transaction_.Execute(sql->insert, versioned));
    if (inserted > 0) return true;
    RETURN_IF_ERROR(transaction_.Execute(sql->archive_changed, versioned).status());
    ASSIGN_OR_RETURN(const int64_t updated, transaction_.Execute(sql->update, versioned));
    return updated > 0;
  }

  // Whether the row was there.
  absl::StatusOr<bool> DeleteRow(const Table& table, absl::Span<const Param> key,
                                 std::string_view resource) {
    ASSIGN_OR_RETURN(const TableSql* sql, Find(table, table.key.size(), key.size(), resource));
    absl::InlinedVector<Param, 16> versioned(key.begin(), key.end());
    versioned.emplace_back(point_.version);
    RETURN_IF_ERROR(transaction_.Execute(sql->archive, versioned).status());
    ASSIGN_OR_RETURN(const int64_t erased, transaction_.Execute(sql->erase, key));
    return erased > 0;
  }

  Transaction& transaction_;
  Questions& questions_;
  const TableSqls& tables_;
  const Point point_;
  Touched touched_;
  absl::Status failure_;
};

class SqlVersionedStore final : public VersionedStore {
 public:
  SqlVersionedStore(std::unique_ptr<Database> database, std::string epoch, TableSqls tables,
                    std::function<absl::Time()> now)
      : database_(std::move(database)),
        epoch_(std::move(epoch)),
        tables_(std::move(tables)),
        questions_(tables_),
        now_(std::move(now)) {}

  const std::string& epoch() const override { return epoch_; }

  absl::StatusOr<Commit> Write(const WriteContext& context, absl::Time deadline,
                               absl::FunctionRef<absl::Status(Writer&)> body) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, database_->Write(deadline));
    ASSIGN_OR_RETURN(std::optional<Commit> first, FindRequest(*transaction, context));
    if (first.has_value()) return *std::move(first);

    ASSIGN_OR_RETURN(const Point head, AskPoint(*transaction, kHead, {}));
    const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(now_()));
    const Point next = {head.version + 1, std::max(now, head.time + absl::Microseconds(1))};
    CommitWriter writer(*transaction, questions_, tables_, next);
    RETURN_IF_ERROR(body(writer));
    RETURN_IF_ERROR(writer.failure());

    Commit commit;
    commit.version = head.version;
    commit.time = head.time;
    if (writer.touched().empty()) return commit;
    commit.version = next.version;
    commit.time = next.time;
    commit.actor = context.actor;
    commit.reason = context.reason;
    commit.request_id = context.request_id;
    writer.touched().MoveInto(commit);
    RETURN_IF_ERROR(Record(*transaction, context, commit));
    RETURN_IF_ERROR(transaction->Commit());
    return commit;
  }

  absl::StatusOr<std::unique_ptr<Reader>> ReadAt(const KnownAt& known_at,
                                                 absl::Time deadline) override {
    ASSIGN_OR_RETURN(std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    ASSIGN_OR_RETURN(const Point head, AskPoint(*snapshot, kHead, {}));
    Point point = head;
    if (const int64_t* version = std::get_if<int64_t>(&known_at)) {
      ASSIGN_OR_RETURN(point, FindVersion(*snapshot, *version, head));
    } else if (const absl::Time* time = std::get_if<absl::Time>(&known_at)) {
      ASSIGN_OR_RETURN(point, FindTime(*snapshot, *time, head));
    }
    return std::make_unique<PinnedReader>(std::move(snapshot), questions_, point,
                                          point.version == head.version);
  }

  absl::StatusOr<int64_t> Head(absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    ASSIGN_OR_RETURN(const Point head, AskPoint(*snapshot, kHead, {}));
    return head.version;
  }

  absl::StatusOr<std::vector<Commit>> CommitsAfter(int64_t since, int limit,
                                                   absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    std::vector<Commit> commits;
    RETURN_IF_ERROR(
        snapshot->Query(kCommitsAfter, {since, int64_t{std::max(limit, 0)}}, [&](const Row& row) {
          commits.push_back(ReadCommit(row));
          return absl::OkStatus();
        }));
    return commits;
  }

 private:
  // The commit that this request made before, if it did.
  static absl::StatusOr<std::optional<Commit>> FindRequest(Transaction& transaction,
                                                           const WriteContext& context) {
    std::optional<Commit> first;
    if (context.request_id.empty()) return first;
    std::string payload_hash;
    RETURN_IF_ERROR(
        transaction.Query(kByRequest,
                          {std::string_view(context.actor), std::string_view(context.method),
                           std::string_view(context.request_id)},
                          [&](const Row& row) {
                            first = ReadCommit(row);
                            payload_hash = std::string(row.Text(8));
                            return absl::OkStatus();
                          }));
    if (!first.has_value() || payload_hash == context.payload_hash) return first;
    return ErrorWithReason(
        absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
        absl::StrCat("request_id: \"", context.request_id,
                     "\" was used for another request, version ", first->version),
        {{"request_id", context.request_id}, {"version", absl::StrCat(first->version)}});
  }

  static absl::Status Record(Transaction& transaction, const WriteContext& context,
                             const Commit& commit) {
    const std::string resources = absl::StrJoin(commit.resources, "\n");
    const std::string collections = absl::StrJoin(commit.collections, "\n");
    return transaction
        .Execute(kInsertCommit,
                 {commit.version, absl::ToUnixMicros(commit.time), std::string_view(commit.actor),
                  std::string_view(commit.reason), std::string_view(context.method),
                  std::string_view(commit.request_id), std::string_view(context.payload_hash),
                  std::string_view(resources), int64_t{commit.resources_omitted},
                  std::string_view(collections)})
        .status();
  }

  static absl::StatusOr<Point> FindVersion(Snapshot& snapshot, int64_t version, Point head) {
    if (version == head.version && version > 0) return head;
    if (version <= 0) return BeforeTheFirst(snapshot, absl::StrCat("version ", version));
    if (version > head.version) {
      return ErrorWithReason(
          absl::StatusCode::kUnavailable, "VERSION_NOT_REACHED",
          absl::StrCat("version ", version, " is not reached yet, the last one is ", head.version),
          {{"version", absl::StrCat(version)}, {"head", absl::StrCat(head.version)}});
    }
    return AskPoint(snapshot, kAtVersion, {version});
  }

  absl::StatusOr<Point> FindTime(Snapshot& snapshot, absl::Time time, Point head) const {
    if (time > std::max(now_(), head.time)) {
      return ErrorWithReason(absl::StatusCode::kOutOfRange, "KNOWN_AT_IN_THE_FUTURE",
                             absl::StrCat(Written(time), " is in the future"));
    }
    ASSIGN_OR_RETURN(const Point point, AskPoint(snapshot, kAtTime, {absl::ToUnixMicros(time)}));
    if (point.version == 0) return BeforeTheFirst(snapshot, Written(time));
    return point;
  }

  static absl::Status BeforeTheFirst(Snapshot& snapshot, const std::string& asked) {
    ASSIGN_OR_RETURN(const Point first, AskPoint(snapshot, kFirst, {}));
    if (first.version == 0) {
      return ErrorWithReason(absl::StatusCode::kOutOfRange, "BEFORE_FIRST_COMMIT",
                             absl::StrCat("nothing is recorded yet, so nothing was at ", asked));
    }
    return ErrorWithReason(absl::StatusCode::kOutOfRange, "BEFORE_FIRST_COMMIT",
                           absl::StrCat(asked, " is before the first commit, version ",
                                        first.version, " of ", Written(first.time)),
                           {{"first_version", absl::StrCat(first.version)},
                            {"first_commit_time", Written(first.time)}});
  }

  const std::unique_ptr<Database> database_;
  const std::string epoch_;
  const TableSqls tables_;
  Questions questions_;
  const std::function<absl::Time()> now_;
};

absl::StatusOr<std::string> ReadOrMakeEpoch(Database& database, absl::Time now) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  std::string epoch;
  RETURN_IF_ERROR(transaction->Query(kEpoch, {}, [&](const Row& row) {
    epoch = std::string(row.Text(0));
    return absl::OkStatus();
  }));
  if (!epoch.empty()) return epoch;
  absl::BitGen random;
  epoch = absl::StrFormat("%016x", absl::Uniform<uint64_t>(random));
  RETURN_IF_ERROR(
      transaction->Execute(kInsertIdentity, {std::string_view(epoch), absl::ToUnixMicros(now)})
          .status());
  RETURN_IF_ERROR(transaction->Commit());
  return epoch;
}

absl::Status ProbeTables(Database& database, const TableSqls& tables) {
  ASSIGN_OR_RETURN(const auto snapshot, database.Read(absl::InfiniteFuture()));
  for (const auto& [name, sql] : tables) {
    const absl::Status status =
        snapshot->Query(sql.probe, {}, [](const Row&) { return absl::OkStatus(); });
    if (absl::IsInternal(status)) {
      return absl::DataLossError(absl::StrCat(
          "the store's schema is not as its migrations say: table ", name, ": ", status.message()));
    }
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<VersionedStore>> VersionedStore::Open(
    std::unique_ptr<Database> database, const std::vector<MigrationSeries>& series, Migrate migrate,
    const std::vector<Table>& tables, std::function<absl::Time()> now) {
  std::vector<MigrationSeries> all = {{"platform", platform_schema}};
  all.insert(all.end(), series.begin(), series.end());
  RETURN_IF_ERROR(ApplyMigrations(*database, all, migrate, now()));
  TableSqls sqls;
  for (const Table& table : tables) sqls.try_emplace(table.name, table);
  RETURN_IF_ERROR(ProbeTables(*database, sqls));
  ASSIGN_OR_RETURN(std::string epoch, ReadOrMakeEpoch(*database, now()));
  return std::make_unique<SqlVersionedStore>(std::move(database), std::move(epoch), std::move(sqls),
                                             std::move(now));
}

}  // namespace corridor::store
