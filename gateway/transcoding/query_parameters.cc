// Reads parameters one by one, finds the field of each and has its text parsed.
#include "gateway/transcoding/query_parameters.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/transcoding/field_text.h"
#include "gateway/transcoding/percent_encoding.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using Chain = std::vector<const FieldDescriptor*>;

// More than any list that the contract takes, with its other parameters.
constexpr int kMostParameters = 4096;
constexpr size_t kDeepestPath = 16;

bool IsPlainMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
         !HasTextForm(field);
}

class QueryReader {
 public:
  QueryReader(const std::vector<BoundField>& bound, Message& message)
      : bound_(bound), message_(message) {}

  absl::Status Read(std::string_view query) {
    int parameters = 0;
    while (!query.empty()) {
      size_t end = std::min(query.find('&'), query.size());
      std::string_view parameter = query.substr(0, end);
      query.remove_prefix(std::min(end + 1, query.size()));
      if (parameter.empty()) continue;
      if (++parameters > kMostParameters) {
        return InvalidField("query", absl::StrCat(kMostParameters, " parameters"),
                            "is the most that a query may have");
      }
      RETURN_IF_ERROR(ReadParameter(parameter));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadParameter(std::string_view parameter) {
    size_t equals = std::min(parameter.find('='), parameter.size());
    std::string_view raw_value = parameter.substr(std::min(equals + 1, parameter.size()));
    std::optional<std::string> name = DecodeQueryPart(parameter.substr(0, equals));
    std::optional<std::string> value = DecodeQueryPart(raw_value);
    if (!name) return InvalidField("query", parameter, "has a bad percent-escape in its name");
    if (!value) return InvalidField(*name, raw_value, "has a bad percent-escape");
    Chain chain;
    RETURN_IF_ERROR(FindField(*name, *value, chain));
    RETURN_IF_ERROR(CheckNotBound(chain, *value));
    return Set(chain, *value);
  }

  absl::Status FindField(const std::string& name, const std::string& value, Chain& chain) {
    const Descriptor* type = message_.GetDescriptor();
    std::string_view rest = name;
    while (true) {
      std::string_view part = rest.substr(0, rest.find('.'));
      const FieldDescriptor* field = FieldOf(*type, part);
      if (field == nullptr || chain.size() == kDeepestPath)
        return Unknown(name, value, chain, *type, part);
      chain.push_back(field);
      if (part.size() == rest.size()) return CheckSettable(*field, name, value);
      if (!IsPlainMessage(*field)) {
        return InvalidField(name, value,
                            absl::StrCat("is for a part of ", JsonPath(chain),
                                         ", which has no parts to set in a query"));
      }
      type = field->message_type();
      rest.remove_prefix(part.size() + 1);
    }
  }

  static const FieldDescriptor* FieldOf(const Descriptor& type, std::string_view part) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->json_name() == part || field->name() == part) return field;
    }
    return nullptr;
  }

  absl::Status CheckSettable(const FieldDescriptor& field, const std::string& name,
                             const std::string& value) {
    if (HasTextForm(field)) return absl::OkStatus();
    if (IsPlainMessage(field) && field.message_type()->field_count() > 0) {
      return InvalidField(name, value,
                          absl::StrCat("is for a message: name one of its fields, such as ", name,
                                       ".", field.message_type()->field(0)->json_name()));
    }
    return InvalidField(name, value, "is for a field that a query cannot set");
  }

  absl::Status Unknown(const std::string& name, const std::string& value, const Chain& parents,
                       const Descriptor& type, std::string_view part) {
    std::string prefix = parents.empty() ? "" : JsonPath(parents) + ".";
    std::vector<std::string> known;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      Chain chain = parents;
      chain.push_back(field);
      bool settable = HasTextForm(*field) || IsPlainMessage(*field);
      if (settable && BoundBy(chain).empty()) known.push_back(field->json_name());
    }
    if (known.empty()) {
      return InvalidField(name, value,
                          "is for a parameter that does not exist; this method takes none");
    }
    return InvalidField(name, value,
                        absl::StrCat("is for a parameter that does not exist; the nearest is ",
                                     prefix, Nearest(part, known)));
  }

  // What else sets the field or the message that it is within; empty when nothing does.
  std::string_view BoundBy(const Chain& chain) const {
    for (const BoundField& bound : bound_) {
      bool within = bound.chain.size() <= chain.size() &&
                    std::equal(bound.chain.begin(), bound.chain.end(), chain.begin());
      if (within) return bound.by;
    }
    return {};
  }

  absl::Status CheckNotBound(const Chain& chain, const std::string& value) const {
    std::string_view by = BoundBy(chain);
    if (by.empty()) return absl::OkStatus();
    return InvalidField(JsonPath(chain), value,
                        absl::StrCat("is given as a parameter, but the ", std::string(by),
                                     " of the request sets this field"));
  }

  absl::Status Set(const Chain& chain, const std::string& value) {
    Message* message = &message_;
    for (size_t i = 0; i < chain.size(); ++i) {
      RETURN_IF_ERROR(CheckOneof(*message, *chain[i], chain, value));
      if (i + 1 < chain.size())
        message = message->GetReflection()->MutableMessage(message, chain[i]);
    }
    const FieldDescriptor& field = *chain.back();
    if (!field.is_repeated() && !set_.emplace(message, &field).second) {
      return InvalidField(JsonPath(chain), value, "is a second value for a field that takes one");
    }
    return SetFromText(*message, field, value, JsonPath(chain));
  }

  static absl::Status CheckOneof(const Message& message, const FieldDescriptor& field,
                                 const Chain& chain, const std::string& value) {
    const OneofDescriptor* oneof = field.real_containing_oneof();
    if (oneof == nullptr) return absl::OkStatus();
    const FieldDescriptor* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    if (other == nullptr || other == &field) return absl::OkStatus();
    return InvalidField(JsonPath(chain), value,
                        absl::StrCat("excludes ", other->json_name(), ", which is set too"));
  }

  const std::vector<BoundField>& bound_;
  Message& message_;
  absl::flat_hash_set<std::pair<const Message*, const FieldDescriptor*>> set_;
};

}  // namespace

absl::Status SetFromQuery(std::string_view query, const std::vector<BoundField>& bound,
                          Message& message) {
  if (query.empty()) return absl::OkStatus();
  return QueryReader(bound, message).Read(query);
}

std::string JsonPath(const Chain& chain) {
  return absl::StrJoin(chain, ".", [](std::string* out, const FieldDescriptor* field) {
    out->append(field->json_name());
  });
}

Message& HolderOf(const Chain& chain, Message& message) {
  Message* holder = &message;
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, chain[i]);
  }
  return *holder;
}

}  // namespace corridor::gateway
