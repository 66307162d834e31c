#include "platform/versions/version_messages.h"

#include <string>

#include "platform/store/resource_store.h"

namespace corridor::versions {

changes::v1::Purge ToMessage(const store::Purged& purged) {
  changes::v1::Purge message;
  message.set_name(purged.resource);
  for (const std::string& field : purged.fields) message.add_fields(field);
  message.set_version(purged.commit.version);
  *message.mutable_commit_time() = store::ToTimestamp(purged.commit.time);
  message.set_actor(purged.commit.actor);
  message.set_reason(purged.commit.reason);
  for (const int64_t version : purged.versions) message.add_erased_versions(version);
  return message;
}

}  // namespace corridor::versions
