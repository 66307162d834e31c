#include "platform/versions/versions_handler.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/request/known_at.h"
#include "platform/request/page.h"
#include "platform/request/reading.h"
#include "platform/status/status.h"
#include "platform/store/resource_store.h"
#include "platform/versions/changed_resources.h"
#include "platform/versions/field_changes.h"
#include "platform/versions/version_messages.h"

namespace corridor::versions {
namespace {

constexpr int kDefaultVersions = 50;

// Empty when the states are the same.
std::optional<v1::ResourceChange> ChangeOf(const std::string& name, const State& before,
                                           const State& after) {
  if (!before.exists && !after.exists) return std::nullopt;
  v1::ResourceChange change;
  change.set_name(name);
  change.set_kind(!before.exists  ? v1::ResourceChange::CREATED
                  : !after.exists ? v1::ResourceChange::DELETED
                                  : v1::ResourceChange::UPDATED);
  for (v1::FieldChange& field : FieldChanges(before.object, after.object)) {
    *change.add_fields() = std::move(field);
  }
  if (change.fields().empty() && before.exists == after.exists) return std::nullopt;
  return change;
}

// The version that a page token of ListVersions ends with.
absl::StatusOr<int64_t> LastAnswered(const PageCursor& cursor, const std::string& token) {
  int64_t version = 0;
  if (cursor.keys.size() == 1 && absl::SimpleAtoi(cursor.keys[0], &version)) return version;
  return InvalidField("page_token", token, "was not made by this list");
}

}  // namespace

struct VersionsHandler::Range {
  common::v1::KnownVersion from;  // Version 0: before the first commit.
  common::v1::KnownVersion to;
};

absl::StatusOr<v1::ListVersionsResponse> VersionsHandler::ListVersions(
    const v1::ListVersionsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const Located resource, types_.Find(request.name()));
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size(), kDefaultVersions));
  ASSIGN_OR_RETURN(const auto cursor, DecodePageToken(request, versions_.epoch()));
  store::KnownAt known_at;
  if (cursor) {
    known_at = cursor->version;
  } else {
    ASSIGN_OR_RETURN(known_at, ParseKnownAt(request.known_at(), service_, versions_.epoch()));
  }
  v1::ListVersionsResponse response;
  std::vector<int64_t> versions;
  {
    ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt(known_at, call.deadline()));
    *response.mutable_known_version() = store::KnownVersionOf(*reader);
    ASSIGN_OR_RETURN(
        versions, store::VersionedStore::VersionsOf(*reader, resource.type->RowsOf(resource.ids)));
    ASSIGN_OR_RETURN(const auto purges, store::VersionedStore::PurgesOf(*reader, request.name()));
    for (const store::Purged& purged : purges) *response.add_purges() = ToMessage(purged);
  }
  call.AnsweredFrom(versions_.epoch(), response.known_version().version());
  if (versions.empty() && response.purges().empty()) return NoSuchResource(request.name());
  if (cursor) {
    ASSIGN_OR_RETURN(const int64_t last, LastAnswered(*cursor, request.page_token()));
    versions.erase(std::lower_bound(versions.begin(), versions.end(), last), versions.end());
  }

  size_t bytes = 0;
  std::optional<State> state;  // At versions.back().
  while (!versions.empty() && response.versions_size() < page_size && bytes < kMaxPageBytes) {
    const int64_t version = versions.back();
    versions.pop_back();
    if (!state) {
      ASSIGN_OR_RETURN(state, StateAt(resource, version, call.deadline()));
    }
    ASSIGN_OR_RETURN(State before,
                     StateAt(resource, versions.empty() ? 0 : versions.back(), call.deadline()));
    ASSIGN_OR_RETURN(const auto commits, versions_.CommitsAfter(version - 1, 1, call.deadline()));
    if (commits.empty()) return absl::InternalError(absl::StrCat("no commit ", version));
    v1::ResourceVersion& answer = *response.add_versions();
    answer.set_version(version);
    *answer.mutable_commit_time() = store::ToTimestamp(commits[0].time);
    answer.set_actor(commits[0].actor);
    answer.set_reason(commits[0].reason);
    // A purge of fields is a version without a difference: they went from those before, too.
    if (auto change = ChangeOf(request.name(), before, *state)) {
      *answer.mutable_change() = *std::move(change);
    } else {
      answer.mutable_change()->set_name(request.name());
      answer.mutable_change()->set_kind(v1::ResourceChange::UPDATED);
    }
    if (state->exists) *answer.mutable_resource() = std::move(state->object);
    bytes += answer.ByteSizeLong();
    state = std::move(before);
  }
  if (!versions.empty()) {
    const PageCursor next = {response.known_version().version(),
                             "",
                             {absl::StrCat(response.versions().rbegin()->version())}};
    response.set_next_page_token(EncodePageToken(request, versions_.epoch(), next));
  }
  return response;
}

absl::StatusOr<State> VersionsHandler::StateAt(const Located& resource, int64_t version,
                                               absl::Time deadline) {
  if (version == 0) return State();
  ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt(version, deadline));
  return ReadState(resource, *reader);
}

