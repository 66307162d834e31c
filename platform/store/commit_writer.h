// The body of one commit, on the transaction that will record it.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/store/commit_log.h"
#include "platform/store/database.h"
#include "platform/store/table_sql.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// The resources that one commit touches, in the order of their first touch.
class Touched {
 public:
  bool empty() const { return collections_.empty(); }
  void Add(std::string_view resource);
  void MoveInto(Commit& commit);

 private:
  absl::flat_hash_set<std::string> seen_;
  std::vector<std::string> resources_;
  std::set<std::string> collections_;
  bool omitted_ = false;
};

class CommitWriter final : public Writer {
 public:
  // All must outlive this. `point` is that of the commit to be.
  CommitWriter(Transaction& transaction, Questions& questions, const TableSqls& tables, Point point,
               bool is_trial)
      : transaction_(transaction),
        questions_(questions),
        tables_(tables),
        point_(point),
        is_trial_(is_trial) {}

  absl::Status Query(std::string_view sql, absl::Span<const Param> params, EachRow each) override;
  int64_t version() const override { return point_.version; }
  absl::Time commit_time() const override { return point_.time; }
  bool is_trial() const override { return is_trial_; }

  absl::Status Put(const Table& table, absl::Span<const Param> values,
                   std::string_view resource) override;
  absl::Status Delete(const Table& table, absl::Span<const Param> key,
                      std::string_view resource) override;
  absl::StatusOr<std::vector<int64_t>> Purge(const PurgeOf& purge) override;

  // Waits until it is known what every Put changed. Errors: the first failure of one that Put could
  // not answer yet.
  absl::Status Settle();
  // Why this commit cannot be recorded, even where the body went on: a failed Put may have left
  // half of its work.
  const absl::Status& failure() const { return failure_; }
  // As of Settle.
  Touched& touched() { return touched_; }
  const std::vector<Purged>& purges() const { return purges_; }

 private:
  absl::StatusOr<const TableSql*> Find(const Table& table, size_t expected, size_t given,
                                       std::string_view resource) const;
  absl::Status PutRow(const Table& table, absl::Span<const Param> values,
                      std::string_view resource);
  // Where a row is put by one statement.
  absl::Status QueuePut(const std::string& put, absl::Span<const Param> versioned,
                        std::string_view resource);
  // Whether the row was there.
  absl::StatusOr<bool> DeleteRow(const Table& table, absl::Span<const Param> key,
                                 std::string_view resource);

  Transaction& transaction_;
  Questions& questions_;
  const TableSqls& tables_;
  const Point point_;
  const bool is_trial_;
  Touched touched_;
  int queued_puts_ = 0;  // Of which it is not known what they changed.
  std::vector<Purged> purges_;
  absl::Status failure_;
};

}  // namespace corridor::store
