// CSV reading and name folding of any bytes: no crash, and folding twice changes nothing.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "platform/text/csv.h"
#include "platform/text/fold.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static constexpr std::string_view kColumns[] = {"a", "b"};
  for (const std::string& csv : {std::string(text), "a,b\n" + std::string(text)}) {
    const auto table = corridor::ParseCsv(csv, "f", kColumns);
    if (!table.ok()) continue;
    for (const auto& row : table->rows) {
      if (row.fields.size() != 2) std::abort();
    }
  }
  const std::string folded = corridor::FoldName(text);
  if (corridor::FoldName(folded) != folded) std::abort();
  return 0;
}
