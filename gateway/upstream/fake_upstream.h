// A service that answers as a test says.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

class FakeUpstream : public Upstream {
 public:
  // Answers at once when `reply` is set; else when the test calls Reply().
  std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) override {
    calls.push_back(std::move(call));
    if (reply) {
      done(*reply);
    } else {
      waiting_ = std::move(done);
    }
    return [this] {
      if (std::exchange(waiting_, nullptr) != nullptr) ++cancelled;
    };
  }
  absl::Status Available() const override { return available; }

  void Reply(UnaryReply late) { std::exchange(waiting_, nullptr)(std::move(late)); }

  std::optional<UnaryReply> reply;
  absl::Status available;
  std::vector<UnaryCall> calls;
  int cancelled = 0;

 private:
  std::function<void(UnaryReply)> waiting_;
};

}  // namespace corridor::gateway
