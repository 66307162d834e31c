// REST/JSON by google.api.http: one HTTP request is one RPC, and every failure is {"error": …} with
// its HTTP status.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gateway/dialects/asked_json.h"
#include "gateway/dialects/dialect.h"
#include "gateway/dialects/rpc.h"
#include "gateway/dialects/streamed_answer.h"

namespace corridor::gateway {

class Rest : public Dialect {
 public:
  explicit Rest(RpcParts parts);

  // A body that a service takes as a stream of google.api.HttpBody.
  bool TakesBodyAsItComes(const HttpRequest& head) const override;
  // 204 with Allow for OPTIONS; 404 with the nearest routes, 405 with Allow, 400 for a body on a
  // read, 415 for one with a Content-Encoding; then write_rules; then the RPC's own answer, whether
  // a service or this gateway makes it, or 502 for what is none, 503 naming the service, 504 at the
  // deadline, which a client may lower by `corridor-timeout`. Calls that are streams have no
  // deadline but the client's.
  //
  // A method that answers with a stream is answered in the form that Accept chooses
  // (message_form.h); one that has no end of its own with 406, when that takes none. What is a
  // google.api.HttpBody leaves and comes as it is.
  void Serve(const std::shared_ptr<Call>& call) override;

 private:
  // A call under way: what its answer is made with.
  struct Asked {
    std::shared_ptr<Call> call;
    const Method& method;
    JsonChoices choices;
  };

  void ServeMethod(const std::shared_ptr<Call>& call, const Transcoder::Match& match);
  void Ask(const Asked& asked, UnaryCall rpc);
  // Whether what is asked may be answered from what was answered before.
  bool IsCached(const Asked& asked) const;
  void AskThroughCache(const Asked& asked, UnaryCall rpc);
  // As Upstream::Unary.
  std::function<void()> Send(const Asked& asked, UnaryCall rpc,
                             std::function<void(const OwnReply&)> done);
  // A read, from no version before those that were written through this gateway.
  std::function<void()> SendAfterWrites(const Asked& asked, const UnaryCall& rpc,
                                        std::function<void(const OwnReply&)> done);
  void Stream(const Asked& asked, StreamingCall rpc);
  void StreamOwn(const Asked& asked, OwnStream& own, StreamingCall rpc);
  void Upload(const Asked& asked, Upstream& upstream, UnaryCall rpc);
  // Null, and the call is answered, when there is none.
  Upstream* UpstreamFor(const Asked& asked);
  // Not yet begun, for an answer of a service.
  std::shared_ptr<StreamedAnswer> StreamedAnswerTo(const Asked& asked);
  void OnReply(const Asked& asked, const OwnReply& reply);
  // Errors: INTERNAL, when the message is not the method's.
  absl::StatusOr<HttpResponse> Written(const Asked& asked, const OwnReply& reply) const;
  absl::StatusOr<HttpResponse> ResponseOf(const Asked& asked, const OwnReply& reply) const;
  void Fail(Call& call, const absl::Status& status, HttpHeaders headers = {});

  const RpcParts parts_;
};

}  // namespace corridor::gateway
