#include "platform/default_data/json_list.h"

#include "absl/strings/str_cat.h"
#include "platform/default_data/sources_file.h"
#include "platform/status/status.h"

namespace corridor {

absl::Status ReadJsonEntries(
    const std::string& path,
    absl::FunctionRef<absl::Status(const simdjson::dom::element& entry, const std::string& where)>
        each) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (const auto error = parser.parse(text).get_array().get(list)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", simdjson::error_message(error)));
  }
  int index = 0;
  for (const simdjson::dom::element entry : list) {
    RETURN_IF_ERROR(each(entry, absl::StrCat(path, ": [", index++, "]")));
  }
  return absl::OkStatus();
}

}  // namespace corridor
