// The text forms that gRPC gives its status on HTTP/2 (PROTOCOL-HTTP2.md), both ways. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace corridor::gateway {

// `grpc-timeout`: at most eight digits and a unit, never longer than `left`, at least `1n`.
std::string GrpcTimeout(absl::Duration left);

// Undoes the percent-encoding of `grpc-message`. What is no escape stays as it is; what is not
// UTF-8 afterwards is escaped as `\xNN`.
std::string DecodeGrpcMessage(std::string_view encoded);

// The status that trailers say. `details` is the value of grpc-status-details-bin (base64, padded
// or not); details that do not parse, or that contradict `code`, are dropped.
absl::Status StatusOfTrailers(std::string_view code, std::string_view message,
                              std::string_view details);

// The code for an answer that is not gRPC's, by its HTTP status (http-grpc-status-mapping.md).
absl::StatusCode CodeOfHttpStatus(int http_status);

// The code for a stream that was reset without a status, by HTTP/2's error code.
absl::StatusCode CodeOfReset(uint32_t error_code);

}  // namespace corridor::gateway
