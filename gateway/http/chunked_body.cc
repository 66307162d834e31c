#include "gateway/http/chunked_body.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/http1_rules.h"
#include "gateway/http/refusals.h"

namespace corridor::gateway {
namespace {

constexpr size_t kMaxSizeDigits = 15;

HttpError BadChunk(std::string message) { return {400, "BAD_CHUNK", std::move(message), {}}; }

}  // namespace

ChunkedBody::Event ChunkedBody::Feed(std::string_view bytes, size_t& consumed, std::string& body) {
  consumed = 0;
  while (true) {
    const std::string_view rest = bytes.substr(consumed);
    std::string_view line;
    switch (stage_) {
      case Stage::kSize: {
        Event event = TakeLine(rest, consumed, kMaxSizeDigits + kMaxChunkExtensionBytes, line);
        if (event == Event::kComplete) event = OnSizeLine(line, body.size());
        if (event != Event::kComplete) return event;
        break;
      }
      case Stage::kData: {
        const size_t taken = static_cast<size_t>(std::min<uint64_t>(chunk_left_, rest.size()));
        body.append(rest.substr(0, taken));
        consumed += taken;
        chunk_left_ -= taken;
        if (chunk_left_ > 0) return Event::kNeedMore;
        stage_ = Stage::kDataEnd;
        break;
      }
      case Stage::kDataEnd:
        if (rest.size() < 2) return Event::kNeedMore;
        if (rest.substr(0, 2) != "\r\n") {
          return Fail(BadChunk("a chunk is longer than its size says"));
        }
        consumed += 2;
        stage_ = Stage::kSize;
        break;
      case Stage::kTrailers: {
        const size_t before = consumed;
        const Event event = TakeLine(rest, consumed, trailer_limit_ - trailer_bytes_, line);
        if (event != Event::kComplete) return event;
        if (line.empty()) return Event::kComplete;
        const size_t bytes_taken = consumed - before;
        if (bytes_taken > trailer_limit_ - trailer_bytes_) return Fail(TrailersTooLarge());
        trailer_bytes_ += bytes_taken;
        if (std::optional<HttpError> refused = CheckTrailer(line)) return Fail(*std::move(refused));
        break;
      }
    }
  }
}

ChunkedBody::Event ChunkedBody::Fail(HttpError error) {
  error_ = std::move(error);
  return Event::kError;
}

HttpError ChunkedBody::TrailersTooLarge() const {
  return {431,
          "TRAILERS_TOO_LARGE",
          absl::StrCat("trailers are larger than ", trailer_limit_, " bytes"),
          {}};
}

ChunkedBody::Event ChunkedBody::TakeLine(std::string_view bytes, size_t& consumed, size_t limit,
                                         std::string_view& line) {
  const size_t newline = bytes.find('\n', scanned_);
  const size_t length = newline == std::string_view::npos ? bytes.size() : newline;
  if (length > limit + 1) {  // One for CR.
    if (stage_ == Stage::kSize) {
      return Fail(
          {400,
           "CHUNK_EXTENSION",
           absl::StrCat("a chunk extension is longer than ", kMaxChunkExtensionBytes, " bytes"),
           {}});
    }
    return Fail(TrailersTooLarge());
  }
  if (newline == std::string_view::npos) {
    scanned_ = bytes.size();
    return Event::kNeedMore;
  }
  scanned_ = 0;
  if (newline == 0 || bytes[newline - 1] != '\r') {
    return Fail(BadChunk("lines of a chunked body must end with CR LF"));
  }
  line = bytes.substr(0, newline - 1);
  consumed += newline + 1;
  return Event::kComplete;
}

ChunkedBody::Event ChunkedBody::OnSizeLine(std::string_view line, size_t body_bytes) {
  const size_t digits = std::min(line.find(';'), line.size());
  uint64_t size = 0;
  const auto [end, code] = std::from_chars(line.data(), line.data() + digits, size, 16);
  if (digits == 0 || digits > kMaxSizeDigits || code != std::errc() ||
      end != line.data() + digits) {
    return Fail(BadChunk("a chunk's size is not a hexadecimal number"));
  }
  if (std::optional<HttpError> refused = CheckChunkExtension(line.substr(digits))) {
    return Fail(*std::move(refused));
  }
  if (size > body_limit_ - body_bytes) return Fail(BodyTooLarge(body_limit_));
  chunk_left_ = size;
  stage_ = size == 0 ? Stage::kTrailers : Stage::kData;
  return Event::kComplete;
}

}  // namespace corridor::gateway
