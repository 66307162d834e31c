// Any bytes as the answer of a service: an error, or JSON that is valid and, read back, the same
// message.
#include <cstdlib>
#include <iostream>
#include <string>

#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "google/protobuf/stubs/logging.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using corridor::gateway::ContractPool;
  using corridor::gateway::JsonWriter;
  const std::string type = "transcoding.testdata.v1.Everything";
  static ContractPool contract(corridor::gateway::LibraryContract());
  static const JsonWriter writer(contract.pool(), contract.files());
  google::protobuf::SetLogHandler(nullptr);
  static const google::protobuf::Descriptor& everything =
      *contract.pool().FindMessageTypeByName(type);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto json = writer.Write(everything, bytes, corridor::gateway::Defaults::kWritten);
  if (!json.ok()) {
    if (json.status().code() != absl::StatusCode::kInternal) std::abort();
    return 0;
  }
  corridor::gateway::JsonScanner scanner(*json);
  absl::Status status = scanner.ReadRaw().status();
  if (status.ok()) status = scanner.End();
  // On the wire a map may have a key twice.
  bool excused = status.message().find(" a second time") != absl::string_view::npos;
  if (!status.ok() && !excused) {
    std::cerr << *json << "\n" << status << "\n";
    std::abort();
  }
  return 0;
}
