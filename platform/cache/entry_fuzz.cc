// Any bytes are an entry, or none; what is sealed is what is unsealed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "platform/cache/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace corridor::cache;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Key key = {};
  static_cast<void>(Unseal(bytes, key, "a secret that nobody has"));
  // With the seal that this body would have, the reader of the body is reached.
  const std::optional<Entry> entry = Unseal(SealOf(bytes, key, "k") + std::string(bytes), key, "k");
  if (entry && Unseal(Seal(*entry, key, "k"), key, "k")->answer != entry->answer) std::abort();
  return 0;
}
