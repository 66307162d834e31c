// gRPC calls by name and bytes, for methods whose stubs a test has not.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace corridor::e2e {

// Calls `method`, such as `/grpc.health.v1.Health/Check`, with one serialised message and answers
// the first one that comes back. Fails the test when the call does not end well within 20 s.
std::string CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& request);

}  // namespace corridor::e2e
