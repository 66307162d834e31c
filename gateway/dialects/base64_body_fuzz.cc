// Any text in any pieces: it means the same whole and in pieces, and never more than three bytes a
// group of four.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/dialects/base64_body.h"

namespace {

std::optional<std::string> Decoded(std::string_view text, size_t piece) {
  corridor::gateway::Base64Decoder decoder;
  std::string out;
  while (!text.empty()) {
    if (!decoder.Decode(text.substr(0, piece), out)) return std::nullopt;
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (!decoder.Finish(out)) return std::nullopt;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::optional<std::string> whole = Decoded(text, text.size() + 1);
  if (whole != Decoded(text, 1 + data[0] % 16)) abort();
  if (whole && whole->size() > (text.size() + 3) / 4 * 3) abort();
  return 0;
}
