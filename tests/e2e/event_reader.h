// Reads server-sent events from the gateway, by a socket of its own: libcurl hands on no event
// before the answer ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/e2e/raw_connection.h"

namespace corridor::e2e {

struct ServerEvent {
  std::string id;
  std::string name;
  std::string data;
};

// Used by one thread.
class EventReader {
 public:
  // Asks the server at `address`, `127.0.0.1:8080`; `headers` as `Name: value`. status() is 0 when
  // no answer came within 30 s.
  EventReader(const std::string& address, const std::string& target,
              const std::vector<std::string>& headers = {});

  int status() const { return status_; }
  const std::string& head() const { return head_; }
  // The next event; nullopt at `deadline`, and when the answer has ended.
  std::optional<ServerEvent> Next(absl::Time deadline);
  // Whether the answer has ended, and whether that was said by its last chunk.
  bool has_ended() const { return is_complete_ || connection_.has_ended(); }
  bool is_complete() const { return is_complete_; }

 private:
  void ReadHead(absl::Time deadline);
  // Moves the data of whole chunks to `body_`.
  void Unchunk();

  RawConnection connection_;
  int status_ = 0;
  std::string head_;
  std::string body_;
  bool is_complete_ = false;
};

}  // namespace corridor::e2e
