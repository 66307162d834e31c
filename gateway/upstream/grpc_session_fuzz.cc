// Any bytes as a service's side of the connection, in any pieces, with unary, streaming and relayed
// calls open: every call must end exactly once, and what is not taken must stay bounded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/upstream/grpc_session.h"

namespace {

// A request body that comes in a few small pieces.
class Body : public corridor::gateway::BodySource {
 public:
  void Start(std::function<void()>) override {}
  bool Read(std::string& out, size_t enough) override {
    out.append(std::min<size_t>(enough - out.size(), 100), 'x');
    return ++pieces_ < 3;
  }

 private:
  int pieces_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace corridor::gateway;
  constexpr size_t kMessageBytes = 4096;
  constexpr size_t kWindowAndOneFrame = (64 << 10) + (16 << 10);
  if (size < 2) return 0;
  const size_t piece = 1 + data[0];
  const bool with_settings = (data[1] & 1) != 0;
  const bool takes = (data[1] & 2) != 0;    // As soon as it is told.
  const bool cancels = (data[1] & 4) != 0;  // A stream, once it got a message.
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  GrpcSession session("service:1",
                      {.message_bytes = kMessageBytes, .header_bytes = 1024, .streams = 4});
  int ended = 0;
  int started = 0;
  const UnaryCall call{"/a.B/C", "message", {{"x-request-id", "1"}}, absl::InfiniteFuture()};
  const auto check = [](const std::string& message) {
    if (message.size() > kMessageBytes) abort();
  };
  const auto start = [&] {
    const auto done = [&](GrpcSession::Outcome outcome) {
      ++ended;
      check(outcome.reply.message);
    };
    if (session.Start(call, absl::Seconds(1), done) != 0) ++started;
  };
  const auto start_stream = [&] {
    const auto stream = std::make_shared<int32_t>(0);
    const auto done = [&](GrpcSession::Outcome outcome) {
      ++ended;
      size_t held = 0;
      while (outcome.left.has_message()) {
        const std::string message = outcome.left.Take();
        check(message);
        held += message.size();
      }
      if (held > kMessageBytes + kWindowAndOneFrame || !outcome.left.is_empty()) abort();
    };
    const auto arrived = [&, stream] {
      if (!takes) return;
      while (const auto message = session.Take(*stream)) check(*message);
      if (!cancels) return;
      session.Cancel(*stream);
      ++ended;
    };
    *stream = session.Start(call, absl::InfiniteDuration(), done, arrived);
    if (*stream != 0) ++started;
  };
  const auto start_relay = [&] {
    const auto stream = std::make_shared<int32_t>(0);
    const auto exchange = std::make_shared<RelayedExchange>(std::make_shared<Body>());
    const auto done = [&, exchange](GrpcSession::Outcome outcome) {
      ++ended;
      if (outcome.from_service == exchange->trailers.empty()) abort();
    };
    const auto arrived = [&, stream, exchange] {
      if (exchange->unread.size() > kWindowAndOneFrame) abort();
      if (!takes) return;
      std::string bytes;
      session.Read(*stream, bytes, 1000);
      session.Resume(*stream);
      if (!cancels) return;
      session.Cancel(*stream);
      ++ended;
    };
    *stream = session.Start(call, absl::InfiniteDuration(), done, arrived, exchange);
    if (*stream != 0) ++started;
  };
  start();
  start_stream();
  start_relay();
  std::string out;
  if (!session.Send(out, 1 << 16).ok()) abort();
  bool alive = true;
  if (with_settings) alive = session.Receive(std::string_view("\0\0\0\4\0\0\0\0\0", 9)).ok();
  while (alive && !bytes.empty()) {
    alive = session.Receive(bytes.substr(0, piece)).ok();
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (session.active() < 2) start();
    if (session.active() < 3) start_stream();
    if (session.active() < 4) start_relay();
    out.clear();
    if (alive) alive = session.Send(out, 1 << 16).ok();
  }
  session.Lose(absl::UnavailableError("end of input"));
  if (ended != started) abort();
  return 0;
}
