// Messages from text format.
#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace corridor {

template <typename Message>
Message Proto(std::string_view text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &message)) << text;
  return message;
}

}  // namespace corridor
