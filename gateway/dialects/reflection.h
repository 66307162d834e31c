// What a contract says of itself to gRPC's reflection (grpc/reflection/v1/reflection.proto, and
// v1alpha, whose messages are the same), from the descriptor set.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace corridor::gateway {

// Immutable, thread-safe.
class Reflection {
 public:
  // `descriptor_set` is a serialised FileDescriptorSet with imports. Errors: INTERNAL, when it is
  // none.
  static absl::StatusOr<std::unique_ptr<Reflection>> Create(std::string_view descriptor_set);

  // Answers one ServerReflectionRequest with one ServerReflectionResponse, both serialised. What
  // does not exist is answered with an error within; a request that is none likewise.
  //
  // A file comes with all that it imports, in one answer, imports first.
  std::string Answer(std::string_view request) const;

  // The method whose full name (`/package.Service/Method`) is nearest to `path`.
  std::string NearestMethod(std::string_view path) const;

 private:
  Reflection() = default;

  google::protobuf::DescriptorPool pool_;
  std::vector<std::string> services_;
  std::vector<std::string> methods_;
};

// UNIMPLEMENTED for the path of a method that no contract has; names the nearest.
absl::Status NoSuchMethod(const std::string& path, const Reflection& reflection);

}  // namespace corridor::gateway
