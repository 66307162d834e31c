#include "services/memberstates/mo_catalogue.h"

#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::memberstates {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string Number(uint32_t number, bool big_endian) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes += static_cast<char>(number >> (8 * (big_endian ? 3 - i : i)));
  }
  return bytes;
}

// A catalogue as msgfmt writes it.
std::string Catalogue(const std::vector<std::pair<std::string, std::string>>& entries,
                      bool big_endian = false) {
  const auto count = static_cast<uint32_t>(entries.size());
  std::string tables[2], texts;
  const uint32_t texts_at = 28 + 16 * count;
  for (const auto& [message, translation] : entries) {
    for (int i = 0; i < 2; ++i) {
      const std::string& text = i == 0 ? message : translation;
      tables[i] += Number(static_cast<uint32_t>(text.size()), big_endian) +
                   Number(texts_at + static_cast<uint32_t>(texts.size()), big_endian);
      texts += text + '\0';
    }
  }
  std::string header;
  for (const uint32_t number : {0x950412deu, 0u, count, 28u, 28 + 8 * count, 0u, 0u}) {
    header += Number(number, big_endian);
  }
  return header + tables[0] + tables[1] + texts;
}

TEST(MoCatalogueTest, TranslationsAreReadInBothByteOrdersWithoutTheHeader) {
  for (const bool big_endian : {false, true}) {
    EXPECT_THAT(ReadMoCatalogue(Catalogue({{"", "Language: es\n"},
                                           {"Armenia", "Armenia"},
                                           {"Moldova", "Moldavia"},
                                           {"Niue", ""}},
                                          big_endian),
                                "es.mo"),
                IsOkAndHolds(ElementsAre(Pair("Armenia", "Armenia"), Pair("Moldova", "Moldavia"))));
  }
}

TEST(MoCatalogueTest, OfPluralFormsTheFirstIsRead) {
  using std::string_literals::operator""s;
  EXPECT_THAT(ReadMoCatalogue(Catalogue({{"day\0days"s, "Tag\0Tage"s}}), "de.mo"),
              IsOkAndHolds(ElementsAre(Pair("day", "Tag"))));
}

TEST(MoCatalogueTest, DamagedFilesAreRefusedByName) {
  const std::string good = Catalogue({{"Moldova", "Moldavia"}});
  EXPECT_THAT(ReadMoCatalogue("", "es.mo"),
              StatusIs(absl::StatusCode::kInvalidArgument, "es.mo: is no message catalogue"));
  EXPECT_THAT(ReadMoCatalogue("no catalogue at all", "es.mo"),
              StatusIs(absl::StatusCode::kInvalidArgument, "es.mo: is no message catalogue"));
  EXPECT_THAT(ReadMoCatalogue(good.substr(0, 10), "es.mo"),
              StatusIs(absl::StatusCode::kInvalidArgument, "es.mo: ends within its header"));
  for (size_t size = 20; size < good.size() - 1; ++size) {
    EXPECT_THAT(
        ReadMoCatalogue(good.substr(0, size), "es.mo"),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("es.mo: ends before text 0")))
        << size;
  }
}

}  // namespace
}  // namespace corridor::memberstates
