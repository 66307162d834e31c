#include "gateway/views/parallel_reads.h"

#include <utility>

#include "gateway/http/message.h"
#include "platform/request/position.h"

namespace corridor::gateway {

ParallelReads::ParallelReads(const std::map<std::string, Upstream*>& services, UnaryCall call)
    : services_(services), call_(std::move(call)) {}

void ParallelReads::Ask(const std::string& service, const char* method,
                        const google::protobuf::Message& request,
                        std::function<void(const UnaryReply&)> done) {
  if (cancelled_) return;
  const auto upstream = services_.find(service);
  if (upstream == services_.end()) return done({StartedWithout(service), "", {}});
  UnaryCall call{method,           request.SerializeAsString(),
                 call_.metadata,   call_.deadline,
                 /*is_read=*/true, call_.client};
  ++running_;
  cancels_.push_back(upstream->second->Unary(
      std::move(call), [this, done = std::move(done)](const UnaryReply& reply) {
        --running_;
        if (reply.status.ok()) Merge(reply);
        done(reply);
      }));
}

void ParallelReads::Cancel() {
  cancelled_ = true;
  for (const auto& cancel : std::exchange(cancels_, {})) cancel();
}

void ParallelReads::Merge(const UnaryReply& reply) {
  const std::string* token = FindHeader(reply.headers, kVersionHeader);
  if (token == nullptr) return;
  const auto position = DecodePosition(*token, kVersionHeader);
  if (!position.ok()) return;
  for (const auto& [service, part] : position->parts()) {
    common::v1::Position::Part& merged = (*position_.mutable_parts())[service];
    if (merged.epoch() != part.epoch() || merged.version() < part.version()) merged = part;
  }
}

}  // namespace corridor::gateway
