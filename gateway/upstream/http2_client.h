// One HTTP/2 connection to one address of a service: a GrpcSession on a socket, with its timers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gateway/upstream/address.h"
#include "gateway/upstream/grpc_session.h"

namespace corridor::gateway {

class Loop;

struct Http2ClientOptions {
  std::string authority;  // Host and port that requests name.
  GrpcSession::Limits session;
  absl::Duration connect_timeout = absl::Seconds(1);  // Until the service's first HTTP/2 frame.
  // With calls open and nothing received for so long, a ping is sent; without an answer to it the
  // connection counts as dead. After each answered ping the wait doubles, since grpc++ servers
  // close on too many.
  absl::Duration ping_after = absl::Seconds(5);
  absl::Duration ping_timeout = absl::Seconds(2);
};

// Belongs to its loop's thread.
class Http2Client {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    // The connection takes calls.
    virtual void OnUp(Http2Client& client) = 0;
    // It could not be made, or is lost; its calls are told after this, and until they are it must
    // not be destroyed. Once, and the last event.
    virtual void OnDown(Http2Client& client, const absl::Status& why) = 0;
    // It may have become able to take a call, or unable (retired).
    virtual void OnChange(Http2Client& client) = 0;
  };

  // Connects at once. `observer` outlives it, or Close() is called before.
  Http2Client(Loop& loop, const Address& address, const Http2ClientOptions& options,
              Observer& observer);
  // As Close().
  ~Http2Client();

  // As GrpcSession's. 0 also while the connection is not up.
  int32_t Start(const UnaryCall& call, absl::Duration timeout, GrpcSession::Done done,
                GrpcSession::Arrived arrived = nullptr,
                std::shared_ptr<RelayedExchange> relay = nullptr);
  std::optional<std::string> Take(int32_t stream);
  void Read(int32_t stream, std::string& out, size_t enough);
  void Resume(int32_t stream);
  void Cancel(int32_t stream);
  bool accepts_calls() const;
  size_t active() const;
  // Takes no new calls, and closes after the last.
  void Retire();
  bool is_retired() const;

  // Closes at once, without telling observer or calls.
  void Close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace corridor::gateway
