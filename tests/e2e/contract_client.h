// Calls of any method of the contracts by its name, with requests as JSON has them: for tests that
// are about all resources alike, and so have no stub of any.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>  // Messages in generic stubs.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace corridor::e2e {

// What a method answered, and from where.
struct ContractAnswer {
  std::unique_ptr<google::protobuf::Message> message;
  std::string epoch;  // Of `corridor-version`; empty and 0 without.
  int64_t version = 0;
};

// Thread-safe.
class ContractClient {
 public:
  // `service`, e.g. `memberstates`, listens on `address`. Goes on when it is started again there.
  ContractClient(std::string service, const std::string& address);

  // Calls `method` of `grpc_service`, e.g. `CreateArea` of `corridor.memberstates.v1.Areas`, as
  // soon as the service can be reached. Errors: those of the method; UNAVAILABLE (the service ended
  // meanwhile), DEADLINE_EXCEEDED. Aborts on a method or a request that no contract has.
  absl::StatusOr<ContractAnswer> Call(const std::string& grpc_service, const std::string& method,
                                      const std::string& json, absl::Time deadline);

 private:
  const std::string service_;
  grpc::TemplatedGenericStub<google::protobuf::Message, google::protobuf::Message> stub_;
};

}  // namespace corridor::e2e
