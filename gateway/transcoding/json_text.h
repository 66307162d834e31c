// JSON as it is written: a text that grows, with room ahead of where it ends, so that small pieces
// cost no call. Belongs to one thread.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "gateway/transcoding/numbers.h"
#include "gateway/transcoding/plain_text.h"

namespace corridor::gateway {

class JsonText {
 public:
  // Appends to `text`, which must outlive this and is whole again after Finish(). `expected`: bytes
  // that will be written, as a guess.
  JsonText(std::string& text, size_t expected) : text_(text) {
    const size_t before = text.size();
    text_.resize(before + expected);
    PointTo(before);
  }
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;
  void Finish() { text_.resize(size()); }

  size_t size() const { return static_cast<size_t>(at_ - text_.data()); }
  // Forgets what was written after `size`.
  void Shrink(size_t size) { at_ = text_.data() + size; }
  // Overwrites what was written.
  void Set(size_t at, char c) { text_[at] = c; }
  std::string_view From(size_t begin) const {
    return std::string_view(text_).substr(begin, size() - begin);
  }

  void Add(char c) {
    Reserve(1);
    *at_++ = c;
  }
  void Add(std::string_view piece) {
    Reserve(piece.size());
    CopyShort(piece, at_);
    at_ += piece.size();
  }
  // What was written at `begin`, once more.
  void Repeat(size_t begin, size_t size) {
    Reserve(size);
    std::memcpy(at_, text_.data() + begin, size);
    at_ += size;
  }
  template <typename Integer>
  void AddInteger(Integer value) {
    char* to = Room(kLongestNumber);
    Commit(std::to_chars(to, to + kLongestNumber, value).ptr);
  }
  template <typename Real>
  void AddReal(Real value) {
    Commit(WriteNumber(value, Room(kLongestNumber)));
  }
  // In quotes, with escapes. False, having written some of it, when `text` is not UTF-8.
  bool AddString(std::string_view text) {
    char* to = Room(text.size() + 2);
    *to++ = '"';
    if (!CopyIfPlain(text, to)) return AddEscapedString(text);
    to += text.size();
    *to++ = '"';
    Commit(to);
    return true;
  }
  // As base64 with padding, in quotes.
  void AddBase64(std::string_view bytes);

  // Room for `bytes` bytes; Commit says where what was written there ends.
  char* Room(size_t bytes) {
    Reserve(bytes);
    return at_;
  }
  void Commit(char* end) { at_ = end; }

 private:
  void Reserve(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) Grow(bytes);
  }
  void Grow(size_t bytes);
  void PointTo(size_t size) {
    at_ = text_.data() + size;
    end_ = text_.data() + text_.size();
  }
  bool AddEscapedString(std::string_view text);

  std::string& text_;    // Longer than what was written.
  char* at_ = nullptr;   // Where that ends.
  char* end_ = nullptr;  // Of text_.
};

}  // namespace corridor::gateway
