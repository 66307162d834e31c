// What a client speaks, told by its first bytes. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace corridor::gateway {

// What an HTTP/2 client says first (RFC 9113, 3.4).
inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// So many bytes are always enough for Sniff().
inline constexpr size_t kSniffBytes = kHttp2Preface.size();

enum class Spoken { kNotYetKnown, kHttp1, kHttp2, kTls };

// Whatever is neither HTTP/2's preface nor a TLS record of a handshake is HTTP/1.1's to judge; that
// HTTP/1.1 can be upgraded to h2c is not known here.
Spoken Sniff(std::string_view first_bytes);

}  // namespace corridor::gateway
