// simdjson takes the list apart; protobuf reads the entries.
#include "platform/default_data/resource_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "platform/default_data/json_list.h"

namespace corridor {
namespace {

using ::corridor::common::v1::Citation;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Completes every citation within `message`.
absl::Status CompleteCitations(const SourcesFile& sources, Message& message) {
  if (message.GetDescriptor() == Citation::descriptor()) {
    Citation& citation = static_cast<Citation&>(message);
    if (sources.Find(citation.source()) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("cites \"", citation.source(), "\", which sources.csv does not have"));
    }
    citation = sources.Complete(std::move(citation));
    return absl::OkStatus();
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
  return ReadJsonEntries(path, [&](const auto& entry, const std::string& where) -> absl::Status {
    Message& message = add();
    const auto read =
        google::protobuf::util::JsonStringToMessage(simdjson::minify(entry), &message);
    if (!read.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": ", read.message().as_string()));
    }
    return AtField(where, CompleteCitations(sources, message));
  });
}

}  // namespace corridor
