#include "platform/request/reading.h"

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/store/resource_store.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::corridor::memberstates::v1::AreaMember;
using ::corridor::memberstates::v1::ListAreaMembersRequest;
using ::corridor::memberstates::v1::ListAreaMembersResponse;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A store at version 7, of which earlier ones can be read.
class FakeReader : public store::ResourceReader {
 public:
  explicit FakeReader(int64_t version) : version_(version) {}
  common::v1::KnownVersion known_version() const override {
    common::v1::KnownVersion known;
    known.set_version(version_);
    return known;
  }

 private:
  const int64_t version_;
};
class FakeWriter {};
class FakeStore final : public store::ResourceStore<FakeReader, FakeWriter> {
 public:
  const std::string& service() const override { return service_; }
  const std::string& epoch() const override { return epoch_; }
  absl::StatusOr<std::unique_ptr<FakeReader>> ReadAt(const store::KnownAt& known_at,
                                                     absl::Time) override {
    const auto* version = std::get_if<int64_t>(&known_at);
    return std::make_unique<FakeReader>(version == nullptr ? 7 : *version);
  }
  absl::StatusOr<store::Commit> Write(const store::WriteContext&, absl::Time,
                                      absl::FunctionRef<absl::Status(FakeWriter&)>) override {
    return absl::UnimplementedError("reads only");
  }

 private:
  const std::string service_ = "fake";
  const std::string epoch_ = "0123456789abcdef";
};

class ReadingTest : public ::testing::Test {
 protected:
  // A page of the members of this list after those of the page before.
  absl::StatusOr<ListAreaMembersResponse> Page(const ListAreaMembersRequest& request,
                                               const std::vector<AreaMember>& list) {
    ASSIGN_OR_RETURN(const auto page, OpenPage(store_, request, call_));
    const Slice slice = page.slice();
    std::vector<AreaMember> rows;
    for (const AreaMember& member : list) {
      if (static_cast<int>(rows.size()) == slice.limit) break;
      if (Key(member) > std::vector{std::string(slice.After(0)), std::string(slice.After(1))}) {
        rows.push_back(member);
      }
    }
    ListAreaMembersResponse response;
    FillPage(request, store_, page, std::move(rows), Key, "2018", response.mutable_members(),
             response);
    return response;
  }
  static std::vector<std::string> Key(const AreaMember& member) {
    return {member.name(), member.member()};
  }
  static AreaMember Member(const std::string& group, const std::string& code, size_t bytes = 0) {
    AreaMember member;
    member.set_name(group);
    member.set_member(code);
    member.set_display_name(std::string(bytes, 'x'));
    return member;
  }

  FakeStore store_;
  CallContext call_{
      "/test/Read", "tester", absl::InfiniteFuture(),
      absl::FromCivil(absl::CivilSecond(2024, 2, 29, 23, 59, 59), absl::UTCTimeZone())};
};

TEST_F(ReadingTest, AReadIsPinnedToKnownAtAndSaysSo) {
  ASSERT_OK_AND_ASSIGN(const auto reader, OpenReader(store_, "4", call_));
  EXPECT_EQ(reader->known_version().version(), 4);
  EXPECT_EQ(call_.version(), 4);
  EXPECT_EQ(call_.epoch(), store_.epoch());
  EXPECT_THAT(OpenReader(store_, "yesterday", call_).status(), HasFieldViolation("known_at"));
}

TEST_F(ReadingTest, APageGoesOnAfterAKeyOfSeveralColumnsAtTheVersionOfTheFirst) {
  const std::vector<AreaMember> list = {Member("A", "X"), Member("A", "Y"), Member("B", "X")};
  ListAreaMembersRequest request;
  request.set_page_size(2);
  request.set_known_at("3");
  ASSERT_OK_AND_ASSIGN(const auto first, Page(request, list));
  EXPECT_THAT(first.members(), ElementsAre(EqualsProto(list[0]), EqualsProto(list[1])));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto cursor, DecodePageToken(request, store_.epoch()));
  EXPECT_THAT(cursor->keys, ElementsAre("A", "Y"));
  EXPECT_EQ(cursor->as_of, "2018");
  ASSERT_OK_AND_ASSIGN(const auto second, Page(request, list));
  EXPECT_THAT(second.members(), ElementsAre(EqualsProto(list[2])));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_EQ(second.known_version().version(), 3);
}

TEST_F(ReadingTest, APageEndsBeforeItIsTooLargeButHasARow) {
  const std::vector<AreaMember> list = {Member("A", "X", kMaxPageBytes), Member("B", "X", 10),
                                        Member("C", "X", kMaxPageBytes)};
  ListAreaMembersRequest request;
  ASSERT_OK_AND_ASSIGN(auto page, Page(request, list));
  EXPECT_EQ(page.members_size(), 1);
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(page, Page(request, list));
  EXPECT_EQ(page.members_size(), 1);
}

TEST_F(ReadingTest, TheDayIsThatOfThePageTokenElseTheOneAskedElseTodayInUtc) {
  EXPECT_EQ(ReadAsOf("", "as_of", std::nullopt, call_)->date.text(), "2024-02-29");
  EXPECT_EQ(ReadAsOf("2018", "as_of", std::nullopt, call_)->days.latest,
            absl::CivilDay(2018, 12, 31));
  EXPECT_EQ(
      ReadAsOf("", "as_of", PageCursor{.version = 1, .as_of = "2023-12-31", .keys = {}}, call_)
          ->date.text(),
      "2023-12-31");
  EXPECT_THAT(ReadAsOf("2018/..", "as_of", std::nullopt, call_).status(),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                             HasSubstr("as_of: \"2018/..\" has an open end")),
                    HasFieldViolation("as_of")));
}

TEST_F(ReadingTest, ABatchHasOneToAThousandEntries) {
  EXPECT_OK(CheckBatchSize(1, "names"));
  EXPECT_OK(CheckBatchSize(1000, "names"));
  EXPECT_THAT(CheckBatchSize(0, "names"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("names: is required")));
  EXPECT_THAT(CheckBatchSize(1001, "names"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"1001\" entries are more than 1000 in one request")));
}

}  // namespace
}  // namespace corridor
