#include "services/indicators/statuses.h"

#include <string>

#include "gtest/gtest.h"

namespace corridor::indicators {
namespace {

TEST(StatusesTest, TheListHasTheseCodesAndNoOther) {
  std::string codes;
  for (int c = 0; c < 256; ++c) {
    const char code = static_cast<char>(c);
    const ObservationStatus* status = FindStatus({&code, 1});
    if (status == nullptr) continue;
    EXPECT_EQ(status->code, code);
    EXPECT_FALSE(status->name.empty()) << code;
    codes += code;
  }
  EXPECT_EQ(codes, "ABDEFGHIJKLMNOPQSUVW");
  EXPECT_EQ(FindStatus(""), nullptr);
  EXPECT_EQ(FindStatus("AB"), nullptr);
  EXPECT_EQ(FindStatus("a"), nullptr);
}

TEST(StatusesTest, ACodeSaysWhetherThereIsAValue) {
  std::string with_value, without_value;
  for (char code = 'A'; code <= 'Z'; ++code) {
    const ObservationStatus* status = FindStatus({&code, 1});
    if (status == nullptr) continue;
    EXPECT_TRUE(status->with_value || status->without_value) << code;
    if (status->with_value) with_value += code;
    if (status->without_value) without_value += code;
  }
  EXPECT_EQ(with_value, "ABDEFGIJNPSUVW");
  EXPECT_EQ(without_value, "BHJKLMOQS");
}

TEST(StatusesTest, TheNameIsThatOfTheList) {
  EXPECT_EQ(FindStatus("A")->name, "Normal value");
  EXPECT_EQ(FindStatus("M")->name, "Missing value; data cannot exist");
}

}  // namespace
}  // namespace corridor::indicators
