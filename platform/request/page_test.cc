#include "platform/request/page.h"

#include "absl/strings/escaping.h"
#include "corridor/changes/v1/changes.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;

using Request = changes::v1::ListCommitsRequest;
constexpr char kEpoch[] = "0123456789abcdef";

Request RequestWith(int64_t since, std::string page_token = "") {
  Request request;
  request.set_since(since);
  request.set_page_token(std::move(page_token));
  return request;
}

TEST(PageSizeTest, NoneAskedGivesTheDefault) {
  EXPECT_THAT(PageSize(0), IsOkAndHolds(250));
  EXPECT_THAT(PageSize(0, 100, 200), IsOkAndHolds(100));
}

TEST(PageSizeTest, SizesUpToTheMostAreTaken) {
  EXPECT_THAT(PageSize(1), IsOkAndHolds(1));
  EXPECT_THAT(PageSize(1000), IsOkAndHolds(1000));
}

TEST(PageSizeTest, OthersAreRefusedByFieldAndValue) {
  for (const int32_t size : {-1, 1001, INT32_MIN, INT32_MAX}) {
    EXPECT_THAT(PageSize(size), AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                                               "page_size: \"" + std::to_string(size) +
                                                   "\" is not between 1 and 1000 (0 for 250)"),
                                      HasFieldViolation("page_size")));
  }
}

TEST(PageTokenTest, TheFirstPageHasNone) {
  EXPECT_THAT(DecodePageToken(RequestWith(1), kEpoch), IsOkAndHolds(Eq(std::nullopt)));
}

TEST(PageTokenTest, ATokenReadsBackAsTheCursor) {
  const std::string token = EncodePageToken(
      RequestWith(1), kEpoch, {.version = 42, .as_of = "2018-01-01", .keys = {"ARM", "", "a\0b"}});
  Request next = RequestWith(1, token);
  next.set_page_size(7);
  ASSERT_OK_AND_ASSIGN(const std::optional<PageCursor> cursor, DecodePageToken(next, kEpoch));
  ASSERT_TRUE(cursor.has_value());
  EXPECT_EQ(cursor->version, 42);
  EXPECT_EQ(cursor->as_of, "2018-01-01");
  EXPECT_THAT(cursor->keys, ElementsAre("ARM", "", "a"));
}

TEST(PageTokenTest, ATokenOfAnotherRequestIsRefused) {
  const std::string token = EncodePageToken(RequestWith(1), kEpoch, {.version = 1, .keys = {"A"}});
  EXPECT_THAT(DecodePageToken(RequestWith(2, token), kEpoch),
              AllOf(StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another request")),
                    HasFieldViolation("page_token")));
}

TEST(PageTokenTest, ATokenOfAnotherEpochIsAborted) {
  const std::string token = EncodePageToken(RequestWith(1), kEpoch, {.version = 1, .keys = {"A"}});
  EXPECT_THAT(DecodePageToken(RequestWith(1, token), "fedcba9876543210"),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("page_token")));
}

TEST(PageTokenTest, EveryChangedCharacterIsNoticed) {
  const std::string token =
      EncodePageToken(RequestWith(1), kEpoch, {.version = 1, .keys = {"ARM"}});
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    std::string was, is;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &was));
    if (absl::WebSafeBase64Unescape(changed, &is) && is == was)
      continue;  // Unused bits at the end.
    EXPECT_THAT(DecodePageToken(RequestWith(1, changed), kEpoch), HasFieldViolation("page_token"));
  }
}

TEST(PageTokenTest, WhatIsNoTokenIsRefusedByFieldAndValue) {
  for (const std::string token : {"x", "!!!!", "AAAAAAAA", "AQ"}) {
    EXPECT_THAT(DecodePageToken(RequestWith(1, token), kEpoch),
                AllOf(StatusIs(absl::StatusCode::kInvalidArgument,
                               "page_token: \"" + token + "\" is not a page token"),
                      HasFieldViolation("page_token")));
  }
}

}  // namespace
}  // namespace corridor
