#include "gateway/response_cache/compression.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace corridor::gateway {
namespace {

// Below it, headers outweigh what is saved.
constexpr size_t kFewestBytes = 1 << 10;
constexpr size_t kMostBytes = 1 << 20;
constexpr int kGzipLevel = 4;
constexpr int kBrotliQuality = 4;
constexpr int kZstdLevel = 3;
// zlib's window of 32 KB, and its header of gzip (RFC 1952).
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kZlibMemory = 8;

// By preference.
constexpr Coding kByPreference[] = {Coding::kZstd, Coding::kBrotli, Coding::kGzip};

bool IsText(std::string_view type) {
  const absl::string_view text(type.data(), type.size());
  return absl::StartsWith(text, "text/") || absl::StartsWith(text, "application/json") ||
         absl::StartsWith(text, "application/xml") || absl::StrContains(text, "+json") ||
         absl::StrContains(text, "+xml");
}

std::optional<size_t> Gzip(std::string_view body, std::string& out) {
  z_stream stream = {};
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindowBits, kZlibMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool is_whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  const size_t size = stream.total_out;
  deflateEnd(&stream);
  return is_whole ? std::optional(size) : std::nullopt;
}

std::optional<size_t> Brotli(std::string_view body, std::string& out) {
  size_t size = out.size();
  const bool is_whole =
      BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                            reinterpret_cast<const uint8_t*>(body.data()), &size,
                            reinterpret_cast<uint8_t*>(out.data())) == BROTLI_TRUE;
  return is_whole ? std::optional(size) : std::nullopt;
}

std::optional<size_t> Zstd(std::string_view body, std::string& out) {
  const size_t size = ZSTD_compress(out.data(), out.size(), body.data(), body.size(), kZstdLevel);
  return ZSTD_isError(size) == 0 ? std::optional(size) : std::nullopt;
}

}  // namespace

std::string_view NameOf(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "identity";
    case Coding::kGzip:
      return "gzip";
    case Coding::kBrotli:
      return "br";
    case Coding::kZstd:
      return "zstd";
  }
  return "";
}

Coding ChooseCoding(const AcceptedCodings& accepted, std::string_view content_type, size_t bytes) {
  if (accepted.is_silent() || bytes > kMostBytes || !IsText(content_type)) return Coding::kIdentity;
  Coding chosen = Coding::kIdentity;
  int weight = accepted.Weight("identity");
  // What is short is worth it only to a client that takes nothing else.
  if (bytes < kFewestBytes && weight > 0) return chosen;
  for (const Coding coding : kByPreference) {
    const int other = accepted.Weight(NameOf(coding));
    if (other > weight || (other == weight && other > 0 && chosen == Coding::kIdentity)) {
      chosen = coding;
      weight = other;
    }
  }
  return chosen;
}

std::optional<std::string> Compress(std::string_view body, Coding coding) {
  std::string out(body.size(), '\0');
  std::optional<size_t> size;
  switch (coding) {
    case Coding::kIdentity:
      return std::nullopt;
    case Coding::kGzip:
      size = Gzip(body, out);
      break;
    case Coding::kBrotli:
      size = Brotli(body, out);
      break;
    case Coding::kZstd:
      size = Zstd(body, out);
      break;
  }
  if (!size) return std::nullopt;
  out.resize(*size);
  out.shrink_to_fit();
  return out;
}

}  // namespace corridor::gateway
