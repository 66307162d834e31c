#include "platform/changes/commit_message.h"

#include <string>

#include "platform/store/resource_store.h"

namespace corridor::changes {

v1::Commit ToMessage(const store::Commit& commit) {
  v1::Commit message;
  message.set_version(commit.version);
  *message.mutable_commit_time() = store::ToTimestamp(commit.time);
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
