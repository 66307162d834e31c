// The resources that tests of what is kept write and read: one kind of each service, asked for over
// gRPC.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/e2e/contract_client.h"

namespace corridor::e2e {

// A kind of resource, and what its contract calls it.
struct Subject {
  std::string service;
  std::string grpc_service;
  std::string one, many;     // In names of methods: `Area`, `Areas`.
  std::string field;         // Of a request that holds one; with an `s` of the answer to a list.
  std::string collection;    // `contextNotes/`
  std::string text_field;    // The text that is changed.
  std::string text_mask;     // The same in an update mask.
  std::string other_fields;  // What it cannot be without, as in JSON.
};

// One of each service. Those of other services than memberstates name the area that CreateGeorgia
// creates.
std::vector<Subject> Subjects();
absl::Status CreateGeorgia(const std::string& memberstates_address);

// Members of a resource that everyone needs, as in JSON.
extern const char kCitations[];

// Before a test fails, on a busy machine.
inline absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

// Name and text of resources, by name.
using Texts = std::vector<std::pair<std::string, std::string>>;

// The resources of one subject in one running service. Thread-safe.
class Resources {
 public:
  // `subject` must outlive this.
  Resources(const Subject& subject, const std::string& address)
      : subject_(subject), client_(subject.service, address) {}

  // Calls a method of the subject's service.
  absl::StatusOr<ContractAnswer> Call(const std::string& method, const std::string& json) {
    return client_.Call(subject_.grpc_service, method, json, Soon());
  }

  // The text of a resource, as of `version`.
  absl::StatusOr<std::string> Get(const std::string& name, int64_t version);

  struct Listing {
    Texts texts;
    int64_t version = 0;  // That every page was answered from.
  };
  // All of them as of `version`, of the head when it is 0, in pages of `page_size`; `before_next`
  // is called before every page but the first. Fails the test when pages differ in their version.
  absl::StatusOr<Listing> List(
      int64_t version, int page_size, const std::function<void()>& before_next = [] {});

 private:
  const Subject& subject_;
  ContractClient client_;
};

}  // namespace corridor::e2e
