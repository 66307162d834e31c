// Any bytes as the query of a GET and as the body of a stream: what is taken stays within its
// limit, and all else is refused by one of three codes.
#include <cstdlib>
#include <string_view>

#include "gateway/dialects/asked_json.h"
#include "gateway/dialects/connect_message.h"
#include "gateway/dialects/raw_body.h"

namespace {

using namespace corridor::gateway;

constexpr size_t kMost = 1 << 16;

void Check(const absl::Status& refusal) {
  switch (refusal.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnimplemented:
      return;
    default:
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto query = ReadConnectQuery(bytes, kMost);
  if (!query.ok()) Check(query.status());
  for (const char* encoding : {"", "gzip"}) {
    const auto message = ReadConnectStream(bytes, encoding, kMost);
    if (!message.ok()) {
      Check(message.status());
    } else if (message->size() > kMost && message->size() > size) {
      std::abort();
    }
  }
  const auto asked = ReadAskedJson({{"corridor-json", std::string(bytes)}}, bytes, false);
  if (!asked.ok()) Check(asked.status());
  // What is an HttpBody comes back as one.
  const auto raw = ReadRaw(bytes, 1);
  if (raw.ok()) {
    std::string again;
    AppendRaw(raw->content_type(), raw->data(), 1, again);
    const auto read = ReadRaw(again, 1);
    if (!read.ok() || read->data() != raw->data()) std::abort();
  }
  IsWireFormat(bytes);
  return 0;
}
