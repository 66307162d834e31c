// Percent-escapes of addresses (RFC 3986 §2.1), decoded as each part of an address asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace corridor::gateway {

// One path segment. Nothing when a `%` is not followed by two hex digits; so below.
std::optional<std::string> DecodeSegment(std::string_view text);

// Several path segments: `%2F` and `%2f` stay as they are, for they would read as a separator.
std::optional<std::string> DecodeSegments(std::string_view text);

// A name or a value of a query: `+` is a space.
std::optional<std::string> DecodeQueryPart(std::string_view text);

}  // namespace corridor::gateway
