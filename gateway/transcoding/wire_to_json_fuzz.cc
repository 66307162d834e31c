// Any bytes as the answer of a service: an error, or JSON that is valid and says what protobuf's
// own says.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/testdata/reference_json.h"
#include "gateway/transcoding/wire_to_json.h"
#include "google/protobuf/stubs/logging.h"

namespace {

using corridor::gateway::JsonChoices;
using google::protobuf::Message;

[[noreturn]] void Fail(const std::string& why, const std::string& json) {
  std::cerr << why << "\n" << json << "\n";
  std::abort();
}

// Whether a list within a Struct, by the text of its message, has no values, or other fields first.
bool HasEmptyList(const std::string& text) {
  constexpr char kList[] = "list_value { ";
  for (size_t at = text.find(kList); at != std::string::npos; at = text.find(kList, at + 1)) {
    if (text.compare(at + sizeof(kList) - 1, 6, "values") != 0) return true;
  }
  return false;
}

// What protobuf writes, but has no one JSON: the message has parts that it leaves as they are on
// the wire (Any), or that it leaves out (a Value without a kind, in a Struct some that are an empty
// list, and the underscore that a path of a FieldMask begins with); or it cannot be read back as a
// Value because it is nested too deeply.
bool IsBeyondComparison(const Message& message, const std::string& json) {
  const auto brackets =
      std::count_if(json.begin(), json.end(), [](char c) { return c == '[' || c == '{'; });
  const std::string text = message.ShortDebugString();
  return brackets > 45 || json.find("@type") != std::string::npos ||
         json.find("null") != std::string::npos || HasEmptyList(text) ||
         text.find("paths: \"_") != std::string::npos || text.find("._") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string type = "transcoding.testdata.v1.Everything";
  static corridor::gateway::ContractPool contract(corridor::gateway::LibraryContract());
  static const corridor::gateway::ReferenceJson protobuf(contract);
  static const corridor::gateway::MessageTables tables(contract.files());
  google::protobuf::SetLogHandler(nullptr);
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  JsonChoices choices;
  choices.omit_defaults = size % 2 == 0;
  choices.enums_as_numbers = size % 3 == 0;
  std::string json;
  const absl::Status status =
      corridor::gateway::AppendJson(*tables.Find(type), bytes, choices, nullptr, json);
  if (!status.ok() && status.code() != absl::StatusCode::kInternal) Fail(status.ToString(), json);
  const std::unique_ptr<Message> message = contract.New(type);
  const bool is_message = message->ParseFromString(bytes);
  if (!status.ok()) {
    // What is in an Any is bytes to protobuf.
    const std::string text = message->ShortDebugString();
    const bool is_malformed = status.message().find("malformed") != absl::string_view::npos;
    if (is_malformed && is_message && text.find("type_url") == std::string::npos) {
      Fail("protobuf can read it", text);
    }
    return 0;
  }
  corridor::gateway::JsonScanner scanner(json);
  absl::Status scanned = scanner.Skip();
  if (scanned.ok()) scanned = scanner.End();
  const bool too_deep = scanned.message().find("more than 100") != absl::string_view::npos;
  if (!scanned.ok() && !too_deep) Fail(scanned.ToString(), json);
  if (!is_message) return 0;
  message->DiscardUnknownFields();
  if (IsBeyondComparison(*message, json)) return 0;
  const std::optional<std::string> reference = protobuf.Write(*message, choices);
  if (!reference) return 0;
  const std::string differences = corridor::gateway::JsonDifferences(*reference, json);
  if (!differences.empty()) Fail(*reference + "\n" + differences, json);
  return 0;
}
