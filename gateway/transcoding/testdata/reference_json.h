// protobuf's own JSON over the types of a contract: what ours is held against.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/type_resolver.h"

namespace corridor::gateway {

class ReferenceJson {
 public:
  // `contract` must outlive this.
  explicit ReferenceJson(ContractPool& contract);

  // Null when protobuf refuses.
  std::unique_ptr<google::protobuf::Message> Read(const std::string& type,
                                                  const std::string& json) const;
  // But for choices.fields and choices.int64_as_number. Nothing when protobuf refuses, or
  // writes a key twice.
  std::optional<std::string> Write(const google::protobuf::Message& message,
                                   const JsonChoices& choices) const;

 private:
  ContractPool& contract_;
  std::unique_ptr<google::protobuf::util::TypeResolver> types_;
};

// Where two texts of JSON are not the same values, numbers compared as floats are; empty where they
// are the same.
std::string JsonDifferences(const std::string& a, const std::string& b);

// Where two messages differ, NaN being the same as NaN; empty where they are the same.
std::string MessageDifferences(const google::protobuf::Message& a,
                               const google::protobuf::Message& b);

}  // namespace corridor::gateway
