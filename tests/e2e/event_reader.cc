#include "tests/e2e/event_reader.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace corridor::e2e {
namespace {

constexpr absl::Duration kAnswer = absl::Seconds(30);
constexpr char kEndOfHead[] = "\r\n\r\n";

int Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1) {
    return -1;
  }
  to.sin_port = htons(static_cast<uint16_t>(port));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

EventReader::EventReader(const std::string& address, const std::string& target,
                         const std::vector<std::string>& headers)
    : fd_(Connect(address)) {
  std::string request = absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: localhost\r\n");
  for (const std::string& header : headers) absl::StrAppend(&request, header, "\r\n");
  request += "\r\n";
  has_ended_ = fd_ < 0 || send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
                              static_cast<ssize_t>(request.size());
  ReadHead(absl::Now() + kAnswer);
}

EventReader::~EventReader() {
  if (fd_ >= 0) close(fd_);
}

void EventReader::ReadHead(absl::Time deadline) {
  size_t end = 0;
  while ((end = received_.find(kEndOfHead)) == std::string::npos) {
    if (!Receive(deadline)) return;
  }
  head_ = received_.substr(0, end + 2);
  received_.erase(0, end + std::string(kEndOfHead).size());
  const std::vector<std::string> line = absl::StrSplit(head_, absl::MaxSplits(' ', 2));
  if (line.size() < 2 || !absl::SimpleAtoi(line[1], &status_)) status_ = 0;
  Unchunk();
}

bool EventReader::Receive(absl::Time deadline) {
  if (has_ended_) return false;
  pollfd readable{fd_, POLLIN, 0};
  const int64_t left =
      absl::ToInt64Milliseconds(absl::Ceil(deadline - absl::Now(), absl::Milliseconds(1)));
  if (poll(&readable, 1, static_cast<int>(std::max<int64_t>(left, 0))) <= 0) return false;
  std::array<char, 4096> buffer;
  const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
  if (size <= 0) {
    has_ended_ = true;
    return false;
  }
  received_.append(buffer.data(), static_cast<size_t>(size));
  return true;
}

void EventReader::Unchunk() {
  while (!has_ended_ && status_ == 200) {
    const size_t line = received_.find("\r\n");
    if (line == std::string::npos) return;
    const size_t size = std::stoul(received_.substr(0, line), nullptr, 16);
    if (received_.size() < line + 2 + size + 2) return;
    body_ += received_.substr(line + 2, size);
    received_.erase(0, line + 2 + size + 2);
    if (size == 0) has_ended_ = is_complete_ = true;
  }
}

std::optional<ServerEvent> EventReader::Next(absl::Time deadline) {
  while (true) {
    const size_t end = body_.find("\n\n");
    if (end == std::string::npos) {
      if (!Receive(deadline)) return std::nullopt;
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
