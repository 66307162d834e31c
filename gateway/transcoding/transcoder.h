// REST/JSON ↔ gRPC by google.api.http, from the descriptor set alone. Immutable, thread-safe; no
// sockets here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace corridor::gateway {

// One method of a contract that HTTP can call.
struct Method {
  std::string full_name;      // `/corridor.memberstates.v1.Areas/GetArea`.
  std::string package;        // `corridor.memberstates.v1`: which upstream.
  std::string route;          // Template it was reached by, e.g. `/v1/{name=areas/*}`: for metrics.
  bool has_body = false;      // The binding takes a request body.
  bool is_streaming = false;  // It is answered with many messages.
  bool takes_stream = false;  // It is asked with many messages: no HTTP binding but a body that is
                              // a stream of google.api.HttpBody.
  bool is_read = false;       // It changes nothing: GET, or idempotency_level NO_SIDE_EFFECTS.
  // Number of the field of the request that is a google.api.HttpBody and takes the body of the HTTP
  // request as it is; 0 when the request itself is one. ToRpc() then wants no body: the caller adds
  // it to the message that it gives.
  std::optional<int> raw_body = std::nullopt;
  // The same of the answer: what becomes the body of the HTTP response as it is.
  std::optional<int> raw_answer = std::nullopt;
  bool has_fields_parameter = false;  // The request has a field called `fields`.
};

// How a message is written as JSON, as the client asked.
struct JsonChoices {
  bool int64_as_number = false;  // Else a string, as proto3 has it.
  bool enums_as_numbers = false;
  bool omit_defaults = false;
  // Fields to write, each a path in lowerCamelCase or snake_case (`areas.displayName`); all when
  // empty. One through a repeated field means that of each of its messages.
  std::vector<std::string> fields;
};

class Transcoder {
 public:
  virtual ~Transcoder() = default;

  // `descriptor_set` is a serialised FileDescriptorSet with imports; `other_paths` are answered by
  // others, and named among the nearest of what nobody answers. Errors: INVALID_ARGUMENT naming
  // method and template when a binding is malformed or two collide.
  static absl::StatusOr<std::unique_ptr<Transcoder>> Create(
      std::string_view descriptor_set, const std::vector<std::string>& other_paths = {});

  struct Match {
    const Method* method = nullptr;  // Null when nothing matches path and verb.
    std::vector<std::string>
        allowed_verbs;  // Verbs that this path has, when the verb is not among them: 405.
    std::vector<std::string>
        nearest_routes;  // Up to three templates near the path, when no verb has it: 404.
    std::vector<std::pair<std::string, std::string>>
        variables;           // Field path and percent-decoded value.
    absl::Status malformed;  // Why a variable cannot be decoded; ToRpc answers it.
  };
  // `path` is the raw path of the target, without query. HEAD matches as GET.
  virtual Match Route(std::string_view verb, std::string_view path) const = 0;

  // The request message, serialised, from the match, the raw query and the body. Parameters in
  // lowerCamelCase or snake_case; an unknown one is INVALID_ARGUMENT naming the nearest known one;
  // malformed JSON or a bad field names field and value.
  virtual absl::StatusOr<std::string> ToRpc(const Match& match, std::string_view query,
                                            std::string_view body) const = 0;

  // The response message, or one of them, as one line of JSON: proto3 mapping, default values
  // emitted. `method` is one of this transcoder's. Errors: INTERNAL, when the bytes are no such
  // message.
  virtual absl::StatusOr<std::string> ToJson(const Method& method, std::string_view message,
                                             const JsonChoices& choices = {}) const = 0;

  // Whether the answer has the fields that are chosen, for before anything is asked. Errors:
  // INVALID_ARGUMENT naming the one that does not exist and the nearest that does.
  virtual absl::Status CheckFields(const Method& method, const JsonChoices& choices) const = 0;

  // A method by its full name, whatever HTTP bindings it has; null when the contract has none. Its
  // ToJson() writes the whole message, whatever `response_body` says.
  virtual const Method* FindRpc(std::string_view full_name) const = 0;
  // The request message of a method that FindRpc() gave, serialised, from all of `json`. Errors: as
  // ToRpc.
  virtual absl::StatusOr<std::string> RequestFromJson(const Method& method,
                                                      std::string_view json) const = 0;

  // {"error":{"code":404,"status":"NOT_FOUND","message":…,"details":[…]}}, details as proto3 maps
  // Any.
  virtual std::string ErrorJson(const absl::Status& status) const = 0;
};

}  // namespace corridor::gateway
