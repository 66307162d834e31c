// Plain sockets, with Asio only to wait for them: an accepted descriptor can so go to any loop.
#include "gateway/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerWake = 64;
constexpr absl::Duration kPauseWithoutDescriptors = absl::Milliseconds(50);

void Enable(int fd, int level, int option) {
  const int on = 1;
  setsockopt(fd, level, option, &on, sizeof(on));
}

std::string PeerText(const sockaddr_in& address) {
  char host[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address.sin_addr, host, sizeof(host));
  return absl::StrCat(host, ":", ntohs(address.sin_port));
}

}  // namespace

struct Listener::State : std::enable_shared_from_this<Listener::State> {
  explicit State(int f) : fd(f) {}
  ~State() { Close(); }

  void Close() {
    if (waiter) {
      waiter->release();
      waiter.reset();
    }
    if (fd >= 0) close(std::exchange(fd, -1));
  }

  void Wait() {
    waiter->async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (error || self->fd < 0) return;
                         if (self->AcceptSome(kAcceptsPerWake)) self->Wait();
                       });
  }

  // False when accepting pauses because descriptors ran out.
  bool AcceptSome(int most) {
    for (int i = 0; i < most; ++i) {
      sockaddr_in address{};
      socklen_t size = sizeof(address);
      const int accepted =
          accept4(fd, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) {
        if (errno == ECONNABORTED || errno == EINTR) continue;
        const bool exhausted =
            errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (exhausted) pause->Set(kPauseWithoutDescriptors);
        return !exhausted;
      }
      Enable(accepted, IPPROTO_TCP, TCP_NODELAY);
      on_connection(accepted, PeerText(address));
    }
    return true;
  }

  int fd;
  uint16_t port = 0;
  std::function<void(int, std::string)> on_connection;
  std::unique_ptr<asio::posix::stream_descriptor> waiter;
  std::unique_ptr<Timer> pause;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(const std::string& host, uint16_t port,
                                                         Share share) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("\"", host, "\" is not an IPv4 address"));
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  auto state = std::make_shared<State>(fd);
  const auto failed = [&] {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", host, ":", port, ": ", std::strerror(errno)));
  };
  if (fd < 0) return failed();
  Enable(fd, SOL_SOCKET, SO_REUSEADDR);
  if (share == Share::kOther) Enable(fd, SOL_SOCKET, SO_REUSEPORT);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return failed();
  if (share == Share::kFirst) Enable(fd, SOL_SOCKET, SO_REUSEPORT);
  if (listen(fd, kBacklog) != 0) return failed();
  socklen_t size = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return failed();
  state->port = ntohs(address.sin_port);
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}

Listener::~Listener() { state_->Close(); }

uint16_t Listener::port() const { return state_->port; }

void Listener::Start(Loop& loop, std::function<void(int, std::string)> on_connection) {
  state_->on_connection = std::move(on_connection);
  state_->waiter = std::make_unique<asio::posix::stream_descriptor>(loop.context(), state_->fd);
  state_->pause = std::make_unique<Timer>(loop, [state = state_.get()] {
    if (state->fd >= 0 && state->AcceptSome(kAcceptsPerWake)) state->Wait();
  });
  state_->Wait();
}

void Listener::Stop() {
  if (state_->fd < 0) return;
  state_->AcceptSome(kBacklog);
  state_->pause.reset();
  state_->Close();
}

}  // namespace corridor::gateway
