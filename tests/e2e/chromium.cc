// Each run has a home of its own, so that nothing is left of it.
#include "tests/e2e/chromium.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "platform/status/status.h"
#include "platform/testing/process.h"
#include "platform/testing/temp_dir.h"

namespace corridor::e2e {
namespace {

constexpr int kNotInstalled = 127;  // What env answers.

struct Run {
  int exit_code;
  DrawnPage page;
};

absl::StatusOr<Run> RunChromium(const TempDir& home, std::vector<std::string> arguments,
                                absl::Time deadline) {
  arguments.insert(arguments.begin(), {absl::StrCat("HOME=", home.path()), "chromium"});
  ASSIGN_OR_RETURN(const auto browser,
                   ChildProcess::Start("/usr/bin/env", arguments, home.File("chromium")));
  const absl::StatusOr<int> exit_code = browser->Wait(deadline);
  if (!exit_code.ok()) {
    return absl::Status(exit_code.status().code(),
                        absl::StrCat("chromium: ", std::string(exit_code.status().message()), ": ",
                                     browser->Stderr()));
  }
  return Run{*exit_code, {browser->Stdout(), browser->Stderr()}};
}

absl::Status Failed(const Run& run) {
  return absl::InternalError(absl::StrCat("chromium exits ", run.exit_code, ": ", run.page.log));
}

}  // namespace

absl::StatusOr<bool> ChromiumIsInstalled(absl::Time deadline) {
  const TempDir home;
  ASSIGN_OR_RETURN(const Run run, RunChromium(home, {"--version"}, deadline));
  if (run.exit_code != 0 && run.exit_code != kNotInstalled) return Failed(run);
  return run.exit_code == 0;
}

absl::StatusOr<DrawnPage> DrawPage(const std::string& url, absl::Duration time, absl::Time deadline,
                                   const std::vector<std::string>& options) {
  const TempDir home;
  std::vector<std::string> arguments = {
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      "--no-proxy-server",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      absl::StrCat("--user-data-dir=", home.File("profile")),
      absl::StrCat("--virtual-time-budget=", absl::ToInt64Milliseconds(time)),
      "--dump-dom"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(url);
  ASSIGN_OR_RETURN(Run run, RunChromium(home, std::move(arguments), deadline));
  if (run.exit_code != 0) return Failed(run);
  return std::move(run.page);
}

}  // namespace corridor::e2e
