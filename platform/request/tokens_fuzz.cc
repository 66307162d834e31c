// Any text is a page token, a known_at, a corridor-version token or a resource name, or an error
// that says not.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "corridor/changes/v1/changes.pb.h"
#include "platform/request/known_at.h"
#include "platform/request/page.h"
#include "platform/request/position.h"
#include "platform/request/resource_name.h"

namespace {

void Check(const absl::Status& status) {
  if (!status.ok() && status.code() != absl::StatusCode::kInvalidArgument &&
      status.code() != absl::StatusCode::kAborted) {
    abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  corridor::changes::v1::ListCommitsRequest request;
  request.set_page_token(text);
  Check(corridor::DecodePageToken(request, "e").status());
  Check(corridor::ParseKnownAt(text, "memberstates", "e").status());
  Check(corridor::DecodePosition(text, "known_at").status());
  Check(corridor::MatchResourceName(text, "areas/*/members/*", "name").status());
  return 0;
}
