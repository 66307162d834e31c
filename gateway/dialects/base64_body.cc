#include "gateway/dialects/base64_body.h"

namespace corridor::gateway {
namespace {

constexpr unsigned char kNoDigit = 0xFF;

constexpr std::array<unsigned char, 256> kValues = [] {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<unsigned char, 256> values{};
  for (auto& value : values) value = kNoDigit;
  for (size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<unsigned char>(i);
  }
  return values;
}();

}  // namespace

bool Base64Decoder::Decode(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (is_malformed_) return false;
    if (c == '=') {
      ++padding_;
      if (digits_ < 2 || digits_ + padding_ > 4) is_malformed_ = true;
    } else {
      const unsigned char value = kValues[static_cast<unsigned char>(c)];
      if (value == kNoDigit || padding_ > 0) {
        is_malformed_ = true;
      } else {
        group_[digits_++] = value;
      }
    }
    if (!is_malformed_ && digits_ + padding_ == 4) is_malformed_ = !EndGroup(out);
  }
  return !is_malformed_;
}

bool Base64Decoder::Finish(std::string& out) {
  if (is_malformed_ || padding_ > 0 || digits_ == 1) return false;
  return digits_ == 0 || EndGroup(out);
}

bool Base64Decoder::EndGroup(std::string& out) {
  for (size_t i = digits_; i < 4; ++i) group_[i] = 0;
  const unsigned bits = static_cast<unsigned>(group_[0]) << 18 |
                        static_cast<unsigned>(group_[1]) << 12 |
                        static_cast<unsigned>(group_[2]) << 6 | static_cast<unsigned>(group_[3]);
  const char bytes[] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                        static_cast<char>(bits)};
  out.append(bytes, digits_ - 1);
  // Bits that stand for no byte must be zero, or two texts would mean the same.
  const bool has_no_rest = (digits_ == 4) || (digits_ == 3 ? (bits & 0xFF) : (bits & 0xFFFF)) == 0;
  digits_ = 0;
  padding_ = 0;
  return has_no_rest;
}

bool Base64Body::Read(std::string& out, size_t enough) {
  if (is_malformed_) return false;
  // Padded pieces give less than their length promises, so what was read may not be enough.
  while (out.size() < enough) {
    const size_t wanted = (enough - out.size() + 2) / 3 * 4;
    std::string text;
    const bool goes_on = text_->Read(text, wanted);
    is_malformed_ = !decoder_.Decode(text, out) || (!goes_on && !decoder_.Finish(out));
    if (!goes_on || is_malformed_) return false;
    if (text.size() < wanted) return true;
  }
  return true;
}

}  // namespace corridor::gateway
