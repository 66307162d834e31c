// Bodies in the content codings that clients take.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/accepted_codings.h"

namespace corridor::gateway {

enum class Coding { kIdentity, kGzip, kBrotli, kZstd };
inline constexpr size_t kCodings = 4;

// As Content-Encoding names it: `gzip`, `br`, `zstd`; `identity`.
std::string_view NameOf(Coding coding);

// The coding in which a body of that type and size is sent to a client: the one that it wants most,
// of those that it wants alike the one that takes the least time for what it saves. Identity for
// what is short, long enough to hold up others while it is compressed (above 1 MB), or no text.
Coding ChooseCoding(const AcceptedCodings& accepted, std::string_view content_type, size_t bytes);

// At speeds that a loop can spend: about 1 ms for 100 KB of JSON. Nullopt when it fails or does not
// make the body any shorter. `coding` is not identity.
std::optional<std::string> Compress(std::string_view body, Coding coding);

}  // namespace corridor::gateway
