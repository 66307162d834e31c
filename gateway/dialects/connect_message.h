// What the Connect protocol (connectrpc.com/docs/protocol) puts into HTTP: errors, the end of a
// stream, timeouts, and the messages of requests. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/message.h"
#include "gateway/upstream/upstream.h"

namespace corridor::gateway {

enum class ConnectCodec { kJson, kProto };

// The flags of an envelope.
inline constexpr uint8_t kConnectCompressed = 1;
inline constexpr uint8_t kConnectEnd = 2;

// `not_found` for kNotFound, and so on.
std::string ConnectCode(absl::StatusCode code);

// {"code":"not_found","message":…,"details":[{"type":…,"value":…}]}: the details with their
// messages in base64, unpadded.
std::string ConnectErrorJson(const absl::Status& status);

// The last message of a stream: {"error":…,"metadata":{name:[value…]}}, each where there is one.
std::string ConnectEndJson(const absl::Status& status, const Headers& metadata);

// The value of `connect-timeout-ms`, or infinite when there is none. Errors: INVALID_ARGUMENT.
absl::StatusOr<absl::Duration> ConnectTimeout(const HttpHeaders& headers);

struct ConnectRequest {
  ConnectCodec codec = ConnectCodec::kJson;
  std::string message;
};
// The request in a raw query: `connect=v1&encoding=json&message=…`, with `base64=1` and
// `compression=gzip` where it says so. Other parameters are none of the protocol's, and are passed
// over. Errors: INVALID_ARGUMENT naming parameter and value, UNIMPLEMENTED for a compression that
// is not known, RESOURCE_EXHAUSTED for a message above `most_bytes`.
absl::StatusOr<ConnectRequest> ReadConnectQuery(std::string_view query, size_t most_bytes);

// The one message of a request to a stream: its body is one envelope. `encoding` is
// `connect-content-encoding`, empty for none. Errors: INVALID_ARGUMENT (no envelope, more than one,
// one cut off, flags that no request has), else as above.
absl::StatusOr<std::string> ReadConnectStream(std::string_view body, std::string_view encoding,
                                              size_t most_bytes);

// `bytes` without what `encoding` (`gzip`, `identity`, or empty) did to them; `where` is the header
// or parameter that named it. Errors: as above.
absl::StatusOr<std::string> ConnectUncompress(std::string_view where, std::string_view encoding,
                                              std::string_view bytes, size_t most_bytes);

// Whether the bytes are a serialised message of some type. What they mean is for their reader.
bool IsWireFormat(std::string_view bytes);

}  // namespace corridor::gateway
