#include "platform/store/commit_writer.h"

#include <memory>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"
#include "platform/store/purge_rows.h"

namespace corridor::store {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string CollectionOf(std::string_view resource) {
  std::vector<std::string> segments = absl::StrSplit(View(resource), '/');
  for (size_t i = 1; i < segments.size(); i += 2) segments[i].assign(1, '-');
  if (segments.size() % 2 == 0) segments.pop_back();
  return absl::StrJoin(segments, "/");
}

void Touched::Add(std::string_view resource) {
  collections_.insert(CollectionOf(resource));
  if (omitted_ || !seen_.insert(std::string(resource)).second) return;
  resources_.emplace_back(resource);
  if (resources_.size() <= kMaxResourcesPerCommit) return;
  omitted_ = true;
  resources_.clear();
}

void Touched::MoveInto(Commit& commit) {
  commit.resources = std::move(resources_);
  commit.resources_omitted = omitted_;
  commit.collections.assign(collections_.begin(), collections_.end());
}

absl::Status CommitWriter::Query(std::string_view sql, absl::Span<const Param> params,
                                 EachRow each) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Question> question,
                   questions_.Get(sql, params.size()));
  return transaction_.Query(question->at_head, params, each);
}

absl::Status CommitWriter::Put(const Table& table, absl::Span<const Param> values,
                               std::string_view resource) {
  absl::Status put = PutRow(table, values, resource);
  if (!put.ok()) failure_ = put;
  return put;
}

absl::Status CommitWriter::Delete(const Table& table, absl::Span<const Param> key,
                                  std::string_view resource) {
  const absl::StatusOr<bool> found = DeleteRow(table, key, resource);
  if (!found.ok()) return failure_ = found.status();
  if (!*found) return NoSuchResource(resource);
  touched_.Add(resource);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> CommitWriter::Purge(const PurgeOf& purge) {
  absl::StatusOr<std::vector<int64_t>> versions = PurgeRows(transaction_, purge);
  if (!versions.ok()) {
    failure_ = versions.status();
    return versions;
  }
  touched_.Add(purge.resource);
  purges_.push_back({.resource = purge.resource, .fields = purge.fields, .versions = *versions});
  return versions;
}

absl::StatusOr<const TableSql*> CommitWriter::Find(const Table& table, size_t expected,
                                                   size_t given, std::string_view resource) const {
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

absl::Status CommitWriter::PutRow(const Table& table, absl::Span<const Param> values,
                                  std::string_view resource) {
  ASSIGN_OR_RETURN(const TableSql* sql,
                   Find(table, table.key.size() + table.columns.size(), values.size(), resource));
  absl::InlinedVector<Param, 16> versioned(values.begin(), values.end());
  versioned.emplace_back(point_.version);
  if (!sql->put.empty()) return QueuePut(sql->put, versioned, resource);
  ASSIGN_OR_RETURN(int64_t changed, transaction_.Execute(sql->insert, versioned));
  if (changed == 0) {
    RETURN_IF_ERROR(transaction_.Execute(sql->archive_changed, versioned).status());
    ASSIGN_OR_RETURN(changed, transaction_.Execute(sql->update, versioned));
  }
  if (changed > 0) touched_.Add(resource);
  return absl::OkStatus();
}

absl::Status CommitWriter::QueuePut(const std::string& put, absl::Span<const Param> versioned,
                                    std::string_view resource) {
  ++queued_puts_;
  absl::Status queued =
      transaction_.Queue(put, versioned, [this, name = std::string(resource)](int64_t rows) {
        --queued_puts_;
        if (rows > 0) touched_.Add(name);
      });
  if (!queued.ok()) --queued_puts_;
  return queued;
}

absl::Status CommitWriter::Settle() {
  return queued_puts_ == 0 ? absl::OkStatus() : transaction_.Settle();
}

absl::StatusOr<bool> CommitWriter::DeleteRow(const Table& table, absl::Span<const Param> key,
                                             std::string_view resource) {
  ASSIGN_OR_RETURN(const TableSql* sql, Find(table, table.key.size(), key.size(), resource));
  absl::InlinedVector<Param, 16> versioned(key.begin(), key.end());
  versioned.emplace_back(point_.version);
  RETURN_IF_ERROR(transaction_.Queue(sql->archive, versioned));
  ASSIGN_OR_RETURN(const int64_t erased, transaction_.Execute(sql->erase, key));
  return erased > 0;
}

}  // namespace corridor::store
