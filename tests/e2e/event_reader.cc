#include "tests/e2e/event_reader.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace corridor::e2e {
namespace {

constexpr absl::Duration kAnswer = absl::Seconds(30);
constexpr char kEndOfHead[] = "\r\n\r\n";

}  // namespace

EventReader::EventReader(const std::string& address, const std::string& target,
                         const std::vector<std::string>& headers)
    : connection_(address) {
  std::string request = absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\n");
  for (const std::string& header : headers) absl::StrAppend(&request, header, "\r\n");
  request += "\r\n";
  const absl::Time deadline = absl::Now() + kAnswer;
  if (connection_.Send(request, deadline)) ReadHead(deadline);
}

void EventReader::ReadHead(absl::Time deadline) {
  std::string& received = connection_.received();
  size_t end = 0;
  while ((end = received.find(kEndOfHead)) == std::string::npos) {
    if (!connection_.Receive(deadline)) return;
  }
  head_ = received.substr(0, end + 2);
  received.erase(0, end + std::string(kEndOfHead).size());
  const std::vector<std::string> line = absl::StrSplit(head_, absl::MaxSplits(' ', 2));
  if (line.size() < 2 || !absl::SimpleAtoi(line[1], &status_)) status_ = 0;
  Unchunk();
}

void EventReader::Unchunk() {
  std::string& received = connection_.received();
  while (!is_complete_ && status_ == 200) {
    const size_t line = received.find("\r\n");
    if (line == std::string::npos) return;
    const size_t size = std::stoul(received.substr(0, line), nullptr, 16);
    if (received.size() < line + 2 + size + 2) return;
    body_ += received.substr(line + 2, size);
    received.erase(0, line + 2 + size + 2);
    is_complete_ = size == 0;
  }
}

std::optional<ServerEvent> EventReader::Next(absl::Time deadline) {
  while (true) {
    const size_t end = body_.find("\n\n");
    if (end == std::string::npos) {
      if (has_ended() || !connection_.Receive(deadline)) return std::nullopt;
      Unchunk();
      continue;
    }
    ServerEvent event;
    for (absl::string_view line : absl::StrSplit(body_.substr(0, end), '\n')) {
      if (absl::ConsumePrefix(&line, "id: ")) event.id = std::string(line);
      if (absl::ConsumePrefix(&line, "event: ")) event.name = std::string(line);
      if (absl::ConsumePrefix(&line, "data: ")) event.data = std::string(line);
    }
    body_.erase(0, end + 2);
    if (!event.name.empty()) return event;  // `retry:` is none.
  }
}

}  // namespace corridor::e2e
