// Any JSON into a message with every kind of field, held against protobuf's own parser: what we
// accept, it accepts and reads alike.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "gateway/transcoding/json_reader.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"

namespace {

using corridor::gateway::ContractPool;
using corridor::gateway::JsonWriter;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

[[noreturn]] void Fail(const std::string& why, const Message& message) {
  std::cerr << why << "\n" << message.DebugString() << "\n";
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string type = "transcoding.testdata.v1.Everything";
  static ContractPool contract(corridor::gateway::LibraryContract());
  static const JsonWriter writer(contract.pool(), contract.files());
  google::protobuf::SetLogHandler(nullptr);
  const std::string json(reinterpret_cast<const char*>(data), size);
  std::unique_ptr<Message> message = contract.New(type);
  absl::Status status = corridor::gateway::ReadJsonMessage(json, writer.types(), *message);
  if (!status.ok()) {
    if (status.code() != absl::StatusCode::kInvalidArgument) Fail(status.ToString(), *message);
    return 0;
  }
  std::string binary;
  auto read = google::protobuf::util::JsonToBinaryString(
      &writer.types(), "type.googleapis.com/" + type, json, &binary);
  std::unique_ptr<Message> reference = contract.New(type);
  if (!read.ok()) Fail("protobuf: " + read.ToString(), *message);
  if (!reference->ParseFromString(binary)) Fail("protobuf's answer cannot be parsed", *message);
  MessageDifferencer differencer;
  std::string differences;
  differencer.ReportDifferencesToString(&differences);
  differencer.set_float_comparison(MessageDifferencer::EXACT);
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&comparator);
  if (!differencer.Compare(*reference, *message)) Fail(differences, *message);
  return 0;
}
