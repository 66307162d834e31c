// A body that a test makes, piece by piece, or that has no end. Used by one thread.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

class FakeBodySource : public BodySource {
 public:
  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    ++reads;
    if (is_endless) out.append(enough, 'x');
    given += is_endless ? enough : 0;
    out += std::exchange(waiting_, "");
    return !is_over_;
  }
  bool is_whole() const override { return whole; }
  HttpHeaders TakeTrailers() override { return std::exchange(trailers, {}); }
  void Drain() override { End("drained"); }

  void Put(const std::string& text) {
    waiting_ += text;
    if (wake_) wake_();
  }
  void End(const std::string& last) {
    waiting_ += last;
    is_over_ = true;
  }
  void Wake() {
    if (wake_) wake_();
  }

  bool is_endless = false;
  bool whole = true;
  HttpHeaders trailers;
  int reads = 0;
  size_t given = 0;

 private:
  std::function<void()> wake_;
  std::string waiting_;
  bool is_over_ = false;
};

}  // namespace corridor::gateway
