// The body of a request while it comes: a connection puts bytes in, the dialect or the way to a
// service takes them out. Belongs to one loop.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

class IncomingBody : public BodySource {
 public:
  // `on_taken` is told from within Read() how many bytes it took, 0 included, so that the
  // connection can let as many more come; not after Cut() or Forget().
  explicit IncomingBody(std::function<void(size_t)> on_taken) : on_taken_(std::move(on_taken)) {}

  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override;
  bool is_whole() const override { return !was_cut_; }

  // For the connection. How much may wait is its to bound.
  void Add(std::string_view bytes);
  // All has come.
  void End();
  // No more comes, though more was to: what was not taken is dropped.
  void Cut();
  // Nothing is told any more about what is taken.
  void Forget() { on_taken_ = nullptr; }
  // Wakes whoever reads, when there is news for it. Not from within Read().
  void Tell();
  size_t waiting() const { return waiting_.size() - begin_; }
  bool is_over() const { return is_over_; }

 private:
  std::function<void(size_t)> on_taken_;
  std::function<void()> wake_;
  std::string waiting_;
  size_t begin_ = 0;  // Of what was not taken.
  bool is_over_ = false;
  bool was_cut_ = false;
  bool has_news_ = false;
  bool is_asked_ = false;  // Read() gave less than was asked for.
};

}  // namespace corridor::gateway
