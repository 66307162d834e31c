#include "platform/default_data/sources_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor {
namespace {

using ::testing::HasSubstr;

constexpr char kHeader[] = "id,kind,claimant,title,locator,licence,note\n";

class SourcesFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<SourcesFile> Read(std::string_view rows) {
    dir_.Write("sources.csv", kHeader + std::string(rows));
    return SourcesFile::Read(dir_.path());
  }

  TempDir dir_;
};

TEST_F(SourcesFileTest, ARowCitesEverySourceThatItNamesWithWhatItSaysOfThem) {
  ASSERT_OK_AND_ASSIGN(const SourcesFile sources, Read("PAGE,OFFICIAL,IOM,,,,Archived.\n"
                                                       "COUNTS,INFERRED,,,,,\n"));
  ASSERT_OK_AND_ASSIGN(const CsvTable table,
                       ParseCsv("source\nPAGE;COUNTS\nRUMOUR\n", "rows.csv", {"source"}));
  ASSERT_OK_AND_ASSIGN(
      const Citations citations,
      sources.Cite(table, table.rows[0],
                   {.published_text = "1951", .reasoning = "", .note = "From a list."}));
  ASSERT_EQ(citations.size(), 2);
  EXPECT_THAT(citations[0], EqualsProto(R"pb(source: "PAGE"
                                             kind: OFFICIAL
                                             claimant: "IOM"
                                             published_text: "1951"
                                             note: "From a list. Archived.")pb"));
  // Without a reasoning of its own, the note is why.
  EXPECT_THAT(citations[1], EqualsProto(R"pb(source: "COUNTS"
                                             kind: INFERRED
                                             published_text: "1951"
                                             reasoning: "From a list.")pb"));
  EXPECT_THAT(sources.Cite(table, table.rows[1], {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("rows.csv:3: source \"RUMOUR\" names \"RUMOUR\", which "
                                 "sources.csv does not have")));
}

TEST_F(SourcesFileTest, MistakesAreNamedByLineAndValue) {
  const auto refuses = [](const std::string& message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
  };
  EXPECT_THAT(Read("A,HEARSAY,,,,,\n").status(),
              refuses("sources.csv:2: kind \"HEARSAY\" is not a kind of source"));
  EXPECT_THAT(Read(",PRESS,,,,,\n").status(), refuses("sources.csv:2: id \"\" is empty"));
  EXPECT_THAT(Read("A,PRESS,,,,,\nA,PRESS,,,,,\n").status(),
              refuses("sources.csv:3: id \"A\" occurs twice"));
  EXPECT_THAT(SourcesFile::Read("no/such/folder").status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/folder/sources.csv")));
}

}  // namespace
}  // namespace corridor
