#include "tests/fault/http2_frames.h"

namespace corridor::e2e {
namespace {

// Big-endian, `bytes` of them.
std::string Number(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>((value >> (8 * i)) & 0xFF);
  return text;
}

std::string Word(uint32_t value) { return Number(value, 4); }

uint32_t NumberAt(std::string_view text, size_t from, size_t bytes) {
  uint32_t value = 0;
  for (const char c : text.substr(from, bytes)) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

// A string of HPACK: its length with a prefix of 7 bits (RFC 7541, 5.1), then itself, without
// Huffman's code.
std::string HpackText(std::string_view text) {
  constexpr size_t kPrefix = 127;
  std::string out;
  if (text.size() < kPrefix) {
    out += static_cast<char>(text.size());
  } else {
    out += static_cast<char>(kPrefix);
    size_t rest = text.size() - kPrefix;
    for (; rest >= 128; rest /= 128) out += static_cast<char>(rest % 128 + 128);
    out += static_cast<char>(rest);
  }
  return out.append(text);
}

}  // namespace

std::string Written(const Frame& frame) {
  std::string bytes = Number(frame.payload.size(), 3);
  bytes += static_cast<char>(frame.type);
  bytes += static_cast<char>(frame.flags);
  return bytes + Word(frame.stream) + frame.payload;
}

std::string Settings(const std::vector<std::pair<uint16_t, uint32_t>>& settings) {
  Frame frame = {FrameType::kSettings};
  for (const auto& [name, value] : settings) frame.payload += Number(name, 2) + Word(value);
  return Written(frame);
}

std::string RstStream(uint32_t stream, uint32_t error_code) {
  return Written({FrameType::kRstStream, 0, stream, Word(error_code)});
}

std::string WindowUpdate(uint32_t stream, uint32_t increment) {
  return Written({FrameType::kWindowUpdate, 0, stream, Word(increment)});
}

std::string HeaderBlock(const Fields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\0';
    block += HpackText(name) + HpackText(value);
  }
  return block;
}

std::string RequestBlock(std::string_view method, std::string_view path, const Fields& more) {
  return HeaderBlock({{":method", std::string(method)},
                      {":scheme", "http"},
                      {":authority", "localhost"},
                      {":path", std::string(path)}}) +
         HeaderBlock(more);
}

std::string Get(uint32_t stream, std::string_view path) {
  return Written(
      {FrameType::kHeaders, kEndHeaders | kEndStream, stream, RequestBlock("GET", path)});
}

std::optional<Frame> TakeFrame(std::string& bytes) {
  if (bytes.size() < kFrameHeadBytes) return std::nullopt;
  const size_t size = NumberAt(bytes, 0, 3);
  if (bytes.size() < kFrameHeadBytes + size) return std::nullopt;
  Frame frame = {static_cast<FrameType>(bytes[3]), static_cast<uint8_t>(bytes[4]),
                 NumberAt(bytes, 5, 4), bytes.substr(kFrameHeadBytes, size)};
  bytes.erase(0, kFrameHeadBytes + size);
  return frame;
}

uint32_t ErrorCode(const Frame& frame) {
  return NumberAt(frame.payload, frame.type == FrameType::kGoAway ? 4 : 0, 4);
}

}  // namespace corridor::e2e
