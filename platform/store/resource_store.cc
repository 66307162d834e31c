// Known versions and etags, as all services answer them.
#include "platform/store/resource_store.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "platform/status/status.h"

namespace corridor::store {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

common::v1::KnownVersion KnownVersionOf(const Reader& rows) {
  common::v1::KnownVersion known;
  known.set_version(rows.version());
  if (rows.version() > 0) {
    *known.mutable_commit_time() = ToTimestamp(rows.commit_time());
  }
  return known;
}

absl::Status NotFoundOf(Reader& rows, std::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<Purged> purges, VersionedStore::PurgesOf(rows, name));
  for (const Purged& purged : purges) {
    if (!purged.fields.empty() || purged.commit.version <= rows.version()) continue;
    const std::string version = absl::StrCat(purged.commit.version);
    return ErrorWithReason(absl::StatusCode::kNotFound, "PURGED",
                           absl::StrCat(std::string(name), " was purged by version ", version, ": ",
                                        purged.commit.reason),
                           {{"name", name}, {"version", version}});
  }
  return NoSuchResource(name);
}

std::string EtagOf(std::string_view epoch, int64_t from_version) {
  return absl::StrCat(std::string(epoch.substr(0, 8)), "-", from_version);
}

}  // namespace corridor::store
