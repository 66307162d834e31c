// gMock matcher for protobuf messages, given as text format or as a message.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace corridor {
namespace proto_matchers_internal {

class EqualsProtoMatcher {
 public:
  explicit EqualsProtoMatcher(std::string text) : text_(std::move(text)) {}

  bool MatchAndExplain(const google::protobuf::Message& actual,
                       ::testing::MatchResultListener* listener) const {
    const std::unique_ptr<google::protobuf::Message> expected(actual.New());
    if (!google::protobuf::TextFormat::ParseFromString(text_, expected.get())) {
      *listener << "but the expected text is no " << actual.GetDescriptor()->full_name();
      return false;
    }
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&differences);
    if (differencer.Compare(*expected, actual)) return true;
    *listener << "with these differences:\n" << differences;
    return false;
  }
  void DescribeTo(std::ostream* os) const { *os << "equals {" << text_ << "}"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "does not equal {" << text_ << "}"; }

 private:
  std::string text_;
};

}  // namespace proto_matchers_internal

// Matches a message of any type whose fields are as in `text` (protobuf text format).
inline auto EqualsProto(std::string_view text) {
  return ::testing::MakePolymorphicMatcher(
      proto_matchers_internal::EqualsProtoMatcher(std::string(text)));
}

// Matches a message equal to `expected`.
inline auto EqualsProto(const google::protobuf::Message& expected) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(expected, &text);
  return ::testing::MakePolymorphicMatcher(
      proto_matchers_internal::EqualsProtoMatcher(std::move(text)));
}

}  // namespace corridor
