// Messages with random fields, for property tests: the same seed gives the same messages.
#pragma once

#include <random>
#include <string>

#include "google/protobuf/message.h"

namespace corridor::gateway {

// What may be set: fields that a query can carry, or all.
enum class Reach { kQuery, kAll };

class RandomMessages {
 public:
  explicit RandomMessages(uint32_t seed) : random_(seed) {}

  // Sets some fields of `message`, which is empty. Under kQuery no message within is left empty.
  void Fill(google::protobuf::Message& message, Reach reach, int depth = 0);

  // Characters of one to four bytes, those that addresses and JSON escape among them.
  std::string Text();
  // Less than `bound`.
  size_t Below(size_t bound) { return random_() % bound; }

 private:
  void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                 Reach reach, int depth);
  void FillMessage(google::protobuf::Message& message, Reach reach, int depth);
  int64_t Integer();
  double Real();

  std::mt19937_64 random_;
};

}  // namespace corridor::gateway
