// JSON files of a default data set: lists of objects whose members are all known, so that a
// misspelt one is an error, as an unknown column of CSV is.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "corridor/common/v1/citation.pb.h"
#include "google/protobuf/stubs/port.h"
#include "platform/default_data/sources_file.h"
#include "platform/status/status.h"

namespace corridor {

// One object of a file. Valid until the call of `each` that it was given to ends. Errors of all
// methods: INVALID_ARGUMENT naming file, place, member and value.
class JsonMembers {
 public:
  // Where it is, for errors: `organisations.json: [0].links[1]`.
  const std::string& where() const { return where_; }

  // Empty when absent.
  absl::StatusOr<std::string> Text(const char* key) const;
  absl::StatusOr<bool> Bool(const char* key) const;
  // Objects of a list, which have no members but those of `known`; none when it is absent.
  absl::StatusOr<std::vector<JsonMembers>> List(const char* key,
                                                const std::set<std::string_view>& known) const;

  // The value of an enum by its name.
  template <typename Enum>
  absl::StatusOr<Enum> Word(const char* key,
                            bool (*parse)(google::protobuf::ConstStringParam, Enum*)) const {
    ASSIGN_OR_RETURN(const std::string text, Text(key));
    Enum value = {};
    if (!parse(text, &value)) return Wrong(key, absl::StrCat("\"", text, "\" is not known"));
    return value;
  }

  // The citation of the member `source`, with what the members `locator` and `note` say beside.
  absl::StatusOr<common::v1::Citation> Cite(const SourcesFile& sources) const;

  // The error of a member that is wrong.
  absl::Status Wrong(const char* key, const std::string& why) const;

 private:
  struct Object;
  friend absl::Status ReadJsonList(const std::string& path, const std::set<std::string_view>& known,
                                   absl::FunctionRef<absl::Status(const JsonMembers&)> each);

  JsonMembers(std::shared_ptr<const Object> object, std::string where);

  std::shared_ptr<const Object> object_;
  std::string where_;
};

// Gives `each` every object of the list that the file at `path` is, in order, until it fails. The
// objects have no members but those of `known`. Errors: NOT_FOUND (the file), INVALID_ARGUMENT
// naming file, place and what is wrong there; those of `each`.
absl::Status ReadJsonList(const std::string& path, const std::set<std::string_view>& known,
                          absl::FunctionRef<absl::Status(const JsonMembers&)> each);

}  // namespace corridor
