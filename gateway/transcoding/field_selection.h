// Which fields of a message a client asked for (`fields=`). Immutable once compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/transcoding/message_table.h"

namespace corridor::gateway {

// The message whose fields a path through `field` goes on to, of a map that of its values; null
// when its value has no fields of its own in JSON.
const MessageTable* PartsOf(const FieldTable& field);

class FieldSelection {
 public:
  // From paths such as `areas.displayName`, in lowerCamelCase or snake_case; one through a repeated
  // field or the values of a map means that of each of them. Null when there are no paths, which
  // selects all. `type` is the message that is written, null when it is a scalar. Errors:
  // INVALID_ARGUMENT naming `fields` and the path: a field that does not exist (with the nearest
  // that does), a part of what has no parts.
  static absl::StatusOr<std::unique_ptr<FieldSelection>> Compile(
      const std::vector<std::string>& paths, const MessageTable* type);

  // Of the field at `index` of its message.
  bool Has(size_t index) const { return index < fields_.size() && fields_[index].selected; }
  // What is selected within that field; null for all of it.
  const FieldSelection* Within(size_t index) const { return fields_[index].within.get(); }

 private:
  struct Field {
    bool selected = false;
    std::unique_ptr<FieldSelection> within;
  };
  absl::Status Add(const std::string& path, const MessageTable* type);

  std::vector<Field> fields_;  // By index in the message's table.
};

}  // namespace corridor::gateway
