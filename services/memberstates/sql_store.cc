// What the resources share: the tables, versions, etags, and the way from a commit of rows to one
// of resources.
#include "services/memberstates/sql_store.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "platform/status/status.h"
#include "services/memberstates/sql_rows.h"

namespace corridor::memberstates {

std::vector<store::Table> Tables() {
  return {kAreas, kAreaTerms, kAreaMembers, kOrganisations, kMemberships, kSpells};
}

common::v1::KnownVersion SqlReader::known_version() const {
  common::v1::KnownVersion known;
  known.set_version(rows_.version());
  if (rows_.version() > 0) {
    *known.mutable_commit_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(rows_.commit_time()));
  }
  return known;
}

// The epoch tells apart what a restored store wrote under the same version.
std::string SqlReader::Etag(int64_t from_version) const {
  return absl::StrCat(epoch_.substr(0, 8), "-", from_version);
}

absl::StatusOr<std::unique_ptr<Reader>> SqlStore::ReadAt(const store::KnownAt& known_at,
                                                         absl::Time deadline) {
  ASSIGN_OR_RETURN(std::unique_ptr<store::Reader> rows, versions_.ReadAt(known_at, deadline));
  return std::make_unique<SqlReader>(std::move(rows), versions_.epoch());
}

absl::StatusOr<store::Commit> SqlStore::Write(const store::WriteContext& context,
                                              absl::Time deadline,
                                              absl::FunctionRef<absl::Status(Writer&)> body) {
  return versions_.Write(context, deadline, [&](store::Writer& rows) {
    SqlWriter writer(rows, versions_.epoch());
    return body(writer);
  });
}

}  // namespace corridor::memberstates
