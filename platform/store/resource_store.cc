// Known versions and etags, as all services answer them.
#include "platform/store/resource_store.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"

namespace corridor::store {

common::v1::KnownVersion KnownVersionOf(const Reader& rows) {
  common::v1::KnownVersion known;
  known.set_version(rows.version());
  if (rows.version() > 0) {
    *known.mutable_commit_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(rows.commit_time()));
  }
  return known;
}

std::string EtagOf(std::string_view epoch, int64_t from_version) {
  return absl::StrCat(std::string(epoch.substr(0, 8)), "-", from_version);
}

}  // namespace corridor::store
