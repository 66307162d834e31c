// The requests that an OpenAPI document shows: what a reader of /docs sends who presses `Execute`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/struct.pb.h"

namespace corridor::gateway {

struct DocumentedRequest {
  std::string verb;  // `GET`.
  std::string operation;
  std::string path;  // With the examples of its parameters.
  // Parameters of the query that have an example, and those of them that must be there.
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::string> required;
  std::string body;                  // JSON; empty for none.
  std::vector<std::string> lacking;  // What has no example but needs one.

  // But for the parameter `without`, as it is sent.
  std::string Target(const std::string& without = "") const;
  std::string Query(const std::string& without = "") const;  // Of it, without `?`.
};

// One an operation, but for those whose answers have no end.
std::vector<DocumentedRequest> RequestsIn(const google::protobuf::Struct& document);

}  // namespace corridor::gateway
