// What a request's raw bytes must satisfy before anything acts on it: the rules of RFC 9112 that
// Beast's parser leaves open, and through which requests are smuggled. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "gateway/http/http_error.h"

namespace corridor::gateway {

inline constexpr size_t kMaxHeaderLines = 100;
inline constexpr size_t kMaxChunkExtensionBytes = 256;

// Looks for the empty line that ends a head, from where the last look ended (`scanned`, 0 at
// first).
struct HeadScan {
  size_t scanned = 0;
  size_t end = 0;             // Bytes of the head with its empty line; 0 while it is incomplete.
  bool bare_newline = false;  // A line ended without CR: no head at all.
};
void ScanHead(std::string_view bytes, HeadScan& scan);

// Judges a whole head, request line to empty line. Nothing when it is well-formed.
std::optional<HttpError> CheckHead(std::string_view head);

// Judges the text between a chunk's size and its line end, from the semicolon on.
std::optional<HttpError> CheckChunkExtension(std::string_view extension);

// Judges a line of trailers, without its line end.
std::optional<HttpError> CheckTrailer(std::string_view line);

// The parts of it that hold for HTTP/2 as well.
std::optional<HttpError> CheckTarget(std::string_view method, std::string_view target);
std::optional<HttpError> CheckHost(std::string_view host);
// 417 for any expectation but `100-continue`.
std::optional<HttpError> CheckExpectation(const HttpRequest& head);
bool ExpectsContinue(const HttpRequest& head);

}  // namespace corridor::gateway
