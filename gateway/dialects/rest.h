// REST/JSON by google.api.http: one HTTP request is one RPC, and every failure is {"error": …} with
// its HTTP status.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/dialects/dialect.h"
#include "gateway/dialects/write_rules.h"
#include "gateway/own_method.h"
#include "gateway/own_stream.h"
#include "gateway/transcoding/transcoder.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

// What Rest needs, owned by others and outliving it.
struct RestParts {
  const Transcoder& transcoder;
  const KnownHosts& hosts;
  std::map<std::string, Upstream*> upstreams;     // By package, e.g. `corridor.memberstates.v1`.
  std::map<std::string, OwnMethod*> own_methods;  // By full name, as Method has it.
  std::map<std::string, OwnStream*> own_streams = {};  // Likewise.
  absl::Duration request_timeout =
      absl::Seconds(10);  // A client may ask for less, by `corridor-timeout`.
};

class Rest : public Dialect {
 public:
  explicit Rest(RestParts parts);

  // 404 with the nearest routes, 405 with Allow, 400 for a body on a read; then write_rules; then
  // the RPC's own answer, whether a service or this gateway makes it, or 503 naming the service, or
  // 504 at the deadline. A method that answers with a stream is answered with events, and 406 to
  // who does not take them; it has no deadline but the client's.
  void Serve(const std::shared_ptr<Call>& call) override;

 private:
  void Ask(const std::shared_ptr<Call>& call, const Method& method, UnaryCall rpc);
  void Stream(const std::shared_ptr<Call>& call, const Method& method, StreamingCall rpc);
  void OnReply(Call& call, const Method& method, const OwnReply& reply);
  void Fail(Call& call, const absl::Status& status, HttpHeaders headers = {});

  const RestParts parts_;
};

}  // namespace corridor::gateway
