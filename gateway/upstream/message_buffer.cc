// The prefix of a message: a byte that says whether it is compressed, and its length in big-endian.
#include "gateway/upstream/message_buffer.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace corridor::gateway {
namespace {

constexpr size_t kPrefixBytes = 5;
// Memory for a message is taken at once up to this size, else as it comes.
constexpr size_t kMostReservedAhead = 1 << 20;

size_t LengthIn(std::string_view prefix) {
  const auto* b = reinterpret_cast<const unsigned char*>(prefix.data());
  return static_cast<size_t>(b[1]) << 24 | static_cast<size_t>(b[2]) << 16 |
         static_cast<size_t>(b[3]) << 8 | static_cast<size_t>(b[4]);
}

}  // namespace

std::string Framed(std::string_view message, uint8_t flag) {
  const auto n = static_cast<uint32_t>(message.size());
  std::string framed;
  framed.reserve(kPrefixBytes + message.size());
  framed += {static_cast<char>(flag), static_cast<char>(n >> 24), static_cast<char>(n >> 16),
             static_cast<char>(n >> 8), static_cast<char>(n)};
  return framed += message;
}

size_t MessageBuffer::front_size() const {
  return size() < kPrefixBytes ? kPrefixBytes : kPrefixBytes + LengthIn(view());
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
  if (size() < kPrefixBytes) return absl::OkStatus();
  if (view()[0] != 0) return absl::InternalError("the service compressed its answer unasked");
  const size_t length = LengthIn(view());
  if (length <= most_bytes_) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "the answer of ", length, " bytes is larger than the limit of ", most_bytes_, " bytes"));
}

bool MessageBuffer::has_message() const {
  return size() >= kPrefixBytes && size() >= front_size() && Check().ok();
}

std::string MessageBuffer::Take() {
  const size_t taken = front_size();
  counted_ -= std::min(counted_, taken);
  if (taken == size()) {
    std::string message = std::move(bytes_);
    message.erase(0, begin_ + kPrefixBytes);
    bytes_ = std::string();
    begin_ = 0;
    return message;
  }
  std::string message = bytes_.substr(begin_ + kPrefixBytes, taken - kPrefixBytes);
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
