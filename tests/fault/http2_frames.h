// Frames of HTTP/2 (RFC 9113, 4.1) written and read by hand, wrong ones too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corridor::e2e {

enum class FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

inline constexpr uint8_t kAck = 0x1;  // Of SETTINGS and PING.
inline constexpr uint8_t kEndStream = 0x1;
inline constexpr uint8_t kEndHeaders = 0x4;

inline constexpr uint16_t kSettingWindow = 0x4;

inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

inline constexpr size_t kFrameHeadBytes = 9;

// The streams of a client: 1, 3, 5, ….
inline uint32_t StreamOf(size_t i) { return static_cast<uint32_t>(2 * i + 1); }

struct Frame {
  FrameType type;
  uint8_t flags = 0;
  uint32_t stream = 0;
  std::string payload = {};
};

// With the length of the payload.
std::string Written(const Frame& frame);
std::string Settings(const std::vector<std::pair<uint16_t, uint32_t>>& settings = {});
std::string RstStream(uint32_t stream, uint32_t error_code);
std::string WindowUpdate(uint32_t stream, uint32_t increment);

using Fields = std::vector<std::pair<std::string, std::string>>;
// A header block (RFC 7541) of literal fields that are not to be indexed.
std::string HeaderBlock(const Fields& fields);
// `:method`, `:path` and what else a request cannot be without, then `more`.
std::string RequestBlock(std::string_view method, std::string_view path, const Fields& more = {});
// A whole request without a body.
std::string Get(uint32_t stream, std::string_view path);

// Takes the first whole frame from `bytes`; nullopt when there is none yet.
std::optional<Frame> TakeFrame(std::string& bytes);
// The error code of a RST_STREAM, or of a GOAWAY.
uint32_t ErrorCode(const Frame& frame);

}  // namespace corridor::e2e
