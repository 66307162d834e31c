// One function a kind of type.
#include "gateway/docs/schemas.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/docs/field_behavior.h"
#include "google/protobuf/descriptor.pb.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

Json Typed(std::string_view type) { return Json::Object({{"type", Json::Text(type)}}); }

Json Typed(std::string_view type, std::string_view format) {
  return std::move(Typed(type).Set("format", Json::Text(format)));
}

Json Unsigned(std::string_view format) {
  return std::move(Typed("integer", format).Set("minimum", Json::Number(0)));
}

// 64 bits do not fit into the numbers of JavaScript, so that JSON has them as text.
Json LongInteger(std::string_view format, std::string_view pattern) {
  return std::move(Typed("string", format).Set("pattern", Json::Text(pattern)));
}

Json Base64() { return std::move(Typed("string").Set("contentEncoding", Json::Text("base64"))); }

// The same, or null.
Json Nullable(Json schema) {
  Json* type = schema.Find("type");
  *type = Json::Array({std::move(*type), Json::Text("null")});
  return schema;
}

Json OfScalar(FieldDescriptor::Type type) {
  switch (type) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      return Typed("integer", "int32");
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return Unsigned("uint32");
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return LongInteger("int64", "^-?[0-9]+$");
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return LongInteger("uint64", "^[0-9]+$");
    case FieldDescriptor::TYPE_FLOAT:
      return Typed("number", "float");
    case FieldDescriptor::TYPE_DOUBLE:
      return Typed("number", "double");
    case FieldDescriptor::TYPE_BOOL:
      return Typed("boolean");
    case FieldDescriptor::TYPE_BYTES:
      return Base64();
    default:
      return Typed("string");
  }
}

Json OfAny() {
  return Json::Object(
      {{"type", Json::Text("object")},
       {"properties", Json::Object({{"@type", Json::Object({{"type", Json::Text("string")}})}})},
       {"required", Json::Array({Json::Text("@type")})},
       {"additionalProperties", Json::Boolean(true)}});
}

Json OfDuration() {
  return std::move(
      Typed("string", "google-duration").Set("pattern", Json::Text("^-?[0-9]+(\\.[0-9]{1,9})?s$")));
}

// Forms that the JSON mapping gives to types of google.protobuf. Only for those.
Json OfWellKnown(const Descriptor& message) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Typed("string", "date-time");
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return OfDuration();
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return Typed("string", "google-fieldmask");
    case Descriptor::WELLKNOWNTYPE_ANY:
      return OfAny();
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return std::move(Typed("object").Set("additionalProperties", Json::Boolean(true)));
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return Schemas::ListOf(Json::Object());
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Json::Object();
    default:  // The wrappers.
      return Nullable(OfScalar(message.FindFieldByName("value")->type()));
  }
}

// What only one of a oneof's fields is set of.
std::string ChoiceOf(const OneofDescriptor& oneof, const std::string& comment) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(oneof.field_count()));
  for (int i = 0; i < oneof.field_count(); ++i) {
    names.push_back(absl::StrCat("`", oneof.field(i)->json_name(), "`"));
  }
  return absl::StrCat("At most one of ", absl::StrJoin(names, ", "), ".",
                      comment.empty() ? "" : " ", comment);
}

void AddDescription(std::vector<std::string> paragraphs, Json& schema) {
  paragraphs.erase(std::remove(paragraphs.begin(), paragraphs.end(), ""), paragraphs.end());
  if (paragraphs.empty()) return;
  schema.Set("description", Json::Text(absl::StrJoin(paragraphs, "\n\n")));
}

}  // namespace

Json Schemas::ListOf(Json element) {
  return std::move(Typed("array").Set("items", std::move(element)));
}

Json Schemas::OfValue(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return OfMessage(*field.message_type());
  if (field.enum_type() != nullptr) return OfEnum(*field.enum_type());
  return OfScalar(field.type());
}