absl::StatusOr<VersionsHandler::Range> VersionsHandler::AskedRange(
    const v1::DiffVersionsRequest& request, CallContext& call, int64_t pinned) {
  Range range;
  if (request.from().empty()) return MissingField("from");
  const auto resolve = [&](const std::string& text,
                           std::string_view field) -> absl::StatusOr<common::v1::KnownVersion> {
    ASSIGN_OR_RETURN(const store::KnownAt at,
                     ParseKnownAt(text, service_, versions_.epoch(), field));
    ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt(at, call.deadline()));
    return store::KnownVersionOf(*reader);
  };
  if (request.from() != "0") {
    ASSIGN_OR_RETURN(range.from, resolve(request.from(), "from"));
  }
  ASSIGN_OR_RETURN(range.to, resolve(pinned > 0 ? absl::StrCat(pinned) : request.to(), "to"));
  if (range.to.version() < range.from.version()) {
    return InvalidField("to", absl::StrCat(range.to.version()),
                        absl::StrCat("is before `from`, ", range.from.version()));
  }
  call.AnsweredFrom(versions_.epoch(), range.to.version());
  return range;
}

absl::StatusOr<v1::DiffVersionsResponse> VersionsHandler::DiffVersions(
    const v1::DiffVersionsRequest& request, CallContext& call) {
  ASSIGN_OR_RETURN(const auto cursor, DecodePageToken(request, versions_.epoch()));
  ASSIGN_OR_RETURN(const Range range, AskedRange(request, call, cursor ? cursor->version : 0));
  v1::DiffVersionsResponse response;
  if (range.from.version() > 0) *response.mutable_from_version() = range.from;
  *response.mutable_to_version() = range.to;
  if (request.name() == "services/" + service_) {
    RETURN_IF_ERROR(DiffAll(request, range, cursor ? cursor->keys : std::vector<std::string>(),
                            call.deadline(), response));
    return response;
  }
  if (!request.collection().empty()) {
    return InvalidField("collection", request.collection(), "is given beside a resource");
  }
  ASSIGN_OR_RETURN(const Located resource, types_.Find(request.name()));
  RETURN_IF_ERROR(DiffOne(resource, range, call.deadline(), response));
  return response;
}

absl::Status VersionsHandler::DiffOne(const Located& resource, const Range& range,
                                      absl::Time deadline, v1::DiffVersionsResponse& response) {
  const std::string name = resource.type->NameOf(resource.ids);
  {
    ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt({}, deadline));
    ASSIGN_OR_RETURN(const auto versions, store::VersionedStore::VersionsOf(
                                              *reader, resource.type->RowsOf(resource.ids)));
    ASSIGN_OR_RETURN(const auto purges, store::VersionedStore::PurgesOf(*reader, name));
    if (versions.empty() && purges.empty()) return NoSuchResource(name);
  }
  ASSIGN_OR_RETURN(const State before, StateAt(resource, range.from.version(), deadline));
  ASSIGN_OR_RETURN(const State after, StateAt(resource, range.to.version(), deadline));
  if (auto change = ChangeOf(name, before, after)) *response.add_changes() = *std::move(change);
  return absl::OkStatus();
}

absl::Status VersionsHandler::DiffAll(const v1::DiffVersionsRequest& request, const Range& range,
                                      const std::vector<std::string>& after, absl::Time deadline,
                                      v1::DiffVersionsResponse& response) {
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  std::vector<std::string> known;
  for (const ResourceType& type : types_.all()) known.push_back(type.Collection());
  if (!request.collection().empty() &&
      std::find(known.begin(), known.end(), request.collection()) == known.end()) {
    return InvalidField("collection", request.collection(),
                        absl::StrCat("is not one of ", absl::StrJoin(known, ", ")));
  }
  size_t bytes = 0;
  int looked_at = 0;
  std::vector<std::string> last = after;
  ChangedResources changed(types_, request.collection(), range.from.version(), range.to.version());
  while (true) {
    std::vector<Located> next;
    {
      ASSIGN_OR_RETURN(const auto reader, versions_.ReadAt(range.to.version(), deadline));
      ASSIGN_OR_RETURN(next, changed.After(*reader, last, page_size));
    }
    if (next.empty()) return absl::OkStatus();
    for (const Located& resource : next) {
      if (response.changes_size() == page_size || bytes > kMaxPageBytes || looked_at == kMaxBatch) {
        response.set_next_page_token(
            EncodePageToken(request, versions_.epoch(), {range.to.version(), "", last}));
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const State before, StateAt(resource, range.from.version(), deadline));
      ASSIGN_OR_RETURN(const State now, StateAt(resource, range.to.version(), deadline));
      const std::string name = resource.type->NameOf(resource.ids);
      if (auto change = ChangeOf(name, before, now)) {
        bytes += change->ByteSizeLong();
        *response.add_changes() = *std::move(change);
      }
      ++looked_at;
      last = ChangedResources::KeyOf(resource);
    }
  }
}

}  // namespace corridor::versions
