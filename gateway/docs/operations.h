// The bindings of a contract as operations of OpenAPI 3.1.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/docs/address.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/example.h"
#include "gateway/docs/example_maker.h"
#include "gateway/docs/json.h"
#include "gateway/docs/learnt_values.h"
#include "gateway/docs/responses.h"
#include "gateway/docs/schemas.h"
#include "gateway/transcoding/bindings.h"

namespace corridor::gateway {

// Not thread-safe. All that it is given outlives it.
class Operations {
 public:
  Operations(const Comments& comments, const std::vector<Binding>& bindings,
             const std::vector<Example>& examples, LearntValues& learnt, Schemas& schemas,
             ErrorResponses& errors);

  // Path items in the order of the bindings. A binding for any verb is described as GET, or POST
  // where it takes a body; one for a verb that OpenAPI does not know is left out. An operation
  // without an example gets one that is made of the others. Errors: INVALID_ARGUMENT naming an
  // example of no operation, of another path, or that the method would not take.
  absl::StatusOr<Json> Paths();

  // One for each service that has operations, by name.
  Json Tags() const;

 private:
  // One binding while it is described.
  struct Described;

  std::vector<Described> DescribeAll();
  absl::Status LearnFrom(const std::vector<Described>& described);
  Json Operation(const Described& described);
  Json Parameters(const Described& described);
  Json PathParameter(const Described& described, const Address::Parameter& parameter);
  Json QueryParameter(const Described& described,
                      const std::vector<const google::protobuf::FieldDescriptor*>& chain);
  Json RequestBody(const Described& described);
  Json Answer(const Described& described);
  Json Content(const Described& described);
  Address AddressIn(const Binding& binding);
  std::string TagOf(const google::protobuf::ServiceDescriptor& service) const;
  std::string IdOf(const google::protobuf::MethodDescriptor& method);
  const Example* ExampleOf(const std::string& operation) const;

  const Comments& comments_;
  const std::vector<Binding>& bindings_;
  const std::vector<Example>& examples_;
  LearntValues& learnt_;
  Schemas& schemas_;
  ErrorResponses& errors_;
  std::map<std::string, std::set<std::string>> packages_;  // Of each service's short name.
  std::map<std::string, Address> addresses_;               // The first of each shape.
  std::map<std::string, int> bindings_of_;                 // So far, of each method.
};

}  // namespace corridor::gateway
