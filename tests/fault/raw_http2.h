// A client's HTTP/2 connection that sends whatever frames it is told, and notes what is answered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "tests/e2e/raw_connection.h"
#include "tests/fault/http2_frames.h"

namespace corridor::e2e {

// Acknowledges nothing, and gives no window but when told. Used by one thread.
class RawHttp2 {
 public:
  // Sends the preface, then `opening`. `address` as `127.0.0.1:8080`.
  RawHttp2(const std::string& address, std::string_view opening, const RawOptions& options = {});

  // Sends, without reading; gives up after 30 s.
  void Send(std::string_view bytes);
  // Reads what has come, and what comes until `until`.
  void Read(absl::Time until);
  // Reads what comes next, by `until`.
  void ReadSome(absl::Time until);
  // Reads until the gateway closes, for at most 30 s.
  void ReadToTheEnd();

  bool has_ended() const { return connection_.has_ended(); }
  // Told, or shown by the end of the connection, that it is not wanted.
  bool is_cut_off() const { return has_ended() || (goaway_.has_value() && *goaway_ != 0); }
  // The error code of the last GOAWAY.
  std::optional<uint32_t> goaway() const { return goaway_; }

  struct Answer {
    std::string head;  // The header block; of several the first.
    int64_t data_bytes = 0;
    bool is_whole = false;
    std::optional<uint32_t> reset;  // The error code.

    // As nghttp2 writes it: by the static table.
    bool is_200() const { return !head.empty() && head[0] == '\x88'; }
  };
  // By stream; may be taken from.
  std::map<uint32_t, Answer>& answers() { return answers_; }

 private:
  void NoteReceived();
  void Note(const Frame& frame);

  RawConnection connection_;
  std::optional<uint32_t> goaway_;
  std::map<uint32_t, Answer> answers_;
};

}  // namespace corridor::e2e
