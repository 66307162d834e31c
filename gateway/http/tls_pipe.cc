// asio::ssl on the socket. What runs keeps the pipe: asio::ssl's state is in it.
#include "gateway/http/tls_pipe.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// For Asio, which frees what it is given.
asio::ssl::context Shared(const TlsContext& context) {
  SSL_CTX_up_ref(context.get());
  return asio::ssl::context(context.get());
}

class AsioTlsPipe : public TlsPipe, public std::enable_shared_from_this<AsioTlsPipe> {
 public:
  AsioTlsPipe(Loop& loop, asio::ssl::context context) : stream_(loop.context(), context) {}

  bool Assign(int fd) {
    error_code error;
    stream_.next_layer().assign(asio::ip::tcp::v4(), fd, error);
    return !error;
  }

  void Handshake(std::string first_bytes, std::function<void(bool ok)> done) override {
    const auto bytes = std::make_shared<const std::string>(std::move(first_bytes));
    stream_.async_handshake(asio::ssl::stream_base::server, asio::buffer(*bytes),
                            [self = shared_from_this(), bytes, done = std::move(done)](
                                const error_code& e, size_t) { done(!e); });
  }
  bool speaks_http2() const override {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(const_cast<AsioTlsPipe*>(this)->stream_.native_handle(), &name, &size);
    return std::string_view(reinterpret_cast<const char*>(name), size) == "h2";
  }

  void ReadSome(char* into, size_t size, std::shared_ptr<User> user) override {
    stream_.async_read_some(asio::buffer(into, size),
                            [self = shared_from_this(), user = std::move(user)](
                                const error_code& e, size_t n) { user->OnRead(!e, n); });
  }
  void WriteSome(std::string_view bytes, std::shared_ptr<User> user) override {
    stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()),
                             [self = shared_from_this(), user = std::move(user)](
                                 const error_code& e, size_t n) { user->OnWritten(!e, n); });
  }
  void WriteAll(std::string_view first, std::string_view second,
                std::shared_ptr<User> user) override {
    const std::array<asio::const_buffer, 2> both = {asio::buffer(first.data(), first.size()),
                                                    asio::buffer(second.data(), second.size())};
    asio::async_write(stream_, both,
                      [self = shared_from_this(), user = std::move(user)](
                          const error_code& e, size_t n) { user->OnWritten(!e, n); });
  }
  // The end that TLS has of its own, without which a client cannot tell an end from an attack.
  void ShutdownSend() override {
    stream_.async_shutdown([self = shared_from_this()](const error_code&) {});
  }
  void Close() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }
  void ResetOnClose() override {}  // TLS tells an end from a failure itself.
  int Release() override { return -1; }

 private:
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

std::shared_ptr<TlsPipe> MakeTlsPipe(Loop& loop, int fd, const TlsContext& context) {
  auto pipe = std::make_shared<AsioTlsPipe>(loop, Shared(context));
  if (pipe->Assign(fd)) return pipe;
  close(fd);
  return nullptr;
}

}  // namespace corridor::gateway
