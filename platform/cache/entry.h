// One kept answer, and how it is written where others might write too.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/cache/validity.h"

namespace corridor::cache {

struct Entry {
  Stamp stamp;
  std::string answer;  // The response's bytes.
};
using EntryPtr = std::shared_ptr<const Entry>;

// SHA-256 of all that an answer depends on but for what is in the store.
using Key = std::array<char, 32>;
inline std::string_view View(const Key& key) { return {key.data(), key.size()}; }
Key Sha256(std::string_view bytes);

// Bytes that an entry takes in memory, roughly.
size_t SizeOf(const Entry& entry);

// The entry as text, sealed by HMAC-SHA-256 under `secret` for its key.
std::string Seal(const Entry& entry, const Key& key, std::string_view secret);
// The seal that comes before `body` in such a text.
std::string SealOf(std::string_view body, const Key& key, std::string_view secret);
// The entry that was sealed for this key under this secret; none for anything else.
std::optional<Entry> Unseal(std::string_view sealed, const Key& key, std::string_view secret);

}  // namespace corridor::cache
