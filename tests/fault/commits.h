// The commits of a running service, as its change feed has them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "corridor/changes/v1/changes.grpc.pb.h"

namespace corridor::e2e {

// Of the service that listens on `address`. Connects at once when the service is there.
std::unique_ptr<changes::v1::Changes::Stub> ChangesOf(const std::string& address);

// All of them, page by page. Fails the test when they cannot be had within a minute, or when the
// versions are not 1, 2, 3 and so on.
std::vector<changes::v1::Commit> AllCommits(changes::v1::Changes::Stub& changes);

}  // namespace corridor::e2e
