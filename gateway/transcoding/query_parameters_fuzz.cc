// Any query into a message with every kind of field: what is accepted is a message that can be sent
// and written.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/query_parameters.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "google/protobuf/stubs/logging.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using corridor::gateway::ContractPool;
  using corridor::gateway::JsonWriter;
  const std::string type = "transcoding.testdata.v1.Everything";
  static ContractPool contract(corridor::gateway::LibraryContract());
  static const JsonWriter writer(contract.pool(), contract.files());
  google::protobuf::SetLogHandler(nullptr);
  std::unique_ptr<google::protobuf::Message> message = contract.New(type);
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  absl::Status status = corridor::gateway::SetFromQuery(query, {}, *message);
  if (!status.ok()) {
    if (status.code() != absl::StatusCode::kInvalidArgument) std::abort();
    return 0;
  }
  auto json = writer.Write(*message->GetDescriptor(), message->SerializeAsString(),
                           corridor::gateway::Defaults::kWritten);
  if (!json.ok()) std::abort();
  return 0;
}
