// Any header continues a trace or starts one; what is sent on is well formed and continues.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "platform/telemetry/telemetry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using corridor::telemetry::TraceContext;
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const TraceContext trace = TraceContext::Continue(header);
  if (trace.Header().size() != 55) abort();
  if (TraceContext::Continue(trace.Header()).trace_id != trace.trace_id) abort();
  return 0;
}
