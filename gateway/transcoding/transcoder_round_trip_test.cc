// Properties over random messages: what is written as an address is read back as the same message.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "gateway/transcoding/bindings.h"
#include "gateway/transcoding/field_text.h"
#include "gateway/transcoding/path_template.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/random_message.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::TextFormat;
using google::protobuf::util::TimeUtil;

// As the client side of google.api.http does: all but unreserved characters.
std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

// One value (of a repeated field that at `index`) as a query writes it.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  bool repeated = field.is_repeated();
  std::string text;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    text = repeated ? reflection.GetRepeatedString(message, &field, index)
                    : reflection.GetString(message, &field);
    return field.type() == FieldDescriptor::TYPE_BYTES ? absl::WebSafeBase64Escape(text) : text;
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    TextFormat::PrintFieldValueToString(message, &field, repeated ? index : -1, &text);
    return text;
  }
  const Message& within = repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                   : reflection.GetMessage(message, &field);
  const FieldDescriptor& first = *within.GetDescriptor()->FindFieldByNumber(1);
  google::protobuf::Timestamp timestamp;
  google::protobuf::Duration duration;
  switch (within.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      timestamp.ParseFromString(within.SerializeAsString());
      return TimeUtil::ToString(timestamp);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      duration.ParseFromString(within.SerializeAsString());
      return TimeUtil::ToString(duration);
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      for (int i = 0; i < within.GetReflection()->FieldSize(within, &first); ++i) {
        text += (i > 0 ? "," : "") + within.GetReflection()->GetRepeatedString(within, &first, i);
      }
      return text;
    default:
      return ValueText(within, first, -1);
  }
}

// Appends every field set in `message` to `query`, its name in one of its two spellings.
void AppendQuery(const Message& message, const std::string& prefix, RandomMessages& random,
                 std::string& query) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = prefix + (random.Below(2) == 0 ? field->name() : field->json_name());
    if (!HasTextForm(*field)) {
      AppendQuery(reflection.GetMessage(message, field), name + ".", random, query);
      continue;
    }
    int values = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < values; ++i) {
      query += (query.empty() ? "" : "&") + PercentEncode(name) + "=" +
               PercentEncode(ValueText(message, *field, i));
    }
  }
}

// A path of the template, and in `request` the fields that its variables set.
std::string RandomPath(const PathTemplate& path_template, RandomMessages& random,
                       Message& request) {
  std::vector<std::string> values(path_template.variables.size());
  std::string path;
  for (size_t i = 0; i < path_template.segments.size(); ++i) {
    std::string segment = path_template.segments[i].literal;
    if (path_template.segments[i].kind != PathTemplate::Segment::Kind::kLiteral) {
      do {
        segment = random.Text();
        // Within several segments a slash is a separator, and an encoded one stays encoded.
        std::erase(segment, '/');
      } while (segment.empty());
    }
    for (size_t v = 0; v < path_template.variables.size(); ++v) {
      const PathTemplate::Variable& variable = path_template.variables[v];
      if (i < variable.first || i >= variable.first + variable.count) continue;
      if (variable.field_path == "right" || variable.field_path == "position.row") {
        segment = std::to_string(random.Below(1000000) + 1);
      }
      values[v] += (i > variable.first ? "/" : "") + segment;
    }
    path += "/" + PercentEncode(segment);
  }
  for (size_t v = 0; v < values.size(); ++v) {
    Message* message = &request;
    std::string name = path_template.variables[v].field_path;
    for (size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.')) {
      const auto* field = message->GetDescriptor()->FindFieldByName(name.substr(0, dot));
      message = message->GetReflection()->MutableMessage(message, field);
      name = name.substr(dot + 1);
    }
    EXPECT_OK(
        SetFromText(*message, *message->GetDescriptor()->FindFieldByName(name), values[v], name));
  }
  return path_template.verb.empty() ? path : path + ":" + path_template.verb;
}

// The random fields of a request that `match` leaves to the query.
void ClearWhatPathSets(const PathTemplate& path_template, Message& request) {
  for (const PathTemplate::Variable& variable : path_template.variables) {
    const std::string first = variable.field_path.substr(0, variable.field_path.find('.'));
    request.GetReflection()->ClearField(&request, request.GetDescriptor()->FindFieldByName(first));
  }
}

void EveryBindingWithoutABodyRoundTrips(std::string_view contract_bytes, uint32_t seed) {
  ContractPool contract(contract_bytes);
  auto transcoder = *Transcoder::Create(contract_bytes);
  RandomMessages random(seed);
  const std::vector<Binding> bindings = *ReadBindings(contract.files());
  for (const Binding& binding : bindings) {
    if (binding.body_is_message || binding.body_field != nullptr) continue;
    const std::string& type = binding.method->input_type()->full_name();
    for (int round = 0; round < 200; ++round) {
      std::unique_ptr<Message> request = contract.New(type);
      random.Fill(*request, Reach::kQuery);
      ClearWhatPathSets(binding.path, *request);
      std::string query;
      AppendQuery(*request, "", random, query);
      const std::string path = RandomPath(binding.path, random, *request);
      SCOPED_TRACE(path + "?" + query);
      // A binding of any verb is reached by whichever.
      const Transcoder::Match match =
          transcoder->Route(binding.http_verb == "*" ? "LINK" : binding.http_verb, path);
      ASSERT_NE(match.method, nullptr);
      ASSERT_EQ(match.method->route, binding.path.text);
      absl::StatusOr<std::string> rpc = transcoder->ToRpc(match, query, "");
      ASSERT_OK(rpc);
      std::unique_ptr<Message> back = contract.New(type);
      ASSERT_TRUE(back->ParseFromString(*rpc));
      ASSERT_THAT(*back, EqualsProto(*request));
    }
  }
}

TEST(TranscoderRoundTripTest, AddressesOfTheContractAreReadBackAsTheMessagesTheyWereWrittenFrom) {
  EveryBindingWithoutABodyRoundTrips(CorridorContract(), 1);
}

TEST(TranscoderRoundTripTest,
     AddressesWithEveryKindOfFieldAreReadBackAsTheMessagesTheyWereWrittenFrom) {
  EveryBindingWithoutABodyRoundTrips(LibraryContract(), 2);
}

}  // namespace
}  // namespace corridor::gateway
