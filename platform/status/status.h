// Errors as every part of Corridor makes them: an absl::Status whose payloads are google.rpc
// details, so that the same error leaves a service as grpc-status-details-bin and the gateway as
// {"error": …}.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace corridor {

// INVALID_ARGUMENT with BadRequest: `field` of the request holds `value`, which is wrong because
// `why`. Message: `<field>: "<value>" <why>`; long values are cut to 200 bytes.
absl::Status InvalidField(std::string_view field, std::string_view value, std::string_view why);

// INVALID_ARGUMENT with BadRequest: `field` is required and empty.
absl::Status MissingField(std::string_view field);

// NOT_FOUND with ResourceInfo: no resource has this name, e.g. `areas/XYZ`.
absl::Status NoSuchResource(std::string_view name);

// Any other error: `reason` is UPPER_SNAKE_CASE and stable, `metadata` names what a program needs
// to act on it.
absl::Status ErrorWithReason(
    absl::StatusCode code, std::string_view reason, std::string_view message,
    std::initializer_list<std::pair<std::string_view, std::string_view>> metadata = {});

// The reason of an error, and one entry of its metadata; empty where there is none.
std::string ReasonOf(const absl::Status& status);
std::string ErrorMetadata(const absl::Status& status, const std::string& key);

// Prefixes the fields of a BadRequest (and the message) with `path`, e.g. `requests[3].`; other
// errors keep their details and get the path in the message.
absl::Status AtField(std::string_view path, const absl::Status& status);

// The wire form: code, message, and one Any per payload. Every error gets an ErrorInfo with domain
// `corridor`; its reason is that of ErrorWithReason, else the code's name.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The inverse; an unknown code becomes UNKNOWN.
absl::Status FromRpcStatus(const google::rpc::Status& status);

// HTTP status for a canonical code, as google/rpc/code.proto maps them.
int HttpStatus(absl::StatusCode code);

// `NOT_FOUND` for kNotFound, and so on.
std::string_view CodeName(absl::StatusCode code);

}  // namespace corridor

// Returns from the calling function when `expr` is not OK.
#define RETURN_IF_ERROR(expr) \
  CORRIDOR_RETURN_IF_ERROR_(CORRIDOR_CONCAT_(returned_status_, __COUNTER__), expr)
// Declares `lhs` from a StatusOr, or returns its error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  CORRIDOR_ASSIGN_OR_RETURN_(CORRIDOR_CONCAT_(status_or_, __COUNTER__), lhs, expr)

// __COUNTER__ keeps the names apart when one macro stands in a lambda within another's argument.
#define CORRIDOR_RETURN_IF_ERROR_(tmp, expr)              \
  do {                                                    \
    if (absl::Status tmp = (expr); !tmp.ok()) return tmp; \
  } while (false)
#define CORRIDOR_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                               \
  if (!tmp.ok()) return std::move(tmp).status();   \
  lhs = *std::move(tmp)
#define CORRIDOR_CONCAT_(a, b) CORRIDOR_CONCAT_INNER_(a, b)
#define CORRIDOR_CONCAT_INNER_(a, b) a##b
