// Any bytes as a service's side of the connection, in any pieces, with calls open: every call must
// end exactly once.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/upstream/grpc_session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace corridor::gateway;
  if (size < 2) return 0;
  const size_t piece = 1 + data[0];
  const bool with_settings = (data[1] & 1) != 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  GrpcSession session("service:1", {.message_bytes = 4096, .header_bytes = 1024, .streams = 4});
  int ended = 0;
  int started = 0;
  const UnaryCall call{"/a.B/C", "message", {{"x-request-id", "1"}}, absl::InfiniteFuture()};
  const auto start = [&] {
    const auto done = [&](GrpcSession::Outcome outcome) {
      ++ended;
      if (outcome.reply.status.ok() && outcome.reply.message.size() > 4096) abort();
    };
    if (session.Start(call, absl::Seconds(1), done) != 0) ++started;
  };
  start();
  start();
  std::string out;
  if (!session.Send(out, 1 << 16).ok()) abort();
  bool alive = true;
  if (with_settings) alive = session.Receive(std::string_view("\0\0\0\4\0\0\0\0\0", 9)).ok();
  while (alive && !bytes.empty()) {
    alive = session.Receive(bytes.substr(0, piece)).ok();
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (session.active() < 2) start();
    out.clear();
    if (alive) alive = session.Send(out, 1 << 16).ok();
  }
  session.Lose("end of input");
  if (ended != started) abort();
  return 0;
}
