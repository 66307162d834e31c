// The chunked transfer coding of RFC 9112, strictly: CR LF everywhere, bounded extensions and
// trailers. Beast 1.74's own decoder loses its place in trailers with bare line feeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/http_error.h"

namespace corridor::gateway {

class ChunkedBody {
 public:
  // At most `body_limit` bytes of body (413) and `trailer_limit` of trailers (431).
  ChunkedBody(size_t body_limit, size_t trailer_limit)
      : body_limit_(body_limit), trailer_limit_(trailer_limit) {}

  enum class Event { kNeedMore, kComplete, kError };
  // Takes `consumed` bytes from the front of `bytes`, and appends what they carry to `body`; the
  // rest is to be given again, with more. Trailers are dropped: nothing that we answer depends on
  // one.
  Event Feed(std::string_view bytes, size_t& consumed, std::string& body);
  const HttpError& error() const { return error_; }

 private:
  enum class Stage { kSize, kData, kDataEnd, kTrailers };

  Event Fail(HttpError error);
  HttpError TrailersTooLarge() const;
  // Takes one line; kComplete when `stage_` may go on.
  Event TakeLine(std::string_view bytes, size_t& consumed, size_t limit, std::string_view& line);
  Event OnSizeLine(std::string_view line, size_t body_bytes);

  const size_t body_limit_;
  const size_t trailer_limit_;
  Stage stage_ = Stage::kSize;
  uint64_t chunk_left_ = 0;
  size_t trailer_bytes_ = 0;  // With their line ends; at most `trailer_limit_`.
  size_t scanned_ = 0;        // Of an unfinished line: holds no line feed.
  HttpError error_;
};

}  // namespace corridor::gateway
