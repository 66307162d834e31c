#include "gateway/upstream/message_buffer.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/upstream/envelope.h"

namespace corridor::gateway {
namespace {

// Memory for a message is taken at once up to this size, else as it comes.
constexpr size_t kMostReservedAhead = 1 << 20;

}  // namespace

size_t MessageBuffer::front_size() const {
  return kEnvelopeBytes + EnvelopedBytes(view()).value_or(0);
}

void MessageBuffer::Add(std::string_view bytes) {
  if (begin_ > 0 && begin_ >= size()) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  bytes_ += bytes;
  const size_t wanted = begin_ + front_size();
  if (bytes_.capacity() < wanted && wanted <= kMostReservedAhead) bytes_.reserve(wanted);
}

absl::Status MessageBuffer::Check() const {
  const std::optional<size_t> length = EnvelopedBytes(view());
  if (!length) return absl::OkStatus();
  if (view()[0] != 0) return absl::InternalError("the service compressed its answer unasked");
  if (*length <= most_bytes_) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "the answer of ", *length, " bytes is larger than the limit of ", most_bytes_, " bytes"));
}

bool MessageBuffer::has_message() const { return size() >= front_size() && Check().ok(); }

std::string MessageBuffer::Take() {
  const size_t taken = front_size();
  counted_ -= std::min(counted_, taken);
  if (taken == size()) {
    std::string message = std::move(bytes_);
    message.erase(0, begin_ + kEnvelopeBytes);
    bytes_ = std::string();
    begin_ = 0;
    return message;
  }
  std::string message = bytes_.substr(begin_ + kEnvelopeBytes, taken - kEnvelopeBytes);
  begin_ += taken;
  return message;
}

size_t MessageBuffer::CountFront() {
  const size_t front = std::min(size(), front_size());
  const size_t before = std::exchange(counted_, std::max(counted_, front));
  return counted_ - before;
}

absl::Status MessageBuffer::KeepWhole() {
  const size_t front = begin_;
  while (has_message()) begin_ += front_size();
  absl::Status wrong = Check();
  if (wrong.ok() && !is_empty()) {
    wrong = absl::InternalError("the service sent a truncated answer");
  }
  bytes_.resize(begin_);
  begin_ = front;
  counted_ = 0;
  return wrong;
}

}  // namespace corridor::gateway
