#include "gateway/http/sniff.h"

namespace corridor::gateway {

Spoken Sniff(std::string_view first_bytes) {
  constexpr char kTlsHandshake = 0x16;
  if (first_bytes.empty()) return Spoken::kNotYetKnown;
  if (first_bytes[0] == kTlsHandshake) return Spoken::kTls;
  const size_t common = first_bytes.substr(0, kSniffBytes).size();
  if (first_bytes.substr(0, common) != kHttp2Preface.substr(0, common)) return Spoken::kHttp1;
  return common == kSniffBytes ? Spoken::kHttp2 : Spoken::kNotYetKnown;
}

}  // namespace corridor::gateway
