#include "platform/records/evidence.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::corridor::common::v1::Citation;
using ::corridor::common::v1::PartialDate;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

google::protobuf::RepeatedPtrField<Citation> Citations(std::initializer_list<Citation> given) {
  return {given.begin(), given.end()};
}

Citation Cite(std::string_view source, Citation::SourceKind kind, std::string_view reasoning = "") {
  Citation citation;
  citation.set_source(std::string(source));
  citation.set_kind(kind);
  citation.set_reasoning(std::string(reasoning));
  return citation;
}

PartialDate Date(std::string_view text) {
  PartialDate date;
  date.set_text(std::string(text));
  EXPECT_OK(ReadDate(date, "date"));
  return date;
}

TEST(EvidenceTest, EveryRecordNeedsACitation) {
  const absl::Status status = CheckCitations({}, "area.citations");
  EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr("area.citations")));
  EXPECT_THAT(status, HasFieldViolation("area.citations"));
}

TEST(EvidenceTest, ACitationNamesItsSourceAndKind) {
  EXPECT_OK(CheckCitations(Citations({Cite("UN_M49", Citation::CODE_LIST)}), "c"));
  EXPECT_THAT(CheckCitations(
                  Citations({Cite("UN_M49", Citation::CODE_LIST), Cite("", Citation::PRESS)}), "c"),
              HasFieldViolation("c[1].source"));
  EXPECT_THAT(CheckCitations(Citations({Cite("X", Citation::SOURCE_KIND_UNSPECIFIED)}), "c"),
              HasFieldViolation("c[0].kind"));
  EXPECT_THAT(CheckCitations(Citations({Cite("X", static_cast<Citation::SourceKind>(77))}), "c"),
              StatusIs(kInvalid, HasSubstr("c[0].kind: \"77\" is not a kind of source")));
}

TEST(EvidenceTest, WhatIsInferredSaysHow) {
  EXPECT_THAT(CheckCitations(Citations({Cite("X", Citation::INFERRED)}), "c"),
              HasFieldViolation("c[0].reasoning"));
  EXPECT_OK(CheckCitations(Citations({Cite("X", Citation::INFERRED, "from counts")}), "c"));
}

TEST(EvidenceTest, OnlyTheTextOfADateIsRead) {
  PartialDate date;
  date.set_text("2018-02");
  date.set_earliest("1999-01-01");
  ASSERT_OK(ReadDate(date, "area.withdrawn"));
  EXPECT_THAT(date, EqualsProto("text: '2018-02' earliest: '2018-02-01' latest: '2018-02-28'"));
  date.set_text("2018-02-30");
  EXPECT_THAT(ReadDate(date, "area.withdrawn"), HasFieldViolation("area.withdrawn"));
}

TEST(EvidenceTest, AnEndMayBeADayAfterTheStart) {
  EXPECT_OK(CheckEndIsAfterStart(Date("2018"), Date("2018"), "end"));
  EXPECT_OK(CheckEndIsAfterStart(Date("2018-01-01"), Date("../2019"), "end"));
  EXPECT_OK(CheckEndIsAfterStart(Date("../2018"), Date("1990"), "end"));
  EXPECT_THAT(
      CheckEndIsAfterStart(Date("2018-01-01"), Date("2018-01-01"), "end"),
      StatusIs(kInvalid, HasSubstr("end: \"2018-01-01\" is not after the start, \"2018-01-01\"")));
  EXPECT_THAT(CheckEndIsAfterStart(Date("2018"), Date("2017"), "end"), HasFieldViolation("end"));
}

TEST(EvidenceTest, ARecordAndANameHaveALargestSize) {
  common::v1::Citation record;
  record.set_note(std::string(65'000, 'x'));
  EXPECT_OK(CheckSize(record, "area"));
  record.set_note(std::string(66'000, 'x'));
  EXPECT_THAT(CheckSize(record, "area"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is more than one record may take, 65536")));
  EXPECT_OK(CheckNameLength(std::string(300, 'x'), "area.display_name"));
  EXPECT_THAT(CheckNameLength(std::string(301, 'x'), "area.display_name"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is longer than 300 bytes")));
}

}  // namespace
}  // namespace corridor
