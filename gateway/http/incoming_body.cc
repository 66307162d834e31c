#include "gateway/http/incoming_body.h"

#include <algorithm>
#include <utility>

namespace corridor::gateway {

bool IncomingBody::Read(std::string& out, size_t enough) {
  const size_t taken = std::min(waiting(), enough - std::min(enough, out.size()));
  out.append(waiting_, begin_, taken);
  begin_ += taken;
  if (waiting() == 0) {
    waiting_ = std::string();
    begin_ = 0;
  }
  is_asked_ = out.size() < enough;
  has_news_ = false;
  if (on_taken_) on_taken_(taken);
  return !is_over_ || waiting() > 0;
}

void IncomingBody::Add(std::string_view bytes) {
  if (is_over_ || bytes.empty()) return;
  if (begin_ > waiting()) {
    waiting_.erase(0, begin_);
    begin_ = 0;
  }
  waiting_ += bytes;
  has_news_ = true;
}

void IncomingBody::End() {
  is_over_ = true;
  has_news_ = true;
}

void IncomingBody::Cut() {
  if (is_over_) return;
  End();
  was_cut_ = true;
  on_taken_ = nullptr;
  waiting_ = std::string();
  begin_ = 0;
}

void IncomingBody::Tell() {
  if (!wake_ || !is_asked_ || !std::exchange(has_news_, false)) return;
  is_asked_ = false;
  const std::function<void()> wake = wake_;  // It may end this.
  wake();
}

}  // namespace corridor::gateway
