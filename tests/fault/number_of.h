// How long tests go on that can go on for as long as somebody likes, as ./dev soak does.
#pragma once

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace corridor::e2e {

// The number in the environment variable `name`; `otherwise` without it.
inline int NumberOf(const char* name, int otherwise) {
  const char* const given = std::getenv(name);
  if (given == nullptr) return otherwise;
  int number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(given, &number) && number > 0) << name << "=" << given;
  return number;
}

}  // namespace corridor::e2e
