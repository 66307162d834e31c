// Chromium without a window, as tests look at pages with it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace corridor::e2e {

// A page as the browser wrote it out, and what the browser said meanwhile.
struct DrawnPage {
  std::string html;
  std::string log;
};

// Errors: INTERNAL with what it said, when it is there and does not run.
absl::StatusOr<bool> ChromiumIsInstalled(absl::Time deadline);

// Opens `url` and answers the page as it stands after `time` of its own, which stands still while
// an answer is awaited. Nothing but 127.0.0.1 can be reached. `options` are more of Chromium's.
// Errors: INTERNAL with what it said, when it fails; DEADLINE_EXCEEDED.
absl::StatusOr<DrawnPage> DrawPage(const std::string& url, absl::Duration time, absl::Time deadline,
                                   const std::vector<std::string>& options = {});

}  // namespace corridor::e2e
