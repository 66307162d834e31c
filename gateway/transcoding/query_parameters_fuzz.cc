// Any query into a message with every kind of field: what is accepted is a message that can be sent
// and written.
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/transcoding/query_parameters.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/wire_to_json.h"
#include "google/protobuf/stubs/logging.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using corridor::gateway::ContractPool;
  const std::string type = "transcoding.testdata.v1.Everything";
  static ContractPool contract(corridor::gateway::LibraryContract());
  static const corridor::gateway::MessageTables tables(contract.files());
  google::protobuf::SetLogHandler(nullptr);
  std::unique_ptr<google::protobuf::Message> message = contract.New(type);
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  absl::Status status = corridor::gateway::SetFromQuery(query, {}, *message);
  if (!status.ok()) {
    if (status.code() != absl::StatusCode::kInvalidArgument) std::abort();
    return 0;
  }
  std::string json;
  status = corridor::gateway::AppendJson(*tables.Find(type), message->SerializeAsString(), {},
                                         nullptr, json);
  // A query may name paths such as `line_1`, which JSON has no form for.
  const bool is_mask = status.message().find("FieldMask") != absl::string_view::npos;
  if (!status.ok() && !is_mask) std::abort();
  return 0;
}
