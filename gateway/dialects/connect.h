// The Connect protocol (connectrpc.com/docs/protocol): unary calls by POST, or GET where they
// change nothing, and answers that are streams; messages as JSON or protobuf.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/dialects/connect_message.h"
#include "gateway/dialects/dialect.h"
#include "gateway/dialects/reflection.h"
#include "gateway/dialects/rpc.h"
#include "gateway/dialects/service_events.h"

namespace corridor::gateway {

class Connect : public Dialect {
 public:
  // `reflection` outlives it. `most_request_bytes` is that of a message once it is uncompressed.
  Connect(RpcParts parts, const Reflection& reflection, size_t most_request_bytes);

  // An error is {"code": …} with its HTTP status, or the last message of a stream (which is always
  // 200): 404 for a method that no contract has, 405 with Allow, 415 with Accept-Post for a type
  // that the method does not take, UNIMPLEMENTED for methods that take streams and for compression
  // other than gzip; PERMISSION_DENIED by write_rules for what is not a read; else the RPC's own.
  //
  // Services get the client's metadata but what is HTTP's or the protocol's, 4 KB of it at most
  // (RESOURCE_EXHAUSTED). Theirs leave as headers and `trailer-` headers, or in the last message.
  // Answers are not compressed.
  void Serve(const std::shared_ptr<Call>& call) override;
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override;

 private:
  // A call under way: how it is answered.
  struct Asked {
    std::shared_ptr<Call> call;
    const Method& method;
    ConnectCodec codec;
    bool is_stream;
    JsonChoices choices;
  };

  void ServeMethod(const std::shared_ptr<Call>& call, const Method& method);
  absl::StatusOr<UnaryCall> RpcOf(const Asked& asked, std::string_view message) const;
  absl::StatusOr<std::string> MessageOf(const Asked& asked) const;
  void Go(const Asked& asked, std::string_view message);
  void Ask(const Asked& asked, UnaryCall rpc);
  void Stream(const Asked& asked, UnaryCall rpc);
  void FailWith(const Asked& asked, const absl::Status& status);
  void OnReply(const Asked& asked, const RelayedReply& reply);

  const RpcParts parts_;
  const Reflection& reflection_;
  const size_t most_request_bytes_;
};

}  // namespace corridor::gateway
