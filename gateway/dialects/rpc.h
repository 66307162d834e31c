// What the dialects have in common: where an RPC goes, what it is told of the request beside its
// message, and for how long it may run.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/call.h"
#include "gateway/dialects/write_rules.h"
#include "gateway/http/http_error.h"
#include "gateway/own_method.h"
#include "gateway/own_stream.h"
#include "gateway/transcoding/transcoder.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

class CachedReads;

// The package of what every service has of its own, and the gateway does not pass on.
inline constexpr char kOfEachService[] = "corridor.changes.v1";

// What a dialect needs, owned by others and outliving it.
struct RpcParts {
  const Transcoder& transcoder;
  const KnownHosts& hosts;
  std::map<std::string, Upstream*> upstreams;     // By package, e.g. `corridor.memberstates.v1`.
  std::map<std::string, OwnMethod*> own_methods;  // By full name, as Method has it.
  std::map<std::string, OwnStream*> own_streams = {};  // Likewise.
  // Of what is no stream; clients may ask for less.
  absl::Duration request_timeout = absl::Seconds(10);
  size_t most_message_bytes = 16 << 20;  // Of one answer of a service, where it is relayed.
  CachedReads* cached_reads = nullptr;   // Null: each read is for its service to answer.
};

// `corridor.memberstates.v1` is served by `memberstates`.
std::string ServiceOf(std::string_view package);

// The service that answers a method which is none of the gateway's own. Errors: UNIMPLEMENTED (one
// that each service has for itself), UNAVAILABLE (the gateway was started without the service).
absl::StatusOr<Upstream*> UpstreamOf(const RpcParts& parts, const Method& method);

// An error of HTTP's own, as dialects tell it that have errors of RPC.
absl::Status StatusOf(const HttpError& error);

// Trace, request id and, of the client's headers, those that every service knows. Errors:
// INVALID_ARGUMENT naming header and value.
absl::StatusOr<Headers> KnownMetadata(const Call& call);

// Whether a header is HTTP's, a browser's or the gateway's own: none of a service's business. What
// a protocol on top of HTTP adds is for its dialect to know.
bool IsHeaderOfHttp(std::string_view name);
// What gRPC metadata may be called, in lower case; and printable ASCII.
bool IsMetadataName(std::string_view name);
bool IsMetadataValue(std::string_view value);

}  // namespace corridor::gateway
