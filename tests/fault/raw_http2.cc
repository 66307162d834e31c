#include "tests/fault/raw_http2.h"

#include "absl/time/clock.h"

namespace corridor::e2e {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

RawHttp2::RawHttp2(const std::string& address, std::string_view opening, const RawOptions& options)
    : connection_(address, options) {
  Send(std::string(kHttp2Preface).append(opening));
}

void RawHttp2::Send(std::string_view bytes) { connection_.Send(bytes, absl::Now() + kPatience); }

void RawHttp2::Read(absl::Time until) {
  while (connection_.Receive(until)) NoteReceived();
}

void RawHttp2::ReadSome(absl::Time until) {
  if (connection_.Receive(until)) NoteReceived();
}

void RawHttp2::ReadToTheEnd() { Read(absl::Now() + kPatience); }

void RawHttp2::NoteReceived() {
  while (const std::optional<Frame> frame = TakeFrame(connection_.received())) Note(*frame);
}

void RawHttp2::Note(const Frame& frame) {
  if (frame.type == FrameType::kGoAway) goaway_ = ErrorCode(frame);
  if (frame.type == FrameType::kRstStream) answers_[frame.stream].reset = ErrorCode(frame);
  if (frame.type != FrameType::kHeaders && frame.type != FrameType::kData) return;
  Answer& answer = answers_[frame.stream];
  if (frame.type == FrameType::kData) {
    answer.data_bytes += static_cast<int64_t>(frame.payload.size());
  } else if (answer.head.empty()) {
    answer.head = frame.payload;
  }
  if ((frame.flags & kEndStream) != 0) answer.is_whole = true;
}

}  // namespace corridor::e2e
