#include "tests/fault/floods.h"

#include "absl/time/time.h"
#include "tests/fault/http2_frames.h"

namespace corridor::e2e {
namespace {

constexpr size_t kAttackers = 4;

std::string Repeated(size_t times, const std::string& bytes) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += bytes;
  return all;
}

// A field of 4,000 bytes is kept in the compression table by its first use, and named by one byte
// from then on: 16 KB stand for 64 MB.
std::string Bomb() {
  const std::string value(3900, 'b');
  std::string kept = HeaderBlock({{"bomb", value}});
  kept[0] = 0x40;  // To be indexed (RFC 7541, 6.2.1).
  return Begun(1, kEndStream | kEndHeaders, RequestBlock("GET", kSmallAnswer) + kept);
}
std::string Explosion(size_t i) {
  const std::string request = RequestBlock("GET", kSmallAnswer);
  return Begun(StreamOf(i + 1), kEndStream | kEndHeaders,
               request + std::string((16 << 10) - request.size(), '\xbe'));
}

}  // namespace

std::string Ping() { return Written({FrameType::kPing, 0, 0, std::string(8, 'p')}); }

std::string Begun(uint32_t stream, uint8_t flags, const std::string& block) {
  return Written({FrameType::kHeaders, flags, stream, block});
}

std::string Upload() {
  return Begun(1, kEndHeaders,
               RequestBlock("POST", "/v1/areas:resolve", {{"content-type", "application/json"}}));
}

std::vector<Flood> Floods() {
  const std::string settings = Settings();
  const std::string upload = settings + Upload();
  const std::string block = settings + Begun(1, 0, RequestBlock("GET", kSmallAnswer));
  const auto always = [](const std::string& bytes) {
    return [bytes = Repeated(100, bytes)](size_t) { return bytes; };
  };
  return {
      {"rapid reset", settings,
       [](size_t i) { return Get(StreamOf(i), kSmallAnswer) + RstStream(StreamOf(i), kCancel); }},
      {"rapid reset of big answers", settings,
       [](size_t i) { return Get(StreamOf(i), kBigAnswer) + RstStream(StreamOf(i), kCancel); }},
      // The gateway is made to reset the stream itself (CVE-2025-8671).
      {"rapid error", settings,
       [](size_t i) {
         return Get(StreamOf(i), kSmallAnswer) + WindowUpdate(StreamOf(i), 0x7FFFFFFF);
       }},
      {"malformed requests", settings,
       [](size_t i) {
         return Begun(StreamOf(i), kEndStream | kEndHeaders,
                      RequestBlock("GET", kSmallAnswer, {{"Upper", "case"}}));
       }},
      {"PING", settings, always(Ping())},
      {"SETTINGS", settings, always(Settings())},
      {"PRIORITY", settings,
       always(Written({FrameType::kPriority, 0, 1, std::string("\0\0\0\x03\x10", 5)}))},
      {"WINDOW_UPDATE", settings, always(WindowUpdate(0, 1))},
      // Which are to be ignored (RFC 9113, 5.5), but not without end.
      {"unknown frames", settings, always(Written({static_cast<FrameType>(0x42), 0, 0, "?"}))},
      {"large unknown frames", settings,
       always(Written({static_cast<FrameType>(0x42), 0, 0, std::string(16'000, '?')}))},
      {"empty DATA of a stream that is gone",
       upload + RstStream(1, kCancel),
       always(Written({FrameType::kData, 0, 1, ""})),
       {kEnhanceYourCalm, kStreamClosed}},
      {"empty DATA", upload, always(Written({FrameType::kData, 0, 1, ""}))},
      {"padded empty DATA", upload,
       always(Written({FrameType::kData, 0x8, 1, std::string("\x03\0\0\0", 4)}))},
      {"empty CONTINUATION",
       block,
       always(Written({FrameType::kContinuation, 0, 1, ""})),
       {kEnhanceYourCalm, kProtocolError}},
      {"small CONTINUATION",
       block,
       always(Written({FrameType::kContinuation, 0, 1, HeaderBlock({{"a", "b"}})})),
       {kEnhanceYourCalm, kProtocolError}},
      {"one endless header block",
       block,
       [](size_t) {
         return Written({FrameType::kContinuation, 0, 1,
                         HeaderBlock({{"endless", std::string(16'000, 'e')}})});
       },
       {kEnhanceYourCalm, kProtocolError}},
      {"headers out of the table",
       settings + Bomb(),
       Explosion,
       {kEnhanceYourCalm, kCompressionError}},
  };
}

std::vector<std::unique_ptr<RawHttp2>> Attack(const std::string& gateway, const Flood& flood,
                                              absl::FunctionRef<bool()> goes_on) {
  std::vector<std::unique_ptr<RawHttp2>> attackers;
  for (size_t i = 0; i < kAttackers; ++i) {
    attackers.push_back(std::make_unique<RawHttp2>(gateway, flood.opening));
  }
  size_t left = kAttackers;
  for (size_t i = 0; left > 0 && goes_on(); ++i) {
    left = 0;
    for (const auto& attacker : attackers) {
      if (attacker->is_cut_off()) continue;
      attacker->Send(flood.frames(i));
      attacker->Read(absl::InfinitePast());
      ++left;
    }
  }
  return attackers;
}

}  // namespace corridor::e2e
