// A request body in base64, as application/grpc-web-text has it: pieces, each padded or not, one
// after the other.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/body_source.h"

namespace corridor::gateway {

// Decodes base64 (RFC 4648, 4) that comes in pieces of any length.
class Base64Decoder {
 public:
  // Appends what `text` stands for to `out`. False, for good, when it is malformed: a character
  // that is none of base64's, or padding out of place. A piece that ends in padding may be followed
  // by another.
  bool Decode(std::string_view text, std::string& out);
  // Whether the text may end here; what is left over by missing padding is appended.
  bool Finish(std::string& out);

 private:
  bool EndGroup(std::string& out);

  std::array<unsigned char, 4> group_ = {};  // Values of its digits.
  size_t digits_ = 0;
  size_t padding_ = 0;
  bool is_malformed_ = false;
};

class Base64Body : public BodySource {
 public:
  explicit Base64Body(std::shared_ptr<BodySource> text) : text_(std::move(text)) {}

  void Start(std::function<void()> wake) override { text_->Start(std::move(wake)); }
  bool Read(std::string& out, size_t enough) override;
  // Not of malformed text either.
  bool is_whole() const override { return !is_malformed_ && text_->is_whole(); }
  void Drain() override { text_->Drain(); }

 private:
  const std::shared_ptr<BodySource> text_;
  Base64Decoder decoder_;
  bool is_malformed_ = false;
};

}  // namespace corridor::gateway
