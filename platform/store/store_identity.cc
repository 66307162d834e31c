#include "platform/store/store_identity.h"

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "platform/status/status.h"
#include "platform_schema.h"

namespace corridor::store {
namespace {

constexpr char kEpoch[] = "SELECT epoch FROM store_identity WHERE id = 1";
constexpr char kInsertIdentity[] =
    "INSERT INTO store_identity (id, epoch, created_us) VALUES (1, ?1, ?2)";

std::string NewEpoch() {
  absl::BitGen random;
  return absl::StrFormat("%016x", absl::Uniform<uint64_t>(random));
}

}  // namespace

std::vector<MigrationSeries> WithPlatformSeries(const std::vector<MigrationSeries>& series) {
  std::vector<MigrationSeries> all = {{"platform", platform_schema}};
  all.insert(all.end(), series.begin(), series.end());
  return all;
}

absl::StatusOr<std::string> ReadOrMakeEpoch(Transaction& transaction, absl::Time now) {
  std::string epoch;
  RETURN_IF_ERROR(transaction.Query(kEpoch, {}, [&](const Row& row) {
    epoch = std::string(row.Text(0));
    return absl::OkStatus();
  }));
  if (!epoch.empty()) return epoch;
  epoch = NewEpoch();
  RETURN_IF_ERROR(
      transaction.Execute(kInsertIdentity, {std::string_view(epoch), absl::ToUnixMicros(now)})
          .status());
  return epoch;
}

absl::Status RenewEpoch(Database& database) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  const std::string epoch = NewEpoch();
  const absl::StatusOr<int64_t> renewed =
      transaction->Execute("UPDATE store_identity SET epoch = ?1", {std::string_view(epoch)});
  if (!renewed.ok() && !absl::IsInternal(renewed.status())) return renewed.status();
  if (!renewed.ok() || *renewed != 1) {
    return absl::FailedPreconditionError("the database holds no store");
  }
  return transaction->Commit();
}

}  // namespace corridor::store
