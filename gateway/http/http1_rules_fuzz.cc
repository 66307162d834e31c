// Any bytes as a head: the rules must end, and must judge the same however the bytes arrive.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/http/http1_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace corridor::gateway;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadScan whole;
  ScanHead(bytes, whole);
  HeadScan stepwise;
  for (size_t i = 0; i <= size && stepwise.end == 0 && !stepwise.bare_newline; ++i) {
    ScanHead(bytes.substr(0, i), stepwise);
  }
  if (whole.end != stepwise.end || whole.bare_newline != stepwise.bare_newline) abort();
  CheckHead(bytes);
  if (whole.end > 0) CheckHead(bytes.substr(0, whole.end));
  return 0;
}
