#include "gateway/dialects/envelope.h"

namespace corridor::gateway {

void AppendEnvelope(uint8_t flags, std::string_view message, std::string& out) {
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(message.size() >> shift);
  out += message;
}

std::optional<Envelope> TakeEnvelope(std::string_view& bytes) {
  if (bytes.size() < kEnvelopeBytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 1; i < kEnvelopeBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  if (bytes.size() - kEnvelopeBytes < length) return std::nullopt;
  const Envelope envelope{static_cast<uint8_t>(bytes[0]), bytes.substr(kEnvelopeBytes, length)};
  bytes.remove_prefix(kEnvelopeBytes + length);
  return envelope;
}

}  // namespace corridor::gateway
