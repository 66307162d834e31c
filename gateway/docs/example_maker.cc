// A request is filled with what is required in it; an answer with what an answer had before, moved
// to the resource that is asked for.
#include "gateway/docs/example_maker.h"

#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/docs/field_behavior.h"
#include "gateway/docs/query_fields.h"
#include "gateway/transcoding/query_parameters.h"
#include "google/protobuf/text_format.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::api::OUTPUT_ONLY;
using google::api::REQUIRED;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;
using MessagePointer = std::unique_ptr<Message>;

constexpr char kName[] = "name";
// Not in what is asked: that of an example is not the reader's.
constexpr char kEtag[] = "etag";
constexpr char kValidateOnly[] = "validate_only";
constexpr char kNew[] = "_2";  // Makes the id of a resource one that there is not.
constexpr char kAnyResource[] = "google.protobuf.Struct";
constexpr char kVersions[] = "corridor.changes.v1";  // Of messages about resources of all types.

// Calls for each message within, and for the whole.
void ForEachMessage(Message& message, const std::function<void(Message&)>& look) {
  look(message);
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == nullptr || field->is_map()) continue;
    if (!field->is_repeated()) {
      ForEachMessage(*reflection.MutableMessage(&message, field), look);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      ForEachMessage(*reflection.MutableRepeatedMessage(&message, field, i), look);
    }
  }
}

// Leaves what a request may say.
void ClearOutput(Message& message) {
  ForEachMessage(message, [](Message& part) {
    for (int i = 0; i < part.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *part.GetDescriptor()->field(i);
      if (!Behaves(field, OUTPUT_ONLY) && field.name() != kEtag) continue;
      part.GetReflection()->ClearField(&part, &field);
    }
  });
}

bool IsName(const FieldDescriptor& field) {
  return field.name() == kName && field.type() == FieldDescriptor::TYPE_STRING &&
         !field.is_repeated();
}

std::string NameOf(const Message& message) {
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(kName);
  if (field == nullptr || !IsName(*field)) return "";
  return message.GetReflection()->GetString(message, field);
}

bool IsResource(const Message& message) { return !PatternOf(NameOf(message)).empty(); }

// Gives what is called `from`, and what is called after it, the name `to`.
void Rename(const std::string& from, const std::string& to, Message& message) {
  ForEachMessage(message, [&](Message& part) {
    const FieldDescriptor* const field = part.GetDescriptor()->FindFieldByName(kName);
    const std::string name = NameOf(part);
    if (name != from && !absl::StartsWith(name, from + "/")) return;
    part.GetReflection()->SetString(&part, field, to + name.substr(from.size()));
  });
}

// Makes of a resource that there is one that there is not.
void MakeNew(Message& resource) {
  const std::string name = NameOf(resource);
  Rename(name, name + kNew, resource);
}

// The value of a field that is no message, as a query has it; of a repeated one the first.
std::string TextOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated() && reflection.FieldSize(message, &field) == 0) return "";
  if (!field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING) {
    return reflection.GetString(message, &field);
  }
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    return reflection.GetRepeatedString(message, &field, 0);
  }
  std::string text;
  TextFormat::PrintFieldValueToString(message, &field, field.is_repeated() ? 0 : -1, &text);
  return text;
}

// `areas/*` for a field whose comment says `areas/{code}`.
std::string PatternSaidOf(const FieldDescriptor& field) {
  google::protobuf::SourceLocation location;
  if (!field.GetSourceLocation(&location)) return "";
  const std::vector<std::string> parts = absl::StrSplit(location.leading_comments, '`');
  for (size_t i = 1; i < parts.size(); i += 2) {
    if (absl::StrContains(parts[i], "{")) return PatternOf(parts[i]);
  }
  return "";
}

class Maker {
 public:
  Maker(const LearntValues& learnt, const Binding& binding, const Address& address)
      : learnt_(learnt),
        binding_(binding),
        address_(address),
        method_(*binding.method),
        makes_new_(absl::StartsWith(method_.name(), "Create") ||
                   absl::StartsWith(method_.name(), "BatchCreate")) {}

