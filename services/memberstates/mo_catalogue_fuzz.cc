// Any bytes are a catalogue or an error.
#include <cstdint>

#include "services/memberstates/mo_catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)corridor::memberstates::ReadMoCatalogue(bytes, "f");
  return 0;
}
