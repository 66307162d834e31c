// One call of a GrpcSession: what is to be sent, what has come, and what that makes at the end.
// Used by the session only, which has the frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/upstream/grpc_session.h"
#include "gateway/upstream/message_buffer.h"
#include "gateway/upstream/relayed_exchange.h"

namespace corridor::gateway {

struct GrpcStream {
  // Nobody waits for it any more; it only has to be closed.
  bool is_dropped() const { return done == nullptr; }
  void Drop();
  // All of the request has been handed over.
  bool is_sent() const { return relay ? relay->body.ends_after(0) : sent == request.size(); }

  void AddHeader(std::string_view name, std::string_view value);
  // A block of headers is whole. Errors: it is of an answer that is not gRPC's, so nothing more is
  // wanted.
  absl::Status EndHeaders(bool ends_stream);
  // `error_code`: HTTP/2's, that it was closed with.
  GrpcSession::Outcome Conclude(uint32_t error_code);
  // The connection is gone.
  GrpcSession::Outcome ConcludeLost(const absl::Status& why, bool was_begun);

  std::string request;                     // Prefix and message, but of a relayed call.
  size_t sent = 0;                         // Of `request`.
  std::shared_ptr<RelayedExchange> relay;  // Null for other calls.
  GrpcSession::Done done;
  GrpcSession::Arrived arrived;  // Null for a unary call.
  bool wants_more = true;        // Take() or Read() had too little: tell when there is more.
  bool has_message = false;      // One has come whole.
  UnaryReply reply;              // Of a relayed call, the headers or trailers that come now.
  MessageBuffer received;
  size_t header_bytes = 0;
  int http_status = 0;
  bool is_grpc = false;
  bool has_headers = false;  // A whole header block has come.
  bool trailers_only = false;
  std::string grpc_status;
  std::string grpc_message;
  std::string grpc_details;
  absl::Status failure;  // Set here, before the stream was reset.

 private:
  absl::Status WithoutStatus(uint32_t error_code) const;
  void TakeMessage(GrpcSession::Outcome& outcome);
  void KeepMessages(GrpcSession::Outcome& outcome);
};

}  // namespace corridor::gateway
