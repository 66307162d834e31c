// A service that answers as a test says.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// The service's side of a streaming call.
class FakeStream {
 public:
  FakeStream(StreamingCall c, std::function<void()> r) : call(std::move(c)), ready_(std::move(r)) {}

  void Send(std::string message) {
    messages.push_back(std::move(message));
    Tell();
  }
  void End(absl::Status status) {
    end = std::move(status);
    Tell();
  }
  const StreamingCall call;
  std::deque<std::string> messages;  // Not yet taken.
  std::optional<absl::Status> end;
  bool is_dropped = false;  // The caller destroyed its side.

 private:
  void Tell() const {
    if (is_dropped) return;
    const std::function<void()> ready = ready_;
    ready();
  }
  const std::function<void()> ready_;
};

// The service's side of a relayed call.
class FakeRelay {
 public:
  FakeRelay(RelayCall c, std::function<void()> r) : call(std::move(c)), ready_(std::move(r)) {
    if (call.body != nullptr) call.body->Start([this] { ++wakes; });
  }

  void Head(Headers headers) {
    head = std::move(headers);
    Tell();
  }
  void Send(const std::string& bytes) {
    unread += bytes;
    Tell();
  }
  void End(RelayedAnswer::Ending ending) {
    end = std::move(ending);
    Tell();
  }
  // Reads what has come of the request, up to `most` bytes.
  std::string ReadBody(size_t most = 1 << 20) {
    std::string bytes;
    if (!is_body_over) is_body_over = !call.body->Read(bytes, most);
    return bytes;
  }

  const RelayCall call;
  std::optional<Headers> head;
  std::string unread;
  std::optional<RelayedAnswer::Ending> end;
  int wakes = 0;
  bool is_body_over = false;
  bool is_dropped = false;  // The caller destroyed its side.

 private:
  void Tell() const {
    if (is_dropped) return;
    const std::function<void()> ready = ready_;
    ready();
  }
  const std::function<void()> ready_;
};

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
  // `on_stream` sees each stream as it begins, and may send or end at once.
  std::unique_ptr<MessageStream> Stream(StreamingCall call, std::function<void()> ready) override {
    auto begun = std::make_shared<FakeStream>(std::move(call), [this, ready = std::move(ready)] {
      if (!is_beginning_) ready();
    });
    streams.push_back(begun);
    is_beginning_ = true;
    if (on_stream) on_stream(*begun);
    is_beginning_ = false;
    return std::make_unique<CallersSide>(std::move(begun));
  }
  // `on_relay` sees each relay as it begins, and may answer at once.
  std::unique_ptr<RelayedAnswer> Relay(RelayCall call, std::function<void()> ready) override {
    auto begun = std::make_shared<FakeRelay>(std::move(call), [this, ready = std::move(ready)] {
      if (!is_beginning_) ready();
    });
    relays.push_back(begun);
    is_beginning_ = true;
    if (on_relay) on_relay(*begun);
    is_beginning_ = false;
    return std::make_unique<RelayingSide>(std::move(begun));
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
  std::function<void(FakeStream&)> on_stream;
  std::vector<std::shared_ptr<FakeStream>> streams;  // All that were ever begun.
  std::function<void(FakeRelay&)> on_relay;
  std::vector<std::shared_ptr<FakeRelay>> relays;  // Likewise.

 private:
  class CallersSide : public MessageStream {
   public:
    explicit CallersSide(std::shared_ptr<FakeStream> stream) : stream_(std::move(stream)) {}
    ~CallersSide() override { stream_->is_dropped = true; }
    std::optional<std::string> Take() override {
      if (stream_->messages.empty()) return std::nullopt;
      std::string message = std::move(stream_->messages.front());
      stream_->messages.pop_front();
      return message;
    }
    std::optional<absl::Status> End() const override {
      return stream_->messages.empty() ? stream_->end : std::nullopt;
    }

   private:
    const std::shared_ptr<FakeStream> stream_;
  };

  class RelayingSide : public RelayedAnswer {
   public:
    explicit RelayingSide(std::shared_ptr<FakeRelay> relay) : relay_(std::move(relay)) {}
    ~RelayingSide() override { relay_->is_dropped = true; }
    const Headers* Head() const override { return relay_->head ? &*relay_->head : nullptr; }
    void Read(std::string& out, size_t enough) override {
      const size_t bytes =
          out.size() < enough ? std::min(relay_->unread.size(), enough - out.size()) : 0;
      out.append(relay_->unread, 0, bytes);
      relay_->unread.erase(0, bytes);
    }
    const Ending* End() const override {
      return relay_->end && relay_->unread.empty() ? &*relay_->end : nullptr;
    }

   private:
    const std::shared_ptr<FakeRelay> relay_;
  };

  bool is_beginning_ = false;
  std::map<size_t, std::function<void(UnaryReply)>> waiting_;
};

}  // namespace corridor::gateway
