// IOM Prague's page on migration and development, sentence by sentence: for each fact the request
// that asks for it, and the answer.
#pragma once

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace corridor::e2e {

// What stands at a path of the answer (json_text.h).
struct Expected {
  std::string path;
  ::testing::Matcher<std::string> text;
};

struct Row {
  // Number of the sentence on the page, from 1, with what tells its facts apart: `7a`. `H1`, `L2`
  // for headings and links; `X` before what is beyond the page.
  std::string sentence;
  std::string fact;     // In short.
  std::string request;  // Target of a GET.
  std::vector<Expected> answer;
};

// In the order of the page.
const std::vector<Row>& PageRows();

}  // namespace corridor::e2e
