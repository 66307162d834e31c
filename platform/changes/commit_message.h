// Commits of the store as the contract of the change feed says them.
#pragma once

#include "corridor/changes/v1/changes.pb.h"
#include "platform/store/versioned_store.h"

namespace corridor::changes {

v1::Commit ToMessage(const store::Commit& commit);

}  // namespace corridor::changes
