// Messages of a stream with a prefix of five bytes each: flags, and the length in big-endian. The
// same in gRPC, gRPC-Web and Connect; what the flags mean is theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace corridor::gateway {

inline constexpr size_t kEnvelopeBytes = 5;

struct Envelope {
  uint8_t flags = 0;
  std::string_view message;  // A view into what was read.
};

void AppendEnvelope(uint8_t flags, std::string_view message, std::string& out);
std::string Enveloped(std::string_view message, uint8_t flags = 0);

// How long the message of the envelope at the front of `bytes` is; nothing before that has come.
std::optional<size_t> EnvelopedBytes(std::string_view bytes);

// Takes the envelope at the front of `bytes`; nothing when there is no whole one.
std::optional<Envelope> TakeEnvelope(std::string_view& bytes);

}  // namespace corridor::gateway
