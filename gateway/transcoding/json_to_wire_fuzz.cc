// Any JSON into a message with every kind of field, held against protobuf's own parser: what we
// accept, it accepts and reads alike, and receivers can read.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/reference_json.h"
#include "google/protobuf/stubs/logging.h"

namespace {

using google::protobuf::Message;

[[noreturn]] void Fail(const std::string& why, const Message& message) {
  std::cerr << why << "\n" << message.DebugString() << "\n";
  std::abort();
}

// Whether a line of MessageDifferences is of protobuf's reading bCD, the JSON of `b_c_d`, as
// `b_cd`.
bool IsOfCapitals(absl::string_view line) {
  const size_t values = line.find("]: ");
  if (!absl::StrContains(line, ".paths[") || values == absl::string_view::npos) return false;
  const std::pair<std::string, std::string> sides = absl::StrSplit(
      absl::StrReplaceAll(line.substr(values + 3), {{"_", ""}}), absl::MaxSplits(" -> ", 1));
  return sides.first == sides.second;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string type = "transcoding.testdata.v1.Everything";
  static corridor::gateway::ContractPool contract(corridor::gateway::LibraryContract());
  static const corridor::gateway::ReferenceJson protobuf(contract);
  static const corridor::gateway::MessageTables tables(contract.files());
  google::protobuf::SetLogHandler(nullptr);
  const std::string json(reinterpret_cast<const char*>(data), size);
  std::unique_ptr<Message> message = contract.New(type);
  const absl::StatusOr<std::string> wire = corridor::gateway::JsonToWire(json, *tables.Find(type));
  if (!wire.ok()) {
    const absl::Status& status = wire.status();
    if (status.code() != absl::StatusCode::kInvalidArgument) Fail(status.ToString(), *message);
    return 0;
  }
  if (!message->ParseFromString(*wire)) Fail("no message", *message);
  const std::unique_ptr<Message> reference = protobuf.Read(type, json);
  if (reference == nullptr) Fail("protobuf refuses it", *message);
  const std::string differences = corridor::gateway::MessageDifferences(*reference, *message);
  // It makes 0 of -0.
  if (absl::StrContains(differences, ": -0\n")) return 0;
  for (const absl::string_view line : absl::StrSplit(differences, '\n', absl::SkipEmpty())) {
    if (!IsOfCapitals(line)) Fail(differences, *message);
  }
  return 0;
}
