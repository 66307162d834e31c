// Reads of several services for one answer: asked at once, all with one deadline, cancelled
// together.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "corridor/common/v1/position.pb.h"
#include "gateway/upstream/upstream.h"
#include "google/protobuf/message.h"

namespace corridor::gateway {

// Belongs to one loop. What is given to call back keeps its owner alive: it is dropped when it was
// called, or on Cancel().
class ParallelReads {
 public:
  // `services` by name; they outlive it. Every read has metadata, deadline and client of `call`.
  ParallelReads(const std::map<std::string, Upstream*>& services, UnaryCall call);

  // Asks, and calls `done` once, maybe before it returns: with UNAVAILABLE for a service that is
  // not among those given. Not after Cancel(), then it does nothing.
  void Ask(const std::string& service, const char* method, const google::protobuf::Message& request,
           std::function<void(const UnaryReply&)> done);
  void Cancel();

  // Reads that have not been answered.
  int running() const { return running_; }
  // Where those services stood that answered OK so far. Of one that answered from two versions it
  // is the later: the last commit that an answer may contain.
  const common::v1::Position& position() const { return position_; }

 private:
  void Merge(const UnaryReply& reply);

  const std::map<std::string, Upstream*>& services_;
  const UnaryCall call_;
  std::vector<std::function<void()>> cancels_;
  common::v1::Position position_;
  int running_ = 0;
  bool cancelled_ = false;
};

}  // namespace corridor::gateway
