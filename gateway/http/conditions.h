// Requests for a body that the client may have, whole or in part (RFC 9110, 13 and 14).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace corridor::gateway {

// Whether the header If-None-Match names `etag`, compared weakly. No tag of ours has a comma.
bool NamesTag(const std::string& if_none_match, std::string_view etag);

// Of a body of `size` bytes: those from `first` up to and with `last`.
struct ByteRange {
  size_t first = 0;
  size_t last = 0;
  size_t size = 0;

  // For Content-Range: `bytes 0-99/1234`.
  std::string Text() const;
};

enum class RangeKind { kWhole, kPart, kNone };
struct AskedRange {
  RangeKind kind = RangeKind::kWhole;  // kNone: beyond the end of the body.
  ByteRange range = {};
};

// What part of a body a GET asks for. The whole where `range` is null, malformed or of several
// ranges, and where `if_range` names another body than `etag`, which is strong; may be null.
AskedRange ReadRange(const std::string* range, const std::string* if_range, std::string_view etag,
                     size_t size);

// 206 with that part of `body`, or 416; `headers` are those of a 200.
HttpResponse PartOf(std::string_view body, const AskedRange& asked, HttpHeaders headers);

}  // namespace corridor::gateway
