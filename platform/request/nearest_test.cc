#include "platform/request/nearest.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "gtest/gtest.h"

namespace corridor {
namespace {

const std::vector<std::string> kNames = {"page_size", "page_token", "known_at", "as_of"};

TEST(NearestTest, AMisspelledNameFindsTheRightOne) {
  EXPECT_EQ(Nearest("page_tokn", kNames), "page_token");
  EXPECT_EQ(Nearest("pagesise", kNames), "page_size");
  EXPECT_EQ(Nearest("knowAt", kNames), "known_at");
}

TEST(NearestTest, CaseAndSeparatorsDoNotCount) {
  EXPECT_EQ(Nearest("asOf", kNames), "as_of");
  EXPECT_EQ(Nearest("AS-OF", kNames), "as_of");
}

TEST(NearestTest, TheFirstOfEqualsIsAnswered) {
  EXPECT_EQ(Nearest("c", {"a", "b"}), "a");
  EXPECT_EQ(Nearest("", kNames), "as_of");
}

TEST(NearestTest, NoNamesGiveNone) { EXPECT_EQ(Nearest("x", {}), ""); }

// The recurrence as it is defined, by rows.
size_t Levenshtein(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

TEST(GivenNameTest, TheDistanceIsLevenshteins) {
  std::mt19937 random(7);
  auto word = [&random] {
    // Few letters, so that there are many alignments; as long as a word of the machine, or short.
    std::string text(random() % 2 == 0 ? random() % 8 : random() % 65, ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = word();
    const std::string b = word();
    ASSERT_EQ(GivenName(a).DistanceTo(b), Levenshtein(a, b)) << a << " and " << b;
  }
}

TEST(GivenNameTest, BytesBeyondAsciiAreCompared) {
  EXPECT_EQ(GivenName("žluť").DistanceTo("žlut"), 2u);
  EXPECT_EQ(GivenName(std::string(3, '\xff')).DistanceTo(""), 3u);
}

TEST(NearestTest, ALongNameIsComparedByItsBeginning) {
  EXPECT_EQ(Nearest(std::string(10'000'000, 'x'), kNames), "page_size");
}

}  // namespace
}  // namespace corridor
