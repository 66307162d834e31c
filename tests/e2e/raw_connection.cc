#include "tests/e2e/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"

namespace corridor::e2e {
namespace {

// The kernel gives a sender a buffer of several segments, and a segment of the loopback device is
// 64 KB: with small ones, what the gateway has not sent stays with the gateway.
constexpr int kSmallSegmentBytes = 536;
constexpr int kSmallReceiveBytes = 4096;

void HoldLittle(int fd) {
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSmallReceiveBytes, sizeof(kSmallReceiveBytes));
  setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &kSmallSegmentBytes, sizeof(kSmallSegmentBytes));
}

// -1 when that cannot be.
int Connect(const std::string& address, const RawOptions& options) {
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
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (options.holds_little) HoldLittle(fd);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

RawConnection::RawConnection(const std::string& address, const RawOptions& options)
    : fd_(Connect(address, options)), has_ended_(fd_ < 0) {}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      has_ended_(std::exchange(other.has_ended_, true)),
      received_(std::move(other.received_)) {}

RawConnection::~RawConnection() {
  if (fd_ >= 0) close(fd_);
}

bool RawConnection::Send(std::string_view bytes, absl::Time deadline) {
  while (!bytes.empty() && !has_ended_) {
    bytes.remove_prefix(SendSome(bytes));
    if (!bytes.empty() && !has_ended_ && !Wait(POLLOUT, deadline)) return false;
  }
  return !has_ended_;
}

size_t RawConnection::SendSome(std::string_view bytes) {
  if (has_ended_) return 0;
  const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<size_t>(sent);
  if (errno != EAGAIN && errno != EINTR) has_ended_ = true;
  return 0;
}

bool RawConnection::Receive(absl::Time deadline, size_t most) {
  if (has_ended_ || !Wait(POLLIN, deadline)) return false;
  const size_t before = received_.size();
  received_.resize(before + most);
  const ssize_t size = recv(fd_, received_.data() + before, most, MSG_DONTWAIT);
  received_.resize(before + static_cast<size_t>(std::max<ssize_t>(size, 0)));
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  has_ended_ = size <= 0;
  return !has_ended_;
}

void RawConnection::ReceiveWaiting() {
  while (Receive(absl::InfinitePast())) {
  }
}

bool RawConnection::WaitForEnd(absl::Time deadline) {
  while (Receive(deadline)) {
  }
  return has_ended_;
}

bool RawConnection::Wait(short events, absl::Time deadline) const {
  pollfd waiting{fd_, events, 0};
  const absl::Duration left =
      std::clamp(deadline - absl::Now(), absl::ZeroDuration(), absl::Minutes(1));
  return poll(&waiting, 1,
              static_cast<int>(
                  absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))))) > 0;
}

}  // namespace corridor::e2e
