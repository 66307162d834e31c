#include "gateway/docs/query_fields.h"

#include <algorithm>

#include "gateway/transcoding/field_text.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Chain = std::vector<const FieldDescriptor*>;

bool IsBound(const Chain& chain, const Binding& binding) {
  return std::any_of(binding.bound.begin(), binding.bound.end(), [&](const BoundField& bound) {
    return bound.chain.size() <= chain.size() &&
           std::equal(bound.chain.begin(), bound.chain.end(), chain.begin());
  });
}

bool IsWithinItsOwnType(const Chain& chain) {
  const Descriptor* type = chain.back()->message_type();
  return type == chain.front()->containing_type() ||
         std::any_of(chain.begin(), chain.end() - 1, [type](const FieldDescriptor* field) {
           return field->message_type() == type;
         });
}

void AddFields(const Descriptor& message, const Binding& binding, Chain& chain,
               std::vector<Chain>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    chain.push_back(&field);
    if (!IsBound(chain, binding)) {
      if (HasTextForm(field)) {
        fields.push_back(chain);
      } else if (field.message_type() != nullptr && !field.is_repeated() &&
                 !IsWithinItsOwnType(chain)) {
        AddFields(*field.message_type(), binding, chain, fields);
      }
    }
    chain.pop_back();
  }
}

}  // namespace

std::vector<Chain> QueryFieldsOf(const Binding& binding) {
  std::vector<Chain> fields;
  Chain chain;
  AddFields(*binding.method->input_type(), binding, chain, fields);
  return fields;
}

}  // namespace corridor::gateway
