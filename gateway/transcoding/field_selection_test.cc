// `fields=`: which paths there are, and what is said of those that there are not.
#include "gateway/transcoding/field_selection.h"

#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

class FieldSelectionTest : public ::testing::Test {
 protected:
  absl::Status Compile(const std::vector<std::string>& paths) const {
    return FieldSelection::Compile(paths, &type_).status();
  }

  ContractPool contract_{LibraryContract()};
  MessageTables tables_{contract_.files()};
  const MessageTable& type_ = *tables_.Find("transcoding.testdata.v1.Everything");
};

TEST_F(FieldSelectionTest, TakesPathsThroughMessagesListsAndMapsInBothSpellings) {
  EXPECT_OK(Compile({"anInt32", "an_int32", "inner.inner.aString", "books.position.row",
                     "booksByNumber.title", "choice_book.name", "aTimestamp", "otherName"}));
}

TEST_F(FieldSelectionTest, NoPathsAreAllFields) {
  auto all = FieldSelection::Compile({}, &type_);
  ASSERT_OK(all);
  EXPECT_EQ(*all, nullptr);
}

TEST_F(FieldSelectionTest, RefusesWhatDoesNotExistAndNamesTheNearest) {
  constexpr struct {
    const char* path;
    const char* error;
  } kCases[] = {
      {"aStrin", "fields: \"aStrin\" names a field that does not exist; the nearest is aString"},
      {"inner.books.tittle",
       "fields: \"inner.books.tittle\" names a field that does not exist; the nearest is "
       "inner.books.title"},
      {"", "fields: \"\" names a field that does not exist; the nearest is aBool"},
      {"inner.",
       "fields: \"inner.\" names a field that does not exist; the nearest is inner.aBool"},
      {"aTimestamp.seconds",
       "fields: \"aTimestamp.seconds\" names a part of a value that has no fields to choose"},
      {"labels.a", "fields: \"labels.a\" names a part of a value that has no fields to choose"},
      {"aString.x", "fields: \"aString.x\" names a part of a value that has no fields to choose"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Compile({"anInt32", test.path}),
                StatusIs(absl::StatusCode::kInvalidArgument, test.error));
    EXPECT_THAT(Compile({test.path}), HasFieldViolation("fields"));
  }
  // A path that is within another is held to the same.
  EXPECT_THAT(Compile({"inner", "inner.x"}),
              StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr("does not exist")));
}

TEST_F(FieldSelectionTest, AScalarHasNoFields) {
  EXPECT_THAT(FieldSelection::Compile({"a"}, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "fields: \"a\" names a part of a value that has no fields to choose"));
}

}  // namespace
}  // namespace corridor::gateway
