// What attackers over HTTP/2 send without end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tests/fault/raw_http2.h"

namespace corridor::e2e {

// Error codes (RFC 9113, 7).
inline constexpr uint32_t kNoError = 0;
inline constexpr uint32_t kProtocolError = 1;
inline constexpr uint32_t kSettingsTimeout = 4;
inline constexpr uint32_t kStreamClosed = 5;
inline constexpr uint32_t kCancel = 8;
inline constexpr uint32_t kCompressionError = 9;
inline constexpr uint32_t kEnhanceYourCalm = 11;

// What they ask for.
inline constexpr char kSmallAnswer[] = "/v1/areas/ARM";
inline constexpr char kBigAnswer[] = "/v1/areas?pageSize=300";

std::string Ping();
// A request's first HEADERS.
std::string Begun(uint32_t stream, uint8_t flags, const std::string& block);
// On stream 1, all but the body.
std::string Upload();

struct Flood {
  std::string name;
  std::string opening;                               // Once, after the preface.
  std::function<std::string(size_t)> frames;         // Then these for 0, 1, 2, ….
  std::vector<uint32_t> codes = {kEnhanceYourCalm};  // One of them is in the GOAWAY.
};

std::vector<Flood> Floods();

// Four attackers on connections of their own, who take turns until all are cut off, or `goes_on` is
// false.
std::vector<std::unique_ptr<RawHttp2>> Attack(const std::string& gateway, const Flood& flood,
                                              absl::FunctionRef<bool()> goes_on);

}  // namespace corridor::e2e