Json Schemas::OfMap(const FieldDescriptor& field) {
  const FieldDescriptor& key = *field.message_type()->map_key();
  Json schema = Typed("object");
  if (key.type() == FieldDescriptor::TYPE_BOOL) {
    schema.Set("propertyNames",
               Json::Object({{"enum", Json::Array({Json::Text("true"), Json::Text("false")})}}));
  } else if (key.type() != FieldDescriptor::TYPE_STRING) {
    schema.Set("propertyNames", Json::Object({{"pattern", Json::Text("^-?[0-9]+$")}}));
  }
  schema.Set("additionalProperties", OfValue(*field.message_type()->map_value()));
  return schema;
}

Json Schemas::OfField(const FieldDescriptor& field) {
  Json schema = field.is_map()        ? OfMap(field)
                : field.is_repeated() ? ListOf(OfValue(field))
                                      : OfValue(field);
  const std::string comment = comments_.Of(field);
  AddDescription({comment, field.has_optional_keyword() ? "Absent when it is not set." : ""},
                 schema);
  if (Behaves(field, google::api::OUTPUT_ONLY)) schema.Set("readOnly", Json::Boolean(true));
  if (Behaves(field, google::api::INPUT_ONLY)) schema.Set("writeOnly", Json::Boolean(true));
  return schema;
}

Json Schemas::OfMessage(const Descriptor& message) {
  if (message.full_name() == "google.api.HttpBody") return Typed("string", "binary");
  if (message.full_name() == "google.protobuf.Empty") return Typed("object");
  if (message.well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
    return OfWellKnown(message);
  }
  const std::string& name = message.full_name();
  // Before its fields, which may be of its own type.
  if (components_.emplace(name, Json::Object()).second) {
    Json schema = ObjectOf(message);
    components_.at(name) = std::move(schema);
  }
  return Json::Object({{"$ref", Json::Text(absl::StrCat("#/components/schemas/", name))}});
}

Json Schemas::OfBody(const Descriptor& message, const std::vector<const FieldDescriptor*>& bound) {
  return bound.empty() ? OfMessage(message) : ObjectOf(message, bound);
}

Json Schemas::ObjectOf(const Descriptor& message,
                       const std::vector<const FieldDescriptor*>& without) {
  std::vector<std::string> paragraphs = {comments_.Of(message)};
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    const OneofDescriptor& oneof = *message.oneof_decl(i);
    paragraphs.push_back(ChoiceOf(oneof, comments_.Of(oneof)));
  }
  Json properties = Json::Object();
  Json required = Json::Array();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (std::find(without.begin(), without.end(), &field) != without.end()) continue;
    properties.Set(field.json_name(), OfField(field));
    if (Behaves(field, google::api::REQUIRED)) required.Add(Json::Text(field.json_name()));
  }
  Json schema = Typed("object");
  AddDescription(std::move(paragraphs), schema);
  if (!properties.empty()) schema.Set("properties", std::move(properties));
  if (!required.empty()) schema.Set("required", std::move(required));
  return schema;
}

Json Schemas::OfEnum(const EnumDescriptor& type) {
  if (type.full_name() == "google.protobuf.NullValue") return Typed("null");
  const std::string& name = type.full_name();
  if (components_.count(name) == 0) {
    Json names = Json::Array();
    std::vector<std::string> lines;
    for (int i = 0; i < type.value_count(); ++i) {
      names.Add(Json::Text(type.value(i)->name()));
      const std::string comment = comments_.Of(*type.value(i));
      if (!comment.empty()) {
        lines.push_back(absl::StrCat("- `", type.value(i)->name(), "`: ", comment));
      }
    }
    Json schema = Typed("string");
    AddDescription({comments_.Of(type), absl::StrJoin(lines, "\n")}, schema);
    schema.Set("enum", std::move(names));
    components_.emplace(name, std::move(schema));
  }
  return Json::Object({{"$ref", Json::Text(absl::StrCat("#/components/schemas/", name))}});
}

Json Schemas::Components() const {
  Json components = Json::Object();
  for (const auto& [name, schema] : components_) components.Set(name, schema);
  return components;
}

}  // namespace corridor::gateway
