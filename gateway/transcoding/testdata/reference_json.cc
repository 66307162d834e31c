// Over json_util.h.
#include "gateway/transcoding/testdata/reference_json.h"

#include "absl/strings/str_replace.h"
#include "gateway/transcoding/json_scanner.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/field_comparator.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/type_resolver_util.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::util::DefaultFieldComparator;
using google::protobuf::util::MessageDifferencer;

constexpr char kHost[] = "type.googleapis.com";

std::string Differences(const Message& a, const Message& b, DefaultFieldComparator& comparator) {
  MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  comparator.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&comparator);
  if (differencer.Compare(a, b)) return "";
  return differences.empty() ? "they differ" : differences;
}

}  // namespace

ReferenceJson::ReferenceJson(ContractPool& contract)
    : contract_(contract),
      types_(google::protobuf::util::NewTypeResolverForDescriptorPool(kHost, &contract.pool())) {}

std::unique_ptr<Message> ReferenceJson::Read(const std::string& type,
                                             const std::string& json) const {
  std::string binary;
  const auto status = google::protobuf::util::JsonToBinaryString(
      types_.get(), std::string(kHost) + "/" + type, json, &binary);
  if (!status.ok()) return nullptr;
  std::unique_ptr<Message> message = contract_.New(type);
  return message->ParseFromString(binary) ? std::move(message) : nullptr;
}

std::optional<std::string> ReferenceJson::Write(const Message& message,
                                                const JsonChoices& choices) const {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = !choices.omit_defaults;
  options.always_print_enums_as_ints = choices.enums_as_numbers;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      types_.get(), std::string(kHost) + "/" + message.GetTypeName(), message.SerializeAsString(),
      &json, options);
  // It writes a map's key twice that is on the wire twice.
  if (!status.ok() || !JsonScanner(json).Skip().ok()) return std::nullopt;
  // A NullValue that is set is null, as it should be; not so one that is absent.
  absl::StrReplaceAll(
      {{R"("aNull":"NULL_VALUE")", R"("aNull":null)"}, {R"("aNull":0)", R"("aNull":null)"}}, &json);
  return json;
}

std::string JsonDifferences(const std::string& a, const std::string& b) {
  google::protobuf::Value value_a;
  google::protobuf::Value value_b;
  if (!google::protobuf::util::JsonStringToMessage(a, &value_a).ok()) return "no JSON: " + a;
  if (!google::protobuf::util::JsonStringToMessage(b, &value_b).ok()) return "no JSON: " + b;
  // Floats are written with up to nine digits by protobuf, with as few as tell them apart by us.
  DefaultFieldComparator comparator;
  comparator.set_float_comparison(DefaultFieldComparator::APPROXIMATE);
  // Below the margin a float has fewer digits than protobuf writes of it.
  constexpr double kSmallestNormalFloat = 1.17549435e-38;
  comparator.SetDefaultFractionAndMargin(1e-6, kSmallestNormalFloat);
  return Differences(value_a, value_b, comparator);
}

std::string MessageDifferences(const Message& a, const Message& b) {
  DefaultFieldComparator comparator;
  return Differences(a, b, comparator);
}

}  // namespace corridor::gateway
