#include "gateway/upstream/relayed_exchange.h"

#include <algorithm>
#include <utility>

namespace corridor::gateway {

void KeptBody::Start(std::function<void()> wake) {
  if (source_ != nullptr) source_->Start(std::move(wake));
}

std::string_view KeptBody::Next(size_t most) {
  if (sent_ == kept_.size() && source_ != nullptr) {
    if (!is_kept_) {
      kept_.clear();
      sent_ = 0;
    }
    if (!source_->Read(kept_, kept_.size() + most)) {
      is_cut_off_ = !source_->is_whole();
      source_ = nullptr;
    }
    if (kept_.size() > kMostKept) is_kept_ = false;
  }
  return std::string_view(kept_).substr(sent_, most);
}

size_t RelayedExchange::Read(std::string& out, size_t enough) {
  if (out.size() >= enough) return 0;
  const size_t bytes = std::min(unread.size(), enough - out.size());
  if (out.empty() && bytes == unread.size()) {
    out.swap(unread);
    return bytes;
  }
  out.append(unread, 0, bytes);
  unread.erase(0, bytes);
  return bytes;
}

}  // namespace corridor::gateway