  absl::StatusOr<Shown> Make() {
    const MessagePointer request = learnt_.New(*method_.input_type());
    FillRequired(*request);
    Shown shown;
    for (size_t i = 0; i < binding_.variables.size(); ++i) SetVariable(i, *request, shown);
    AddQuery(*request, shown);
    if (!binding_.raw_body) {
      ASSIGN_OR_RETURN(shown.body, Body(*request));
    }
    if (!binding_.raw_answer && !method_.server_streaming()) {
      ASSIGN_OR_RETURN(shown.answer, Answer());
    }
    return shown;
  }

 private:
  // What stands for a variable, with stars.
  std::string PatternOfVariable(size_t variable) const {
    const PathTemplate::Variable& captures = binding_.path.variables[variable];
    std::vector<std::string> segments;
    for (size_t i = captures.first; i < captures.first + captures.count; ++i) {
      const PathTemplate::Segment& segment = binding_.path.segments[i];
      const bool is_literal = segment.kind == PathTemplate::Segment::Kind::kLiteral;
      segments.push_back(is_literal ? segment.literal : "*");
    }
    return absl::StrJoin(segments, "/");
  }

  void SetVariable(size_t variable, Message& request, Shown& shown) {
    const std::string name = learnt_.NameLike(PatternOfVariable(variable));
    if (name.empty()) return;
    const auto& chain = binding_.variables[variable];
    Message& holder = HolderOf(chain, request);
    holder.GetReflection()->SetString(&holder, chain.back(), name);
    about_ = learnt_.ResourceNamed(name);
    const std::vector<std::string> parts = absl::StrSplit(address_.variables[variable], '/');
    const std::vector<std::string> segments = absl::StrSplit(name, '/');
    for (size_t i = 0; i < segments.size(); ++i) {
      if (!absl::StartsWith(parts[i], "{")) continue;
      shown.parameters.emplace_back(parts[i].substr(1, parts[i].size() - 2), segments[i]);
    }
  }

  void AddQuery(const Message& request, Shown& shown) const {
    for (const auto& chain : QueryFieldsOf(binding_)) {
      const FieldDescriptor& field = *chain.front();
      if (!Behaves(field, REQUIRED) && field.name() != kValidateOnly) continue;
      const std::string text = TextOf(request, field);
      if (!text.empty()) shown.parameters.emplace_back(JsonPath(chain), text);
    }
  }

