// A service that answers as a test says.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

class FakeUpstream : public Upstream {
 public:
  // Answers at once when `replies` or `reply` has the answer; else when the test calls Reply().
  std::function<void()> Unary(UnaryCall call, std::function<void(UnaryReply)> done) override {
    calls.push_back(std::move(call));
    const auto by_method = replies.find(calls.back().method);
    if (by_method != replies.end()) {
      done(by_method->second);
    } else if (reply) {
      done(*reply);
    } else {
      waiting_.emplace(calls.size(), std::move(done));
    }
    return [this, id = calls.size()] {
      if (!waiting_.extract(id).empty()) ++cancelled;
    };
  }
  absl::Status Available() const override { return available; }

  // Calls that have not been answered.
  size_t waiting() const { return waiting_.size(); }
  // Answers the one that has waited longest.
  void Reply(UnaryReply late) { waiting_.extract(waiting_.begin()).mapped()(std::move(late)); }

  std::map<std::string, UnaryReply> replies;  // By method; go before `reply`.
  std::optional<UnaryReply> reply;
  absl::Status available;
  std::vector<UnaryCall> calls;
  int cancelled = 0;

 private:
  std::map<size_t, std::function<void(UnaryReply)>> waiting_;
};

}  // namespace corridor::gateway
