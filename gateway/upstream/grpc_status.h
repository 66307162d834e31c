// The text forms that gRPC gives its status on HTTP/2 (PROTOCOL-HTTP2.md), both ways. Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/body_source.h"
#include "google/rpc/status.pb.h"

namespace corridor::gateway {

// `grpc-timeout`: at most eight digits and a unit, never longer than `left`, at least `1n`.
std::string GrpcTimeout(absl::Duration left);

// How long a `grpc-timeout` of a client is. Errors: INVALID_ARGUMENT naming the value, when it is
// not one to eight digits and one of H, M, S, m, u, n.
absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text);

// Percent-encodes what `grpc-message` cannot hold.
std::string EncodeGrpcMessage(std::string_view message);

// The trailers that say `status`: grpc-status and, of an error, grpc-message and
// grpc-status-details-bin (base64, unpadded).
HttpHeaders TrailersOfStatus(const google::rpc::Status& status);

// Undoes the percent-encoding of `grpc-message`. What is no escape stays as it is; what is not
// UTF-8 afterwards is escaped as `\xNN`.
std::string DecodeGrpcMessage(std::string_view encoded);

// The status that trailers say. `details` is the value of grpc-status-details-bin (base64, padded
// or not); details that do not parse, or that contradict `code`, are dropped.
absl::Status StatusOfTrailers(std::string_view code, std::string_view message,
                              std::string_view details);

// Errors of our services mostly carry details; those without were made by gRPC's own machinery in
// front of them, or say that the instance cannot serve.
bool HasDetails(const absl::Status& status);

// The code for an answer that is not gRPC's, by its HTTP status (http-grpc-status-mapping.md).
absl::StatusCode CodeOfHttpStatus(int http_status);

// The code for a stream that was reset without a status, by HTTP/2's error code.
absl::StatusCode CodeOfReset(uint32_t error_code);

}  // namespace corridor::gateway
