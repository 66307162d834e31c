#include "gateway/http/sniff.h"

#include <string>

#include "gtest/gtest.h"

namespace corridor::gateway {
namespace {

TEST(SniffTest, ThePrefaceIsHttp2OnceItIsWhole) {
  const std::string preface(kHttp2Preface);
  for (size_t size = 0; size < preface.size(); ++size) {
    EXPECT_EQ(Sniff(preface.substr(0, size)), Spoken::kNotYetKnown) << size;
  }
  EXPECT_EQ(Sniff(preface), Spoken::kHttp2);
  EXPECT_EQ(Sniff(preface + "more"), Spoken::kHttp2);
}

TEST(SniffTest, AHandshakeIsTls) {
  EXPECT_EQ(Sniff("\x16"), Spoken::kTls);
  EXPECT_EQ(Sniff("\x16\x03\x01"), Spoken::kTls);
}

TEST(SniffTest, EverythingElseIsHttp1) {
  EXPECT_EQ(Sniff("GET / HTTP/1.1\r\n"), Spoken::kHttp1);
  EXPECT_EQ(Sniff("POST"), Spoken::kHttp1);
  EXPECT_EQ(Sniff("PRI * HTTP/2.1"), Spoken::kHttp1);
  EXPECT_EQ(Sniff(std::string(1, '\0')), Spoken::kHttp1);
}

}  // namespace
}  // namespace corridor::gateway
