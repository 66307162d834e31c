#include "platform/store/commit_log.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "platform/status/status.h"

namespace corridor::store {
namespace {

constexpr char kHead[] =
    "SELECT version, time_us, (SELECT epoch FROM store_identity WHERE id = 1)"
    " FROM commits ORDER BY version DESC LIMIT 1";
constexpr char kFirst[] = "SELECT version, time_us FROM commits ORDER BY version LIMIT 1";
constexpr char kHeadAndVersion[] =
    "SELECT head.version, head.time_us, (SELECT epoch FROM store_identity WHERE id = 1),"
    " at.version, at.time_us"
    " FROM (SELECT version, time_us FROM commits ORDER BY version DESC LIMIT 1) AS head"
    " LEFT JOIN commits AS at ON at.version = ?1";
constexpr char kAtTime[] =
    "SELECT version, time_us FROM commits WHERE time_us <= ?1 ORDER BY time_us DESC LIMIT 1";
constexpr char kCommitsAfter[] =
    "SELECT version, time_us, actor, reason, request_id, resources, resources_omitted, collections,"
    " purge FROM commits WHERE version > ?1 ORDER BY version LIMIT ?2";
constexpr char kByRequest[] =
    "SELECT version, time_us, actor, reason, request_id, resources, resources_omitted, collections,"
    " purge, payload_hash FROM commits WHERE actor = ?1 AND method = ?2 AND request_id = ?3"
    " AND request_id <> ''";
constexpr char kUnchangedByRequest[] =
    "SELECT version, payload_hash FROM unchanged_requests"
    " WHERE actor = ?1 AND method = ?2 AND request_id = ?3";
constexpr char kInsertCommit[] =
    "INSERT INTO commits (version, time_us, actor, reason, method, request_id, payload_hash,"
    " resources, resources_omitted, collections, purge)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr char kInsertUnchanged[] =
    "INSERT INTO unchanged_requests (actor, method, request_id, payload_hash, version)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr char kInsertPurge[] =
    "INSERT INTO purges (resource, version, fields, erased_versions) VALUES (?1, ?2, ?3, ?4)";

std::string Written(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

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
  return absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
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
  commit.purge = row.Int(8) != 0;
  return commit;
}

absl::Status BeforeTheFirst(Snapshot& snapshot, const std::string& asked) {
  ASSIGN_OR_RETURN(const Point first, AskPoint(snapshot, kFirst, {}));
  if (first.version == 0) {
    return ErrorWithReason(absl::StatusCode::kOutOfRange, "BEFORE_FIRST_COMMIT",
                           absl::StrCat("nothing is recorded yet, so nothing was at ", asked));
  }
  return ErrorWithReason(
      absl::StatusCode::kOutOfRange, "BEFORE_FIRST_COMMIT",
      absl::StrCat(asked, " is before the first commit, version ", first.version, " of ",
                   Written(first.time)),
      {{"first_version", absl::StrCat(first.version)}, {"first_commit_time", Written(first.time)}});
}

absl::Status CheckEpoch(const std::string& expected, std::string_view epoch) {
  if (epoch == expected) return absl::OkStatus();
  return ErrorWithReason(absl::StatusCode::kUnavailable, kStoreReplaced,
                         "the store was restored or replaced under this process, which ends",
                         {{"epoch", std::string(epoch)}});
}

// A request as its answer is remembered by, with its answer.
struct Answered {
  Commit commit;
  std::string payload_hash;
};

absl::StatusOr<std::optional<Answered>> FindAnswered(Transaction& transaction,
                                                     const WriteContext& context) {
  const std::vector<Param> request = {std::string_view(context.actor),
                                      std::string_view(context.method),
                                      std::string_view(context.request_id)};
  std::optional<Answered> found;
  RETURN_IF_ERROR(transaction.Query(kByRequest, request, [&](const Row& row) {
    found = Answered{ReadCommit(row), std::string(row.Text(9))};
    return absl::OkStatus();
  }));
  if (found.has_value()) return found;
  RETURN_IF_ERROR(transaction.Query(kUnchangedByRequest, request, [&](const Row& row) {
    found = Answered{{.version = row.Int(0)}, std::string(row.Text(1))};
    return absl::OkStatus();
  }));
  return found;
}

}  // namespace

absl::StatusOr<Point> HeadOf(Snapshot& snapshot, const std::string& epoch) {
  Point head;
  RETURN_IF_ERROR(snapshot.Query(kHead, {}, [&](const Row& row) {
    head = {row.Int(0), absl::FromUnixMicros(row.Int(1))};
    return CheckEpoch(epoch, row.Text(2));
  }));
  return head;
}

absl::StatusOr<Found> FindVersion(Snapshot& snapshot, const std::string& epoch, int64_t version) {
  Found found;
  RETURN_IF_ERROR(snapshot.Query(kHeadAndVersion, {version}, [&](const Row& row) {
    found.head = {row.Int(0), absl::FromUnixMicros(row.Int(1))};
    if (!row.IsNull(3)) found.point = {row.Int(3), absl::FromUnixMicros(row.Int(4))};
    return CheckEpoch(epoch, row.Text(2));
  }));
  if (found.point.version > 0) return found;
  if (version <= 0) return BeforeTheFirst(snapshot, absl::StrCat("version ", version));
  return VersionNotReached(version, found.head.version);
}

absl::StatusOr<Found> FindTime(Snapshot& snapshot, const std::string& epoch, absl::Time time,
                               absl::Time now) {
  Found found;
  ASSIGN_OR_RETURN(found.head, HeadOf(snapshot, epoch));
  if (time > std::max(now, found.head.time)) {
    return ErrorWithReason(absl::StatusCode::kOutOfRange, "KNOWN_AT_IN_THE_FUTURE",
                           absl::StrCat(Written(time), " is in the future"));
  }
  ASSIGN_OR_RETURN(found.point, AskPoint(snapshot, kAtTime, {absl::ToUnixMicros(time)}));
  if (found.point.version == 0) return BeforeTheFirst(snapshot, Written(time));
  return found;
}

absl::StatusOr<std::vector<Commit>> CommitsAfter(Snapshot& snapshot, int64_t since, int limit) {
  std::vector<Commit> commits;
  RETURN_IF_ERROR(
      snapshot.Query(kCommitsAfter, {since, int64_t{std::max(limit, 0)}}, [&](const Row& row) {
        commits.push_back(ReadCommit(row));
        return absl::OkStatus();
      }));
  return commits;
}

absl::StatusOr<std::optional<Commit>> FindRequest(Transaction& transaction,
                                                  const WriteContext& context) {
  if (context.request_id.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<Answered> first, FindAnswered(transaction, context));
  if (!first.has_value()) return std::nullopt;
  if (first->payload_hash == context.payload_hash) return std::move(first->commit);
  return ErrorWithReason(
      absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
      absl::StrCat("request_id: \"", context.request_id,
                   "\" was used for another request, version ", first->commit.version),
      {{"request_id", context.request_id}, {"version", absl::StrCat(first->commit.version)}});
}

absl::Status RecordCommit(Transaction& transaction, const WriteContext& context,
                          const Commit& commit, const std::vector<Purged>& purges) {
  const std::string resources = absl::StrJoin(commit.resources, "\n");
  const std::string collections = absl::StrJoin(commit.collections, "\n");
  RETURN_IF_ERROR(transaction.Queue(
      kInsertCommit,
      {commit.version, absl::ToUnixMicros(commit.time), std::string_view(commit.actor),
       std::string_view(commit.reason), std::string_view(context.method),
       std::string_view(commit.request_id), std::string_view(context.payload_hash),
       std::string_view(resources), int64_t{commit.resources_omitted},
       std::string_view(collections), int64_t{commit.purge}}));
  for (const Purged& purged : purges) {
    const std::string fields = absl::StrJoin(purged.fields, "\n");
    const std::string versions = absl::StrJoin(purged.versions, "\n");
    RETURN_IF_ERROR(
        transaction.Queue(kInsertPurge, {std::string_view(purged.resource), commit.version,
                                         std::string_view(fields), std::string_view(versions)}));
  }
  return absl::OkStatus();
}

absl::Status RecordUnchanged(Transaction& transaction, const WriteContext& context,
                             int64_t version) {
  return transaction.Queue(
      kInsertUnchanged,
      {std::string_view(context.actor), std::string_view(context.method),
       std::string_view(context.request_id), std::string_view(context.payload_hash), version});
}

}  // namespace corridor::store
