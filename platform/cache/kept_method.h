// What the contract says of keeping a method's answers (corridor.common.v1.kept), as it is asked of
// each request.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "platform/cache/entry.h"
#include "platform/cache/tags.h"

namespace corridor::cache {

// Whose answers these are.
struct Origin {
  std::string environment;  // `production`: what may share a Redis and must not share answers.
  std::string service;      // `memberstates`
  std::string epoch;        // Of its store.
  std::string binary;       // Version and commit: another one may answer otherwise.
};

// One request of which the answer may be kept.
struct Question {
  Key key = {};
  std::vector<Tag> tags = {};
  bool is_fixed = false;   // See Stamp.
  bool is_shared = false;  // Kept in Redis as well.
  int64_t min_version = 0;
  int64_t pinned = 0;  // The commits that are certainly in what is about to be read.
};

class KeptMethod {
 public:
  // `method` has the option.
  KeptMethod(const google::protobuf::MethodDescriptor& method, const Origin& origin);

  // What `request` asks at `now`: the day of it stands for all that a request may leave out.
  // Nothing about a request that is refused anyway.
  std::optional<Question> Ask(const google::protobuf::Message& request, absl::Time now) const;

 private:
  struct Reads {
    std::string collection;
    const google::protobuf::FieldDescriptor* by = nullptr;
    const google::protobuf::FieldDescriptor* by_beginning = nullptr;
  };

  const Origin origin_;
  std::string prefix_;  // What goes into the keys of all its requests.
  bool is_shared_ = false;
  std::vector<Reads> reads_;
  const google::protobuf::FieldDescriptor* known_at_ = nullptr;
  const google::protobuf::FieldDescriptor* page_token_ = nullptr;
};

// Those of a process, as they are asked for. Thread-safe.
class KeptMethods {
 public:
  explicit KeptMethods(Origin origin) : origin_(std::move(origin)) {}

  // Null when its answers are not kept. `method` as `/corridor.memberstates.v1.Areas/GetArea`.
  const KeptMethod* Find(std::string_view method);

 private:
  const Origin origin_;
  std::mutex mutex_;  // Guards the rest.
  absl::flat_hash_map<std::string, std::unique_ptr<const KeptMethod>> methods_;
};

}  // namespace corridor::cache
