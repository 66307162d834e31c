// The socket under a GrpcSession. What one turn of the loop submits leaves in one write.
#include "gateway/upstream/http2_client.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t kReadBytes = 32 << 10;
constexpr size_t kWriteBytes = 64 << 10;
constexpr absl::Duration kLongestQuiet = absl::Minutes(5);

// Asio's `Connection refused` reads better in a sentence.
absl::Status Reason(const error_code& error) {
  if (error == asio::error::eof) return absl::UnavailableError("connection closed by the service");
  if (error == asio::error::connection_refused) return absl::UnavailableError("connection refused");
  if (error == asio::error::connection_reset) return absl::UnavailableError("connection reset");
  return absl::UnavailableError(error.message());
}

absl::Status BrokeHttp2() { return absl::InternalError("the service broke HTTP/2"); }

}  // namespace

struct Http2Client::State : std::enable_shared_from_this<Http2Client::State> {
  State(Http2Client& c, Loop& l, const Address& a, const Http2ClientOptions& o, Observer& w)
      : client(&c),
        observer(&w),
        address(a),
        options(o),
        quiet_for(o.ping_after),
        socket(l.context()),
        session(o.authority, o.session),
        timer(l, [this] { OnTimer(); }) {}

  bool closed() const { return client == nullptr; }

  void Connect() {
    timer.Set(options.connect_timeout);
    error_code error;
    const asio::ip::address ip = asio::ip::make_address(address.ip, error);
    if (error) {
      asio::post(socket.get_executor(), [self = shared_from_this(), why = Reason(error)] {
        if (!self->closed()) self->Fail(why);
      });
      return;
    }
    socket.async_connect(asio::ip::tcp::endpoint(ip, address.port),
                         [self = shared_from_this()](const error_code& failed) {
                           if (self->closed()) return;
                           if (failed) return self->Fail(Reason(failed));
                           self->OnConnected();
                         });
  }

  void OnConnected() {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    Flush();
    Read();
  }

  void Read() {
    socket.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](const error_code& error, size_t bytes) {
                             if (!self->closed()) self->OnRead(error, bytes);
                           });
  }

  void OnRead(const error_code& error, size_t bytes) {
    if (error) return Fail(Lost(error));
    const bool awaited_pong = session.awaits_pong();
    const absl::Status received = session.Receive({buffer.data(), bytes});
    if (closed()) return;
    if (!received.ok()) return Fail(received);
    const bool got_pong = awaited_pong && !session.awaits_pong();
    quiet_for = got_pong ? std::min(quiet_for * 2, kLongestQuiet) : options.ping_after;
    if (!up && session.is_settled()) {
      up = true;
      observer->OnUp(*client);
      if (closed()) return;
    }
    if (up) WatchForQuiet();
    ScheduleFlush();
    Read();
    observer->OnChange(*client);
  }

  void WatchForQuiet() {
    if (session.active() > 0) {
      timer.Set(quiet_for);
    } else {
      timer.Clear();
    }
  }

  void OnTimer() {
    const std::shared_ptr<State> self = shared_from_this();
    if (!up) {
      return Fail(absl::UnavailableError(
          absl::StrCat("no connection within ", absl::FormatDuration(options.connect_timeout))));
    }
    if (session.active() == 0) return;
    if (session.awaits_pong()) return Fail(absl::UnavailableError("no sign of life"));
    session.Ping();
    timer.Set(options.ping_timeout);
    ScheduleFlush();
  }

  void ScheduleFlush() {
    if (flush_scheduled || writing || closed()) return;
    flush_scheduled = true;
    asio::post(socket.get_executor(), [self = shared_from_this()] {
      self->flush_scheduled = false;
      self->Flush();
    });
  }

  void Flush() {
    if (closed() || writing) return;
    output.clear();
    const absl::Status sent = session.Send(output, kWriteBytes);
    if (closed()) return;
    if (!sent.ok()) return Fail(sent);
    if (output.empty()) {
      if (session.is_retired() && session.active() == 0) {
        return Fail(absl::UnavailableError("retired"));
      }
      if (session.is_over()) Fail(BrokeHttp2());
      return;
    }
    writing = true;
    asio::async_write(socket, asio::buffer(output),
                      [self = shared_from_this()](const error_code& error, size_t) {
                        self->writing = false;
                        if (self->closed()) return;
                        if (error) return self->Fail(self->Lost(error));
                        self->Flush();
                      });
  }

  // Whoever broke HTTP/2 is often gone before it is told.
  absl::Status Lost(const error_code& error) const {
    return session.is_broken() ? BrokeHttp2() : Reason(error);
  }

  void Fail(const absl::Status& why) {
    const std::shared_ptr<State> self = shared_from_this();
    Http2Client* const failed = client;
    Observer* const told = observer;
    Close();
    told->OnDown(*failed, why);
    session.Lose(why);
  }

  void Close() {
    client = nullptr;
    up = false;
    timer.Clear();
    error_code ignored;
    socket.close(ignored);
  }

  Http2Client* client;  // Null once closed.
  Observer* observer;
  const Address address;
  const Http2ClientOptions options;
  absl::Duration quiet_for;
  asio::ip::tcp::socket socket;
  GrpcSession session;
  Timer timer;  // For the connection to be made, then for signs of life.
  bool up = false;
  bool writing = false;
  bool flush_scheduled = false;
  std::string output;
  std::array<char, kReadBytes> buffer;
};

Http2Client::Http2Client(Loop& loop, const Address& address, const Http2ClientOptions& options,
                         Observer& observer)
    : state_(std::make_shared<State>(*this, loop, address, options, observer)) {
  state_->Connect();
}

Http2Client::~Http2Client() { Close(); }

int32_t Http2Client::Start(const UnaryCall& call, absl::Duration timeout, GrpcSession::Done done,
                           GrpcSession::Arrived arrived, std::shared_ptr<RelayedExchange> relay) {
  if (!state_->up) return 0;
  const bool was_idle = state_->session.active() == 0;
  const int32_t stream =
      state_->session.Start(call, timeout, std::move(done), std::move(arrived), std::move(relay));
  if (was_idle) state_->WatchForQuiet();
  state_->ScheduleFlush();
  return stream;
}

std::optional<std::string> Http2Client::Take(int32_t stream) {
  std::optional<std::string> message = state_->session.Take(stream);
  if (message) state_->ScheduleFlush();
  return message;
}

void Http2Client::Read(int32_t stream, std::string& out, size_t enough) {
  const size_t had = out.size();
  state_->session.Read(stream, out, enough);
  if (out.size() > had) state_->ScheduleFlush();
}

void Http2Client::Resume(int32_t stream) {
  state_->session.Resume(stream);
  state_->ScheduleFlush();
}

void Http2Client::Cancel(int32_t stream) {
  state_->session.Cancel(stream);
  state_->ScheduleFlush();
}

bool Http2Client::accepts_calls() const { return state_->up && state_->session.accepts_calls(); }

size_t Http2Client::active() const { return state_->session.active(); }

void Http2Client::Retire() {
  if (state_->session.is_retired()) return;
  state_->session.Retire();
  state_->ScheduleFlush();
}

bool Http2Client::is_retired() const { return state_->session.is_retired(); }

void Http2Client::Close() {
  if (state_->closed()) return;
  state_->Close();
  state_->session.Drop();
}

}  // namespace corridor::gateway
