// The pipe under an Http2Session. What one turn of the loop submits leaves in one write.
#include "gateway/http/http2_connection.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

constexpr size_t kReadBytes = 16 << 10;
constexpr size_t kWriteBytes = 64 << 10;
// Of the last output, kept for the next while streams run.
constexpr size_t kKeptBytes = 4 << 10;
// For the client to take what was said last, before unread input makes the kernel reset it.
constexpr absl::Duration kLinger = absl::Seconds(1);

}  // namespace

struct Http2Server::State {
  Loop& loop;
  const Http2Limits limits;
  ByteBudget& bytes;
  RequestLog& log;
  Dialect& dialect;
  std::atomic<size_t>& count;
  std::unordered_set<std::shared_ptr<Connection>> connections = {};
  bool draining = false;
};

class Http2Server::Connection : public BytePipe::User,
                                public std::enable_shared_from_this<Http2Server::Connection> {
 public:
  Connection(State& server, Arrival arrival)
      : server_(&server),
        arrival_(std::move(arrival)),
        session_(server.limits, arrival_.peer, server.bytes, server.log, server.dialect,
                 arrival_.accepted, [this] { ScheduleFlush(); }),
        timer_(server.loop, [this] { OnTimer(); }) {}

  void Start() {
    if (server_->draining) session_.Drain();
    Receive(std::exchange(arrival_.first_bytes, {}));
    Read();
  }

  void Drain() {
    if (!is_lingering_) session_.Drain();
  }

  void Close() {
    if (server_ == nullptr) return;
    State& server = *std::exchange(server_, nullptr);
    arrival_.pipe->Close();
    timer_.Clear();
    session_.Lose();
    arrival_.place.GiveBack();
    server.count.fetch_sub(1, std::memory_order_relaxed);
    server.connections.erase(shared_from_this());  // May be the last reference but the caller's.
  }

 private:
  void Read() {
    if (server_ != nullptr) {
      arrival_.pipe->ReadSome(buffer_.data(), buffer_.size(), shared_from_this());
    }
  }

  void OnRead(bool ok, size_t bytes) override {
    if (server_ == nullptr) return;
    if (!ok) return Close();
    if (!is_lingering_) Receive({buffer_.data(), bytes});
    Read();
  }

  void Receive(std::string_view bytes) {
    if (!session_.Receive(bytes, absl::Now()).ok()) is_broken_ = true;
    ScheduleFlush();
  }

  void ScheduleFlush() {
    if (is_flush_due_ || is_writing_ || server_ == nullptr) return;
    is_flush_due_ = true;
    server_->loop.Post([self = shared_from_this()] {
      self->is_flush_due_ = false;
      self->Flush();
    });
  }

  void Flush() {
    if (server_ == nullptr || is_writing_ || is_lingering_) return;
    output_.clear();
    if (!session_.Send(output_, kWriteBytes, absl::Now()).ok()) return Close();
    if (output_.empty()) {
      if (is_broken_ || session_.is_over()) return Linger();
      if (output_.capacity() > kKeptBytes && session_.active() == 0) output_ = std::string();
      return SetTimer();
    }
    is_writing_ = true;
    WriteSome(0);
  }

  // The client must take something of what waits for it within `write_timeout`.
  void WriteSome(size_t from) {
    written_ = from;
    write_deadline_ = absl::Now() + server_->limits.write_timeout;
    SetTimer();
    arrival_.pipe->WriteSome(std::string_view(output_).substr(from), shared_from_this());
  }

  void OnWritten(bool ok, size_t bytes) override {
    if (server_ == nullptr) return;
    if (!ok) return Close();
    if (written_ + bytes < output_.size()) return WriteSome(written_ + bytes);
    is_writing_ = false;
    write_deadline_ = absl::InfiniteFuture();
    Flush();
  }

  void Linger() {
    is_lingering_ = true;
    session_.Lose();
    arrival_.pipe->ShutdownSend();
    timer_.Set(kLinger);
  }

  void SetTimer() {
    const absl::Time next = std::min(write_deadline_, session_.next_deadline());
    if (next == absl::InfiniteFuture()) return timer_.Clear();
    timer_.Set(next - absl::Now());
  }

  void OnTimer() {
    const std::shared_ptr<Connection> self = shared_from_this();
    const absl::Time now = absl::Now();
    if (is_lingering_ || write_deadline_ <= now) return Close();
    if (session_.next_deadline() <= now) session_.Expire(now);
    SetTimer();
    Flush();
  }

  State* server_;  // Null once closed.
  Arrival arrival_;
  Http2Session session_;
  Timer timer_;
  bool is_broken_ = false;  // Nothing more is taken from the client.
  bool is_lingering_ = false;
  bool is_flush_due_ = false;
  bool is_writing_ = false;
  std::string output_;
  size_t written_ = 0;  // Of `output_`, before the write that runs.
  absl::Time write_deadline_ = absl::InfiniteFuture();
  std::array<char, kReadBytes> buffer_;
};

Http2Server::Http2Server(Loop& loop, const Http2Limits& limits, ByteBudget& bytes, RequestLog& log,
                         Dialect& dialect)
    : state_(new State{loop, limits, bytes, log, dialect, connections_}) {}

Http2Server::~Http2Server() {
  while (!state_->connections.empty()) {
    const std::shared_ptr<Connection> connection = *state_->connections.begin();
    connection->Close();
  }
}

void Http2Server::Serve(Arrival arrival) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  const auto connection = std::make_shared<Connection>(*state_, std::move(arrival));
  state_->connections.insert(connection);
  connection->Start();
}

void Http2Server::Drain() {
  state_->draining = true;
  const std::unordered_set<std::shared_ptr<Connection>> all = state_->connections;
  for (const auto& connection : all) connection->Drain();
}

}  // namespace corridor::gateway
