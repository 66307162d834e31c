// gMock matchers for absl::Status and absl::StatusOr, and macros that expect OK.
#pragma once

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace corridor {
namespace status_matchers_internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  template <typename Result>
  // NOLINTNEXTLINE(google-explicit-constructor): gMock's protocol.
  operator ::testing::Matcher<Result>() const {
    return ::testing::Matcher<Result>(new Impl<Result>(inner_));
  }

 private:
  template <typename Result>
  class Impl : public ::testing::MatcherInterface<Result> {
   public:
    using Value = typename std::remove_reference_t<Result>::value_type;
    explicit Impl(const Inner& inner) : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and holds a value that ";
      inner_.DescribeTo(os);
    }
    bool MatchAndExplain(Result result, ::testing::MatchResultListener* listener) const override {
      if (!result.ok()) {
        *listener << "whose status is " << result.status().ToString();
        return false;
      }
      return inner_.MatchAndExplain(*result, listener);
    }

   private:
    const ::testing::Matcher<const Value&> inner_;
  };

  const Inner inner_;
};

}  // namespace status_matchers_internal

// Matches an OK Status or StatusOr.
MATCHER(IsOk, "is OK") {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.ok();
}

// Matches an OK StatusOr whose value matches `inner`.
template <typename Inner>
auto IsOkAndHolds(Inner inner) {
  return status_matchers_internal::IsOkAndHoldsMatcher<Inner>(std::move(inner));
}

// Matches a Status or StatusOr with this code, and a message that `message` (a matcher or a text)
// matches.
MATCHER_P2(StatusIs, code, message,
           "has code " + ::testing::PrintToString(code) + " and a fitting message") {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.code() == code &&
         ::testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}
inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, ::testing::_); }

// Matches a Status or StatusOr whose BadRequest names `field`.
MATCHER_P(HasFieldViolation, field,
          "has a BadRequest that names " + ::testing::PrintToString(field)) {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  google::rpc::BadRequest detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return false;
  for (const auto& violation : detail.field_violations()) {
    if (violation.field() == field) return true;
  }
  return false;
}

// Matches a Status or StatusOr that is INVALID_ARGUMENT, whose BadRequest names `field` and whose
// message holds `message`.
inline auto Refuses(const std::string& field, const std::string& message) {
  return ::testing::AllOf(
      StatusIs(absl::StatusCode::kInvalidArgument, ::testing::HasSubstr(message)),
      HasFieldViolation(field));
}

}  // namespace corridor

#define EXPECT_OK(expr) EXPECT_THAT(expr, ::corridor::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT(expr, ::corridor::IsOk())

// Declares `lhs` from a StatusOr, which must be OK. Not inside an unbraced `if`.
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  CORRIDOR_ASSERT_OK_AND_ASSIGN_(CORRIDOR_TEST_CONCAT_(asserted_, __LINE__), lhs, expr)
#define CORRIDOR_ASSERT_OK_AND_ASSIGN_(tmp, lhs, expr) \
  auto tmp = (expr);                                   \
  ASSERT_OK(tmp);                                      \
  lhs = *std::move(tmp)
#define CORRIDOR_TEST_CONCAT_(a, b) CORRIDOR_TEST_CONCAT_INNER_(a, b)
#define CORRIDOR_TEST_CONCAT_INNER_(a, b) a##b
