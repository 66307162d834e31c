// Length-prefixed messages of a gRPC call, as they come in pieces. No sockets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace corridor::gateway {

class MessageBuffer {
 public:
  // A message above `most_bytes` is an error.
  explicit MessageBuffer(size_t most_bytes = 0) : most_bytes_(most_bytes) {}

  void Add(std::string_view bytes);
  // What is wrong with the message at the front, as far as it came. Errors: INTERNAL (compressed,
  // or above the limit).
  absl::Status Check() const;
  // Whether the message at the front is whole, and sound.
  bool has_message() const;
  // The message at the front; only when there is a whole one.
  std::string Take();
  bool is_empty() const { return size() == 0; }
  // Bytes behind the message at the front.
  size_t excess() const { return size() - std::min(size(), front_size()); }

  // Bytes of the message at the front that were not counted by an earlier call: what the sender may
  // be given room for again, so that a message of any size comes whole and what is behind it waits.
  size_t CountFront();
  // Keeps whole messages only. Errors: as Check(), INTERNAL when some end was cut off.
  absl::Status KeepWhole();

 private:
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  size_t size() const { return bytes_.size() - begin_; }
  // Prefix included; of the prefix alone while that is not whole.
  size_t front_size() const;

  size_t most_bytes_;
  std::string bytes_;
  size_t begin_ = 0;    // Of the front in `bytes_`: taking a message moves no others.
  size_t counted_ = 0;  // From the front on.
};

}  // namespace corridor::gateway
