// A client's socket, which sends whatever bytes it is told.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace corridor::e2e {

// Buffers of the kernel that hold back what a client does not read: as small as it allows.
struct RawOptions {
  bool holds_little = false;
};

// Connected from the start, or ended. Used by one thread; never waits beyond a deadline.
class RawConnection {
 public:
  // `address` as `127.0.0.1:8080`.
  explicit RawConnection(const std::string& address, const RawOptions& options = {});
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection& operator=(RawConnection&&) = delete;

  // Sends all of `bytes`, without reading; false when the other side has closed, or has not taken
  // them by `deadline`.
  bool Send(std::string_view bytes, absl::Time deadline);
  // Sends what is taken at once; how many bytes that were.
  size_t SendSome(std::string_view bytes);
  // Appends what comes next to received(), `most` bytes of it; false at the end, and when nothing
  // comes by `deadline`.
  bool Receive(absl::Time deadline, size_t most = 16 << 10);
  // Receives what there is.
  void ReceiveWaiting();
  // Receives until the other side has closed; false when that is not so by `deadline`.
  bool WaitForEnd(absl::Time deadline);

  // To be taken from as one likes.
  std::string& received() { return received_; }
  // The other side has closed, or reset the connection.
  bool has_ended() const { return has_ended_; }

 private:
  // Waits for `events` of poll(2); false when there are none by `deadline`.
  bool Wait(short events, absl::Time deadline) const;

  int fd_;
  bool has_ended_;
  std::string received_;
};

}  // namespace corridor::e2e
