// What is the same in all operations: parameters that every request may have, headers of every
// answer, errors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/docs/comments.h"
#include "gateway/docs/json.h"

namespace corridor::gateway {

// Members of `components`: parameters and headers.
Json CommonParameters();
Json CommonHeaders();
// The schema of {"error":…}, and the name that it has among the schemas.
inline constexpr char kErrorSchema[] = "Error";
Json ErrorSchema();

// References to those of CommonParameters() that a method takes. A stream's timeout has an example,
// since nothing else would end it. `is_read`: the answer may be one that was given before.
std::vector<Json> CommonParameterReferences(bool is_stream, bool answers_json, bool is_read);
// References to those of CommonHeaders() that an answer has.
Json CommonHeaderReferences(bool is_read);

// The answers beside the one that was asked for; many operations have the same. Not thread-safe.
class ErrorResponses {
 public:
  // Adds the response to who has the answer already.
  static void AddUnchangedTo(Json& responses);
  // Adds a response for each HTTP status that `errors` have, and the one for all others.
  void AddTo(Json& responses, std::vector<NamedError> errors);

  // All that were added, by name.
  Json Components() const;

 private:
  std::map<std::string, std::string> names_;  // Of each response, as it is written.
  std::map<std::string, Json> components_;
};

}  // namespace corridor::gateway
