#include "gateway/http/byte_pipe.h"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class PlainPipe : public BytePipe {
 public:
  explicit PlainPipe(Loop& loop) : socket_(loop.context()) {}

  bool Assign(int fd) {
    error_code error;
    socket_.assign(asio::ip::tcp::v4(), fd, error);
    return !error;
  }

  void ReadSome(char* into, size_t size, std::shared_ptr<User> user) override {
    socket_.async_read_some(
        asio::buffer(into, size),
        [user = std::move(user)](const error_code& e, size_t n) { user->OnRead(!e, n); });
  }
  void WriteSome(std::string_view bytes, std::shared_ptr<User> user) override {
    socket_.async_write_some(
        asio::buffer(bytes.data(), bytes.size()),
        [user = std::move(user)](const error_code& e, size_t n) { user->OnWritten(!e, n); });
  }
  void WriteAll(std::string_view first, std::string_view second,
                std::shared_ptr<User> user) override {
    const std::array<asio::const_buffer, 2> both = {asio::buffer(first.data(), first.size()),
                                                    asio::buffer(second.data(), second.size())};
    asio::async_write(socket_, both, [user = std::move(user)](const error_code& e, size_t n) {
      user->OnWritten(!e, n);
    });
  }
  void ShutdownSend() override {
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
  void Close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  void ResetOnClose() override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  int Release() override {
    error_code error;
    const int fd = socket_.release(error);
    return error ? -1 : fd;
  }

 private:
  asio::ip::tcp::socket socket_;
};

}  // namespace

std::shared_ptr<BytePipe> MakePlainPipe(Loop& loop, int fd) {
  auto pipe = std::make_shared<PlainPipe>(loop);
  if (pipe->Assign(fd)) return pipe;
  close(fd);
  return nullptr;
}

}  // namespace corridor::gateway
