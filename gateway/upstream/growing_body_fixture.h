// The body of a request, to which a test adds. Used by one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "gateway/http/body_source.h"
#include "gateway/upstream/envelope.h"

namespace corridor::gateway {

class GrowingBody : public BodySource {
 public:
  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    while (is_endless_ && bytes_.size() < enough) bytes_ += Enveloped(std::string(1000, 'x'));
    const size_t size = out.size() < enough ? std::min(enough - out.size(), bytes_.size()) : 0;
    out.append(bytes_, 0, size);
    bytes_.erase(0, size);
    read += size;
    return is_endless_ || !is_over_ || !bytes_.empty();
  }
  bool is_whole() const override { return is_whole_; }

  void Add(const std::string& bytes) {
    bytes_ += bytes;
    if (wake_) wake_();
  }
  void End(bool is_whole = true) {
    is_over_ = true;
    is_whole_ = is_whole;
    if (wake_) wake_();
  }
  // Has messages without end.
  void NeverEnd() { is_endless_ = true; }

  size_t read = 0;  // Bytes so far.

 private:
  std::string bytes_;
  bool is_over_ = false;
  bool is_whole_ = true;
  bool is_endless_ = false;
  std::function<void()> wake_;
};

}  // namespace corridor::gateway
