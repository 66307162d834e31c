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

// What of an operation decides which of them it has.
struct Traits {
  bool answers_json = true;
  bool is_read = false;    // The answer may be one that was given before.
  bool is_stream = false;  // Of answers.
  bool goes_on = false;    // A stream that goes on where a client lost it.
};

// References to those of CommonParameters() that a method takes. A stream's timeout has an example,
// since nothing else would end it.
std::vector<Json> CommonParameterReferences(const Traits& traits);
// References to those of CommonHeaders() that an answer has.
Json CommonHeaderReferences(bool is_read);

// The answers beside the one that was asked for; many operations have the same. Not thread-safe.
class ErrorResponses {
 public:
  // Adds the responses to who has the answer already, or asks for a part of it.
  static void AddOfReadsTo(Json& responses);
  // Adds a response for each HTTP status that `errors` have, and the one for all others.
  void AddTo(Json& responses, std::vector<NamedError> errors);

  // All that were added, by name.
  Json Components() const;

 private:
  std::map<std::string, std::string> names_;  // Of each response, as it is written.
  std::map<std::string, Json> components_;
};

}  // namespace corridor::gateway
