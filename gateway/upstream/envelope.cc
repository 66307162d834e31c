#include "gateway/upstream/envelope.h"

namespace corridor::gateway {

void AppendEnvelope(uint8_t flags, std::string_view message, std::string& out) {
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(message.size() >> shift);
  out += message;
}

std::string Enveloped(std::string_view message, uint8_t flags) {
  std::string envelope;
  envelope.reserve(kEnvelopeBytes + message.size());
  AppendEnvelope(flags, message, envelope);
  return envelope;
}

std::optional<size_t> EnvelopedBytes(std::string_view bytes) {
  if (bytes.size() < kEnvelopeBytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 1; i < kEnvelopeBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return length;
}

std::optional<Envelope> TakeEnvelope(std::string_view& bytes) {
  const std::optional<size_t> size = EnvelopedBytes(bytes);
  if (!size || bytes.size() - kEnvelopeBytes < *size) return std::nullopt;
  const Envelope envelope{static_cast<uint8_t>(bytes[0]), bytes.substr(kEnvelopeBytes, *size)};
  bytes.remove_prefix(kEnvelopeBytes + *size);
  return envelope;
}

}  // namespace corridor::gateway
