#include "platform/changes/commit_message.h"

#include <string>

#include "absl/time/time.h"

namespace corridor::changes {

v1::Commit ToMessage(const store::Commit& commit) {
  v1::Commit message;
  message.set_version(commit.version);
  const int64_t micros = absl::ToUnixMicros(commit.time);
  const int64_t seconds = absl::ToUnixSeconds(commit.time);
  message.mutable_commit_time()->set_seconds(seconds);
  message.mutable_commit_time()->set_nanos(
      static_cast<int32_t>((micros - seconds * 1'000'000) * 1000));
  message.set_actor(commit.actor);
  message.set_reason(commit.reason);
  message.set_request_id(commit.request_id);
  for (const std::string& resource : commit.resources) message.add_resources(resource);
  for (const std::string& collection : commit.collections) message.add_collections(collection);
  message.set_resources_omitted(commit.resources_omitted);
  message.set_purge(commit.purge);
  return message;
}

}  // namespace corridor::changes
