// A pool before a process that is no gRPC service.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/loop.h"
#include "gateway/upstream/pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using ::testing::HasSubstr;

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string kSettings("\0\0\0\4\0\0\0\0\0", 9);
constexpr size_t kFrameHeadBytes = 9;

// Whether HEADERS are among the frames after the preface (RFC 9113, section 4.1).
bool HasHeaders(const std::string& received) {
  size_t at = kPreface.size();
  while (at + kFrameHeadBytes <= received.size()) {
    if (received[at + 3] == 1) return true;
    size_t length = 0;
    for (size_t i = at; i < at + 3; ++i) {
      length = length << 8 | static_cast<unsigned char>(received[i]);
    }
    at += kFrameHeadBytes + length;
  }
  return false;
}

// What it says, and whether it hangs up then.
struct Garbage {
  const char* what;
  std::string greeting;   // To whoever connects.
  std::string to_a_call;  // Once there is a call; nothing is waited for if empty.
  bool hangs_up = false;
};

class GarbageService {
 public:
  GarbageService(Loop& loop, Garbage garbage)
      : acceptor_(loop.context(), {boost::asio::ip::address_v4::loopback(), 0}),
        garbage_(std::move(garbage)) {
    Accept();
  }
  uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  struct Peer {
    explicit Peer(tcp::socket s) : socket(std::move(s)) {}
    tcp::socket socket;
    std::string received;
    std::array<char, 4096> buffer = {};
  };

  void Accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) return;
      const auto peer = std::make_shared<Peer>(std::move(socket));
      Say(*peer, garbage_.greeting, garbage_.to_a_call.empty());
      Read(peer);
      Accept();
    });
  }
  void Read(const std::shared_ptr<Peer>& peer) {
    peer->socket.async_read_some(boost::asio::buffer(peer->buffer),
                                 [this, peer](const error_code& error, size_t bytes) {
                                   if (error) return;
                                   peer->received.append(peer->buffer.data(), bytes);
                                   if (HasHeaders(peer->received))
                                     Say(*peer, garbage_.to_a_call, true);
                                   Read(peer);
                                 });
  }
  void Say(Peer& peer, const std::string& words, bool is_all) const {
    error_code ignored;
    boost::asio::write(peer.socket, boost::asio::buffer(words), ignored);
    if (is_all && garbage_.hangs_up) peer.socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  tcp::acceptor acceptor_;
  const Garbage garbage_;
};

// How a call of it ends.
absl::Status CallOf(const Garbage& garbage) {
  Loop loop;
  const GarbageService service(loop, garbage);
  PoolOptions options;
  options.service = "memberstates";
  options.targets = {{"127.0.0.1", service.port()}};
  Pool pool(loop, options);
  loop.Start();
  std::promise<absl::Status> answered;
  loop.Post([&] {
    pool.Unary({"/corridor.memberstates.v1.Areas/GetArea",
                "",
                {},
                absl::Now() + absl::Seconds(30),
                /*is_read=*/true},
               [&answered](const UnaryReply& reply) { answered.set_value(reply.status); });
  });
  absl::Status status = answered.get_future().get();
  loop.Stop();
  return status;
}

TEST(GarbageServiceTest, ACallOfWhatSpeaksNoHttp2IsGarbageOfTheServiceNamed) {
  const std::string http1 = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
  const Garbage rows[] = {
      {"HTTP/1.1", http1, ""},
      {"HTTP/1.1 that hangs up", http1, "", true},
      {"noise", std::string(64, '\xFF'), ""},
      {"a frame that is too large", kSettings, std::string("\xFF\xFF\xFF\0\0\0\0\0\1", 9)},
      {"DATA of no stream", kSettings, std::string("\0\0\1\0\0\0\0\0\0x", 10)},
      {"DATA of no stream, and the end", kSettings, std::string("\0\0\1\0\0\0\0\0\0x", 10), true},
      {"headers that cannot be decoded", kSettings, std::string("\0\0\2\1\4\0\0\0\1\xFF\xFF", 11)},
  };
  for (const Garbage& row : rows) {
    SCOPED_TRACE(row.what);
    const absl::Status status = CallOf(row);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal, HasSubstr("broke HTTP/2")));
    EXPECT_EQ(ErrorMetadata(status, "service"), "memberstates");
    EXPECT_TRUE(IsGarbage(status));
  }
}

}  // namespace
}  // namespace corridor::gateway
