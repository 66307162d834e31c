// The answer to a gRPC call, as HTTP sends it: in gRPC's own form, or in one of gRPC-Web's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gateway/call.h"
#include "gateway/http/body_source.h"
#include "gateway/upstream/upstream.h"
#include "google/rpc/status.pb.h"

namespace corridor::gateway {

// How frames and trailers become a response.
enum class GrpcForm {
  kGrpc,     // Trailers are HTTP's (PROTOCOL-HTTP2.md).
  kWeb,      // Trailers are the last frame of the body, with the flag 0x80 (PROTOCOL-WEB.md).
  kWebText,  // As kWeb, in base64, each piece of the body padded.
};

// An answer without messages that says `status`.
HttpResponse ResponseWith(const google::rpc::Status& status, GrpcForm form,
                          const std::string& content_type);

// Belongs to its call's loop. Held by the call until the answer begins, then by the connection.
//
// The answer begins when the service's has. An error made by the gateway or on its way to the
// service ends it as one of the service's would; it is the code that is recorded, too.
class RelayedResponse : public BodySource, public std::enable_shared_from_this<RelayedResponse> {
 public:
  RelayedResponse(const std::shared_ptr<Call>& call, GrpcForm form, std::string content_type);

  // Answers the call as soon as `answer` begins; until then a client that leaves ends that.
  // `is_streaming`: a drain ends it.
  void Begin(std::unique_ptr<RelayedAnswer> answer, bool is_streaming);
  // Answers the call with an error in place of all that.
  void Fail(const absl::Status& status);
  // The answer has something new.
  void Look();

  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override;
  HttpHeaders TakeTrailers() override { return std::move(trailers_); }
  void Drain() override { is_draining_ = is_streaming_; }

 private:
  HttpResponse Head(const Headers& head) const;
  void AnswerWith(const RelayedAnswer::Ending& ending, Call& call);
  // Ends the body; false.
  bool EndWith(const RelayedAnswer::Ending& ending, std::string& out);

  const std::weak_ptr<Call> call_;
  const GrpcForm form_;
  const std::string content_type_;
  std::unique_ptr<RelayedAnswer> answer_;  // Null once over.
  bool is_streaming_ = false;
  bool is_answered_ = false;
  bool is_draining_ = false;
  std::function<void()> wake_;  // Set once the answer has begun.
  HttpHeaders trailers_;
};

}  // namespace corridor::gateway
