// A header, and two tables of lengths and offsets: of messages, and of their translations in the
// same order.
#include "services/memberstates/mo_catalogue.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::memberstates {
namespace {

constexpr uint32_t kMagic = 0x950412de;
constexpr uint32_t kMagicSwapped = 0xde120495;

class MoFile {
 public:
  explicit MoFile(std::string_view bytes) : bytes_(bytes) {
    swapped_ = Number(0) == kMagicSwapped;
    valid_ = Number(0) == kMagic;
  }

  bool valid() const { return valid_; }

  // The 32-bit number at `offset`.
  std::optional<uint32_t> Number(uint64_t offset) const {
    if (bytes_.size() < 4 || offset > bytes_.size() - 4) return std::nullopt;
    uint32_t number = 0;
    for (int i = 0; i < 4; ++i) {
      const int shift = 8 * (swapped_ ? 3 - i : i);
      const auto byte = static_cast<unsigned char>(bytes_[offset + static_cast<uint64_t>(i)]);
      number |= static_cast<uint32_t>(byte) << shift;
    }
    return number;
  }

  // Text number `index` of the table at `table`, up to a NUL.
  std::optional<std::string_view> Text(uint64_t table, uint64_t index) const {
    const std::optional<uint32_t> length = Number(table + 8 * index);
    const std::optional<uint32_t> offset = Number(table + 8 * index + 4);
    if (!length || !offset || *offset > bytes_.size() || *length > bytes_.size() - *offset) {
      return std::nullopt;
    }
    const std::string_view text = bytes_.substr(*offset, *length);
    return text.substr(0, text.find('\0'));
  }

 private:
  std::string_view bytes_;
  bool swapped_ = false;
  bool valid_ = false;
};

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadMoCatalogue(std::string_view bytes,
                                                                   std::string_view file) {
  const auto error = [file](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(absl::string_view(file.data(), file.size()), ": ", what));
  };
  const MoFile mo(bytes);
  if (!mo.valid()) return error("is no message catalogue");
  const std::optional<uint32_t> revision = mo.Number(4);
  const std::optional<uint32_t> count = mo.Number(8);
  const std::optional<uint32_t> messages = mo.Number(12);
  const std::optional<uint32_t> translations = mo.Number(16);
  if (!revision || !count || !messages || !translations) return error("ends within its header");
  if ((*revision >> 16) > 1) return error("is of an unknown revision");

  std::map<std::string, std::string> catalogue;
  for (uint32_t i = 0; i < *count; ++i) {
    const std::optional<std::string_view> message = mo.Text(*messages, i);
    const std::optional<std::string_view> translation = mo.Text(*translations, i);
    if (!message || !translation) return error(absl::StrCat("ends before text ", i));
    if (!message->empty() && !translation->empty()) catalogue.emplace(*message, *translation);
  }
  return catalogue;
}

}  // namespace corridor::memberstates
