#include "platform/store/versioned_store.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "platform/store/commit_log.h"
#include "platform/store/commit_writer.h"
#include "platform/store/migrations.h"
#include "platform/store/store_identity.h"
#include "platform/store/table_sql.h"

namespace corridor::store {
namespace {

constexpr char kVersionNotReached[] = "VERSION_NOT_REACHED";

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
    size_t form = kRows;
    if (question->is_list) {
      ASSIGN_OR_RETURN(const bool few_kept, Few(question->tables, &TableSql::count_kept));
      ASSIGN_OR_RETURN(const bool few_ended, Few(question->tables, &TableSql::count_ended));
      form = ListForm(few_kept, few_ended);
    }
    return snapshot_->Query(question->at_version[form], with_version, each);
  }
  int64_t version() const override { return point_.version; }
  absl::Time commit_time() const override { return point_.time; }

 private:
  // Whether `count` is small for each of the tables.
  absl::StatusOr<bool> Few(const std::vector<const TableSql*>& tables,
                           const std::string TableSql::*count) {
    for (const TableSql* table : tables) {
      const auto [known, is_new] = few_.try_emplace(&(table->*count));
      if (is_new) {
        RETURN_IF_ERROR(
            snapshot_->Query(table->*count, {point_.version}, [&known = known](const Row& row) {
              known->second = row.Int(0) <= kFew;
              return absl::OkStatus();
            }));
      }
      if (!known->second) return false;
    }
    return true;
  }

  std::unique_ptr<Snapshot> snapshot_;
  Questions& questions_;
  const Point point_;
  const bool at_head_;
  absl::flat_hash_map<const std::string*, bool> few_;  // By the count.
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
    if (!context.validate_only) {
      ASSIGN_OR_RETURN(std::optional<Commit> first, FindRequest(*transaction, context));
      if (first.has_value()) return *std::move(first);
    }
    ASSIGN_OR_RETURN(const Point head, Noted(HeadOf(*transaction, epoch_)));
    const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(now_()));
    const Point next = {head.version + 1, std::max(now, head.time + absl::Microseconds(1))};
    CommitWriter writer(*transaction, questions_, tables_, next, context.validate_only);
    const absl::Status written = body(writer);
    // A failure of what was put comes before what the body says: that came later.
    RETURN_IF_ERROR(writer.Settle());
    RETURN_IF_ERROR(written);
    RETURN_IF_ERROR(writer.failure());
    const Commit unchanged = {.version = head.version, .time = head.time};
    if (context.validate_only) return unchanged;
    if (writer.touched().empty()) {
      if (context.request_id.empty()) return unchanged;
      RETURN_IF_ERROR(RecordUnchanged(*transaction, context, head.version));
      RETURN_IF_ERROR(transaction->Commit());
      return unchanged;
    }
    Commit commit = {.version = next.version,
                     .time = next.time,
                     .actor = context.actor,
                     .reason = context.reason,
                     .request_id = context.request_id,
                     .purge = !writer.purges().empty()};
    writer.touched().MoveInto(commit);
    RETURN_IF_ERROR(RecordCommit(*transaction, context, commit, writer.purges()));
    RETURN_IF_ERROR(transaction->Commit());
    return commit;
  }

  absl::StatusOr<std::unique_ptr<Reader>> ReadAt(const KnownAt& known_at,
                                                 absl::Time deadline) override {
    ASSIGN_OR_RETURN(std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    Found found;
    if (const int64_t* version = std::get_if<int64_t>(&known_at)) {
      ASSIGN_OR_RETURN(found, Noted(FindVersion(*snapshot, epoch_, *version)));
    } else if (const absl::Time* time = std::get_if<absl::Time>(&known_at)) {
      ASSIGN_OR_RETURN(found, Noted(FindTime(*snapshot, epoch_, *time, now_())));
    } else {
      ASSIGN_OR_RETURN(found.head, Noted(HeadOf(*snapshot, epoch_)));
      found.point = found.head;
    }
    return std::make_unique<PinnedReader>(std::move(snapshot), questions_, found.point,
                                          found.point.version == found.head.version);
  }

  absl::StatusOr<int64_t> Head(absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    ASSIGN_OR_RETURN(const Point head, Noted(HeadOf(*snapshot, epoch_)));
    return head.version;
  }

  absl::StatusOr<std::vector<Commit>> CommitsAfter(int64_t since, int limit,
                                                   absl::Time deadline) override {
    ASSIGN_OR_RETURN(const std::unique_ptr<Snapshot> snapshot, database_->Read(deadline));
    return store::CommitsAfter(*snapshot, since, limit);
  }

  absl::Status CopyTo(const std::string& path, absl::Time deadline) override {
    return database_->CopyTo(path, deadline);
  }

  absl::Status Scrub(absl::Time deadline) override { return database_->Scrub(deadline); }

  void OnReplaced(std::function<void()> call) override { on_replaced_ = std::move(call); }

  bool is_remote() const override { return database_->is_remote(); }

 private:
  // The result, of which is told that the store was replaced.
  template <typename T>
  absl::StatusOr<T> Noted(absl::StatusOr<T> result) {
    if (!result.ok() && ReasonOf(result.status()) == kStoreReplaced &&
        !is_replaced_.exchange(true) && on_replaced_) {
      on_replaced_();
    }
    return result;
  }

  const std::unique_ptr<Database> database_;
  const std::string epoch_;
  const TableSqls tables_;
  Questions questions_;
  const std::function<absl::Time()> now_;
  std::function<void()> on_replaced_;
  std::atomic<bool> is_replaced_ = false;
};

absl::StatusOr<std::string> EpochOf(Database& database, absl::Time now) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  ASSIGN_OR_RETURN(std::string epoch, ReadOrMakeEpoch(*transaction, now));
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

absl::Status CreateIndexes(Database& database, const TableSqls& tables) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  for (const auto& [name, sql] : tables) {
    for (const std::string& create : sql.create_indexes) {
      RETURN_IF_ERROR(transaction->ExecuteScript(create));
    }
  }
  return transaction->Commit();
}

}  // namespace

absl::Status VersionNotReached(int64_t version, int64_t head) {
  return ErrorWithReason(
      absl::StatusCode::kUnavailable, kVersionNotReached,
      absl::StrCat("version ", version, " is not reached yet, the last one is ", head),
      {{"version", absl::StrCat(version)}, {"head", absl::StrCat(head)}});
}

int64_t VersionNotReachedOf(const absl::Status& status) {
  if (!absl::IsUnavailable(status) || ReasonOf(status) != kVersionNotReached) return 0;
  int64_t version = 0;
  return absl::SimpleAtoi(ErrorMetadata(status, "version"), &version) ? version : 0;
}

absl::StatusOr<std::unique_ptr<VersionedStore>> VersionedStore::Open(
    std::unique_ptr<Database> database, const std::vector<MigrationSeries>& series, Migrate migrate,
    const std::vector<Table>& tables, std::function<absl::Time()> now) {
  RETURN_IF_ERROR(ApplyMigrations(*database, WithPlatformSeries(series), migrate, now()));
  TableSqls sqls;
  for (const Table& table : tables) sqls.try_emplace(table.name, table, database->row_id());
  RETURN_IF_ERROR(ProbeTables(*database, sqls));
  if (migrate != Migrate::kCheck) RETURN_IF_ERROR(CreateIndexes(*database, sqls));
  ASSIGN_OR_RETURN(std::string epoch, EpochOf(*database, now()));
  return std::make_unique<SqlVersionedStore>(std::move(database), std::move(epoch), std::move(sqls),
                                             std::move(now));
}

}  // namespace corridor::store
