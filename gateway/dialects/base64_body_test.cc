#include "gateway/dialects/base64_body.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

// What `text` stands for, decoded in pieces of `piece`; `malformed` when it is.
std::string Decoded(std::string_view text, size_t piece) {
  Base64Decoder decoder;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    if (!decoder.Decode(text.substr(0, piece), out)) return "malformed";
  }
  return decoder.Finish(out) ? out : "malformed";
}

TEST(Base64DecoderTest, PiecesOfAnyLengthMeanWhatTheWholeMeans) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"YQ==", "a"},
      {"YWI=", "ab"},
      {"YWJj", "abc"},
      {"YQ", "a"},
      {"YWI", "ab"},
      {"YQ==YWI=YWJj", "aababc"},
      {"AP+/", std::string("\0\xFF\xBF", 3)},
      {"Y", "malformed"},
      {"YQ=", "malformed"},
      {"YQ=YQ==", "malformed"},
      {"=", "malformed"},
      {"YWJj=", "malformed"},
      {"YQ===", "malformed"},
      {"YR==", "malformed"},
      {"YWJ=", "malformed"},
      {"YW-_", "malformed"},
      {"YQ==\n", "malformed"},
  };
  for (const auto& [text, meaning] : cases) {
    for (const size_t piece : {1, 2, 3, 5, 100}) {
      EXPECT_EQ(Decoded(text, piece), meaning) << text << " in pieces of " << piece;
    }
  }
}

// Gives what it has, piece by piece.
class Pieces : public BodySource {
 public:
  explicit Pieces(std::string text) : text_(std::move(text)) {}
  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    const size_t size = out.size() < enough ? std::min(enough - out.size(), text_.size()) : 0;
    out.append(text_, 0, size);
    text_.erase(0, size);
    return !text_.empty();
  }

 private:
  std::string text_;
  std::function<void()> wake_;
};

TEST(Base64BodyTest, ABodyOfPaddedPiecesFillsEachRead) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "YQ==";
  Base64Body body(std::make_shared<Pieces>(text));
  std::string out;
  EXPECT_TRUE(body.Read(out, 100));
  EXPECT_GE(out.size(), 100u);
  EXPECT_FALSE(body.Read(out, 10'000));
  EXPECT_EQ(out, std::string(1000, 'a'));
  EXPECT_TRUE(body.is_whole());
}

TEST(Base64BodyTest, AMalformedBodyIsNotWhole) {
  for (const char* text : {"YQ==!", "YWJjY"}) {
    Base64Body body(std::make_shared<Pieces>(text));
    std::string out;
    EXPECT_FALSE(body.Read(out, 100));
    EXPECT_FALSE(body.is_whole()) << text;
  }
}

}  // namespace
}  // namespace corridor::gateway
