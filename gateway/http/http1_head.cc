#include "gateway/http/http1_head.h"

#include "absl/strings/str_cat.h"
#include "gateway/http/http_date.h"
#include "gateway/http/http_error.h"

namespace corridor::gateway {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string AnswerHead(const HttpResponse& response, bool takes_chunks, bool keep_alive,
                       absl::Time now) {
  std::string head;
  absl::StrAppend(&head, "HTTP/1.1 ", response.status, " ", View(ReasonPhrase(response.status)),
                  "\r\ndate: ", HttpDate(now), "\r\n");
  if (response.shared != nullptr) head += response.shared->http1_lines;
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  // Of a 304 it would have to be the length that a 200 has; a 204 must not have one (RFC
  // 9110, 8.6).
  if (response.source != nullptr) {
    if (takes_chunks) head += "transfer-encoding: chunked\r\n";
  } else if (!IsBodiless(response.status)) {
    absl::StrAppend(&head, "content-length: ", response.content().size(), "\r\n");
  }
  head += keep_alive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n";
  return head;
}

void AppendChunk(std::string_view piece, std::string& out) {
  if (piece.empty()) return;
  absl::StrAppend(&out, absl::Hex(piece.size()), "\r\n", View(piece), "\r\n");
}

}  // namespace corridor::gateway
