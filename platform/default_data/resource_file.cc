// simdjson takes the list apart; protobuf reads the entries.
#include "platform/default_data/resource_file.h"

#include <simdjson.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace corridor {
namespace {

using ::corridor::common::v1::Citation;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Complete(const SourcesFile& sources, Citation& citation) {
  const Citation* const source = sources.Find(citation.source());
  if (source == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("cites \"", citation.source(), "\", which sources.csv does not have"));
  }
  Citation whole = *source;
  if (!citation.locator().empty() && !source->locator().empty()) {
    citation.set_locator(absl::StrCat(source->locator(), ", ", citation.locator()));
  }
  whole.MergeFrom(citation);
  citation = std::move(whole);
  return absl::OkStatus();
}

// Completes every citation within `message`.
absl::Status CompleteCitations(const SourcesFile& sources, Message& message) {
  if (message.GetDescriptor() == Citation::descriptor()) {
    return Complete(sources, static_cast<Citation&>(message));
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(CompleteCitations(sources, *reflection.MutableMessage(&message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      RETURN_IF_ERROR(
          CompleteCitations(sources, *reflection.MutableRepeatedMessage(&message, field, i)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadMessages(const std::string& path, const SourcesFile& sources,
                          absl::FunctionRef<Message&()> add) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (const auto error = parser.parse(text).get_array().get(list)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", simdjson::error_message(error)));
  }
  int entry = 0;
  for (const simdjson::dom::element element : list) {
    const std::string where = absl::StrCat(path, ": [", entry++, "]");
    Message& message = add();
    const auto read =
        google::protobuf::util::JsonStringToMessage(simdjson::minify(element), &message);
    if (!read.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", read.message().as_string()));
    }
    RETURN_IF_ERROR(AtField(where, CompleteCitations(sources, message)));
  }
  return absl::OkStatus();
}

}  // namespace corridor