  void FillRequired(Message& message) const {
    const Reflection& reflection = *message.GetReflection();
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      if (field->name() == kValidateOnly && &type == method_.input_type()) {
        reflection.SetBool(&message, field, true);
      }
      if (!Behaves(*field, REQUIRED)) continue;
      if (field->message_type() != nullptr) {
        const MessagePointer part = Asked(*field->message_type());
        Message* const into = field->is_repeated() ? reflection.AddMessage(&message, field)
                                                   : reflection.MutableMessage(&message, field);
        into->CopyFrom(*part);
        continue;
      }
      const std::string text = TextFor(*field);
      if (text.empty()) continue;
      if (field->is_repeated()) {
        reflection.AddString(&message, field, text);
      } else {
        reflection.SetString(&message, field, text);
      }
    }
  }

  std::string TextFor(const FieldDescriptor& field) const {
    if (field.type() != FieldDescriptor::TYPE_STRING) return "";
    const std::string text = learnt_.TextOf(field, method_.full_name());
    return text.empty() ? learnt_.NameLike(PatternSaidOf(field)) : text;
  }

  // A resource as it may be written, or another message with what is required in it.
  MessagePointer Asked(const Descriptor& type) const {
    const Message* const known = learnt_.OfType(type);
    MessagePointer message = learnt_.New(type);
    if (known == nullptr || !IsResource(*known)) {
      FillRequired(*message);
      return message;
    }
    message->CopyFrom(*known);
    ClearOutput(*message);
    if (makes_new_) MakeNew(*message);
    return message;
  }

  absl::StatusOr<std::string> Body(Message& request) const {
    const Reflection& reflection = *request.GetReflection();
    if (binding_.body_field != nullptr) {
      if (binding_.body_field->is_repeated() ||
          !reflection.HasField(request, binding_.body_field)) {
        return "";
      }
      return learnt_.JsonOf(request, /*omits_defaults=*/true, binding_.body_field);
    }
    if (!binding_.body_is_message) return "";
    for (const auto& chain : binding_.variables) reflection.ClearField(&request, chain.front());
    if (request.ByteSizeLong() == 0) return "";
    return learnt_.JsonOf(request, /*omits_defaults=*/true);
  }

  absl::StatusOr<std::string> Answer() const {
    const Descriptor& type = *method_.output_type();
    if (type.full_name() == "google.protobuf.Empty") return "{}";
    MessagePointer answer;
    if (type.full_name() != kAnyResource) {
      answer = Answered(type);
      if (answer != nullptr) MoveToWhatIsAsked(*answer);
    } else if (about_ != nullptr) {
      answer = AboutAsJson(type);
    }
    if (answer == nullptr) return "";
    return learnt_.JsonOf(*answer, /*omits_defaults=*/false, binding_.response_field);
  }

  // What was answered once, or what has that in it; null when there is nothing of this kind.
  MessagePointer Answered(const Descriptor& type) const {
    MessagePointer answer = learnt_.New(type);
    if (const Message* known = learnt_.OfType(type)) {
      answer->CopyFrom(*known);
      if (makes_new_ && IsResource(*answer)) MakeNew(*answer);
      return answer;
    }
    const Reflection& reflection = *answer->GetReflection();
    bool is_known = false;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      if (field->message_type() == nullptr || field->is_map()) continue;
      const Message* const known = learnt_.OfType(*field->message_type());
      if (known == nullptr) continue;
      Message* const part = field->is_repeated() ? reflection.AddMessage(answer.get(), field)
                                                 : reflection.MutableMessage(answer.get(), field);
      part->CopyFrom(*known);
      if (makes_new_ && IsResource(*part)) MakeNew(*part);
      is_known = true;
    }
    return is_known ? std::move(answer) : nullptr;
  }

  // Has an answer that was about another resource be about the one that the path names.
  void MoveToWhatIsAsked(Message& answer) const {
    if (about_ == nullptr) return;
    ForEachMessage(answer, [this](Message& part) {
      const Reflection& reflection = *part.GetReflection();
      const Descriptor& type = *part.GetDescriptor();
      if (type.file()->package() != kVersions) return;
      for (int i = 0; i < type.field_count(); ++i) {
        const FieldDescriptor* const field = type.field(i);
        if (IsName(*field)) reflection.SetString(&part, field, NameOf(*about_));
        if (field->name() == "fields") reflection.ClearField(&part, field);
        if (field->message_type() == nullptr) continue;
        if (field->message_type()->full_name() != kAnyResource) continue;
        reflection.MutableMessage(&part, field)->CopyFrom(*AboutAsJson(*field->message_type()));
      }
    });
  }

  // The resource that the path names, as a google.protobuf.Struct, which `type` is.
  MessagePointer AboutAsJson(const Descriptor& type) const {
    const MessagePointer written = learnt_.New(*about_->GetDescriptor());
    written->CopyFrom(*about_);
    ClearOutput(*written);
    MessagePointer json = learnt_.New(type);
    const absl::StatusOr<std::string> text = learnt_.JsonOf(*written, /*omits_defaults=*/true);
    GOOGLE_CHECK(text.ok() && learnt_.Read(*text, *json).ok()) << NameOf(*about_);
    return json;
  }

  const LearntValues& learnt_;
  const Binding& binding_;
  const Address& address_;
  const google::protobuf::MethodDescriptor& method_;
  const bool makes_new_;
  const Message* about_ = nullptr;  // The resource that the path names.
};

}  // namespace

absl::StatusOr<Shown> ShowExample(const LearntValues& learnt, const Binding& binding,
                                  const Address& address, const Example* own) {
  ASSIGN_OR_RETURN(Shown shown, Maker(learnt, binding, address).Make());
  if (own == nullptr) return shown;
  ASSIGN_OR_RETURN(shown.parameters, ParametersOf(*own, address));
  if (!own->body.empty()) shown.body = std::string(own->body);
  if (!own->answer.empty()) shown.answer = std::string(own->answer);
  return shown;
}

}  // namespace corridor::gateway
