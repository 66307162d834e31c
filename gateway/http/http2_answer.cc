#include "gateway/http/http2_answer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace corridor::gateway {
namespace {

// Of a piece that was sent, kept for the next.
constexpr size_t kKeptBytes = 4 << 10;

}  // namespace

Http2Answer::Http2Answer(HttpResponse response, bool is_to_head) : response_(std::move(response)) {
  const bool is_bodiless = IsBodiless(response_.status);
  if (response_.source == nullptr && !is_bodiless &&
      FindHeader(response_.headers, "grpc-status") == nullptr) {
    response_.headers.emplace_back("content-length", absl::StrCat(response_.content().size()));
  }
  piece_ = std::move(response_.body);
  source_ = std::move(response_.source);
  if (is_to_head || is_bodiless) {
    piece_ = std::string();
    source_ = nullptr;
  } else {
    shared_ = response_.shared;
  }
  is_last_piece_ = source_ == nullptr;
}

void Http2Answer::Start(std::function<void()> more) {
  if (source_ != nullptr) source_->Start(std::move(more));
}

Http2Answer::Filled Http2Answer::Fill(char* into, size_t size, size_t& filled) {
  filled = 0;
  if (sent_ == piece().size() && !is_last_piece_) {
    piece_.clear();
    sent_ = 0;
    is_last_piece_ = !source_->Read(piece_, kPieceBytes);
  }
  const std::string_view bytes = piece();
  filled = std::min(size, bytes.size() - sent_);
  std::memcpy(into, bytes.data() + sent_, filled);
  sent_ += filled;
  if (sent_ < bytes.size() || (!is_last_piece_ && filled > 0)) return Filled::kSome;
  if (piece_.capacity() > kKeptBytes) piece_ = std::string();
  shared_ = nullptr;
  sent_ = piece_.size();
  if (!is_last_piece_) {
    is_empty_ = true;
    return Filled::kEmpty;
  }
  if (source_ == nullptr || source_->is_whole()) return Filled::kLast;
  return filled > 0 ? Filled::kSome : Filled::kPart;
}

const HttpHeaders& Http2Answer::Trailers() {
  if (const std::shared_ptr<BodySource> source = std::exchange(source_, nullptr)) {
    trailers_ = source->TakeTrailers();
  }
  return trailers_;
}

size_t Http2Answer::held_bytes() const {
  return source_ == nullptr ? piece().size() : std::max(piece_.size(), kPieceBytes);
}

}  // namespace corridor::gateway
