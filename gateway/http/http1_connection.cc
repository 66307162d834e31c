// The states of a connection: reading → answering → writing → reading, and lingering before a
// close, so that the client gets the last answer before the reset that unread input would cause. A
// body that is made while it is sent is written piece by piece: its source is asked for the next
// one when the last is gone, so no more than one waits.
#include "gateway/http/http1_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Event = Http1Parser::Event;

// Of one read. A client that pipelines is not read further while so much of its input waits.
constexpr size_t kReadBytes = 8 << 10;
// Asked of a body's source at one time.
constexpr size_t kPieceBytes = 64 << 10;
constexpr absl::Duration kLinger = absl::Seconds(1);
// Connections above the budget that may be told so at one time; more are closed unheard.
constexpr size_t kMaxRefusals = 256;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

struct Http1Server::State {
  Loop& loop;
  const Http1Limits limits;
  ConnectionBudget& budget;
  ByteBudget& bytes;
  RequestLog& log;
  const Handler handler;
  std::atomic<size_t>& count;
  std::unordered_set<std::shared_ptr<Connection>> connections = {};
  size_t refusals = 0;
  bool draining = false;
  std::string date = {};
  int64_t date_second = 0;

  // RFC 9110's date, made once a second.
  const std::string& Date() {
    const absl::Time now = absl::Now();
    const int64_t second = absl::ToUnixSeconds(now);
    if (second != date_second) {
      date_second = second;
      date = absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", now, absl::UTCTimeZone());
    }
    return date;
  }
};

class Http1Server::Connection : public Answerer,
                                public std::enable_shared_from_this<Http1Server::Connection> {
 public:
  Connection(State& server, std::string peer, bool in_budget)
      : server_(&server),
        socket_(server.loop.context()),
        peer_(std::move(peer)),
        in_budget_(in_budget),
        parser_(server.limits.message),
        timer_(server.loop, [this] { OnTimer(); }) {}

  void Start(int fd) {
    error_code error;
    socket_.assign(asio::ip::tcp::v4(), fd, error);
    if (error) {
      close(fd);
      return Close();
    }
    began_ = absl::Now();
    timer_.Set(server_->limits.head_timeout);
    if (in_budget_) return Read();
    Fail({503,
          "TOO_MANY_CONNECTIONS",
          absl::StrCat("the gateway holds its limit of ", server_->budget.limit(), " connections"),
          {}});
  }

  // Closes when nothing runs; else after the answer. The first request of a connection may be on
  // its way, so that is waited for until the head's timeout.
  void Drain() {
    if (is_first_) return;
    if (source_ != nullptr) {
      keep_alive_ = false;
      source_->Drain();
      return WritePiece();
    }
    if (stage_ == Stage::kReading && phase_ == Phase::kIdle && input_.empty()) Close();
  }

  void Close() {
    if (server_ == nullptr) return;
    State& server = *std::exchange(server_, nullptr);
    error_code ignored;
    socket_.close(ignored);
    timer_.Clear();
    source_ = nullptr;
    if (const std::shared_ptr<Call> call = std::exchange(call_, nullptr)) {
      call->Cancel();
      call->Finish(sent_bytes_, false);
    }
    server.bytes.Resize(held_bytes_, 0);
    in_budget_ ? server.budget.Give() : void(--server.refusals);
    server.count.fetch_sub(1, std::memory_order_relaxed);
    server.connections.erase(shared_from_this());  // May be the last reference but the caller's.
  }

  std::optional<HttpResponse> Refusal(const HttpResponse& response) override {
    const size_t coming = response.source == nullptr ? response.body.size() : kPieceBytes;
    if (server_ == nullptr || Hold(coming)) return std::nullopt;
    return ErrorResponse(OutOfMemory());
  }

  void Send(HttpResponse response) override {
    if (server_ == nullptr) return;
    if (server_->draining) keep_alive_ = false;
    if (response.source != nullptr && !takes_chunks_) keep_alive_ = false;
    WriteHead(response);
    if (response.source != nullptr && !is_head_request_) return Stream(std::move(response.source));
    body_ = is_head_request_ ? std::string() : std::move(response.body);
    stage_ = Stage::kWriting;
    timer_.Set(server_->limits.write_timeout);
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(socket_, buffers,
                      [self = shared_from_this()](const error_code& error, size_t bytes) {
                        self->OnWritten(error, bytes);
                      });
  }

 private:
  enum class Stage { kReading, kAnswering, kWriting, kLingering };
  enum class Phase { kIdle, kHead, kBody };  // Of the request being read.

  void Read() {
    if (server_ == nullptr || is_reading_) return;
    if (input_.size() >= kReadBytes && stage_ != Stage::kReading) return;
    is_reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](const error_code& error, size_t bytes) {
                              self->OnRead(error, bytes);
                            });
  }

  void OnRead(const error_code& error, size_t bytes) {
    is_reading_ = false;
    if (server_ == nullptr) return;
    if (error) {
      // An answer that is already on its way may still reach a client that only closed its half.
      // One that has no end is not: its client has left.
      if (stage_ == Stage::kWriting && source_ == nullptr) {
        keep_alive_ = false;
        return;
      }
      return Close();
    }
    const bool is_request = stage_ == Stage::kReading;
    if (is_request || (stage_ != Stage::kLingering && keep_alive_)) {
      input_.append(buffer_.data(), bytes);
    }
    if (is_request) Parse();
    if (server_ != nullptr && !Hold()) {
      if (stage_ == Stage::kReading) {
        Fail(OutOfMemory());
      } else {
        // What runs is answered; what comes after it finds no room.
        keep_alive_ = false;
        input_ = std::string();
      }
    }
    Read();
  }

  // Accounts for what this connection keeps in memory beside its fixed part, and for an answer's
  // body that is to come.
  bool Hold(size_t coming = 0) {
    const HttpRequest& request = call_ == nullptr ? parser_.request() : call_->request();
    const size_t body = source_ == nullptr ? body_.size() : std::max(body_.size(), kPieceBytes);
    const size_t bytes = input_.size() + request.body.size() + body + coming;
    return server_->bytes.Resize(held_bytes_, static_cast<int64_t>(bytes));
  }

  HttpError OutOfMemory() const {
    return {503,
            "OUT_OF_MEMORY",
            absl::StrCat("the gateway holds its limit of ", server_->bytes.limit(),
                         " bytes of requests and answers"),
            {}};
  }

  void Parse() {
    while (stage_ == Stage::kReading && server_ != nullptr) {
      size_t consumed = 0;
      const Event event = parser_.Feed(input_, consumed);
      input_.erase(0, consumed);
      switch (event) {
        case Event::kNeedMore:
          if (phase_ == Phase::kIdle && parser_.started()) EnterHead();
          return;
        case Event::kHead:
          if (phase_ == Phase::kIdle) EnterHead();
          phase_ = Phase::kBody;
          timer_.Set(server_->limits.body_timeout);
          if (parser_.expects_continue() && input_.empty()) SendContinue();
          break;
        case Event::kComplete:
          if (phase_ == Phase::kIdle) EnterHead();
          if (!Hold()) return Fail(OutOfMemory());
          Begin();
          return;
        case Event::kError:
          return Fail(parser_.error());
      }
    }
  }

  void EnterHead() {
    phase_ = Phase::kHead;
    if (!is_first_) {
      began_ = absl::Now();
      timer_.Set(server_->limits.head_timeout);
    }
    is_first_ = false;
  }

  void SendContinue() {
    // Written at once, or the client reads nothing of what it was sent before.
    const ssize_t sent = send(socket_.native_handle(), kContinue.data(), kContinue.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(kContinue.size())) Close();
  }

  void Begin() {
    keep_alive_ = parser_.keep_alive();
    takes_chunks_ = parser_.takes_chunks();
    is_head_request_ = parser_.request().method == "HEAD";
    MakeCall();
    server_->handler(std::shared_ptr<Call>(call_));
  }

  // Answers what cannot be understood, and closes.
  void Fail(const HttpError& error) {
    keep_alive_ = false;
    MakeCall();
    call_->Answer(ErrorResponse(error), CodeNameOf(error.status));
  }

  void MakeCall() {
    stage_ = Stage::kAnswering;
    phase_ = Phase::kIdle;
    timer_.Clear();
    call_ = std::make_shared<Call>(std::move(parser_.request()), peer_, began_,
                                   std::weak_ptr<Answerer>(weak_from_this()), server_->log);
    parser_.Reset();
  }

  void WriteHead(const HttpResponse& response) {
    head_.clear();
    const std::string_view phrase = ReasonPhrase(response.status);
    absl::StrAppend(&head_, "HTTP/1.1 ", response.status, " ",
                    absl::string_view(phrase.data(), phrase.size()), "\r\ndate: ", server_->Date(),
                    "\r\n");
    for (const auto& [name, value] : response.headers) {
      absl::StrAppend(&head_, name, ": ", value, "\r\n");
    }
    // Of a 304 it would have to be the length that a 200 has (RFC 9110, 8.6).
    if (response.source != nullptr) {
      if (takes_chunks_) head_ += "transfer-encoding: chunked\r\n";
    } else if (response.status != 304) {
      absl::StrAppend(&head_, "content-length: ", response.body.size(), "\r\n");
    }
    head_ += keep_alive_ ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n";
  }

  void Stream(std::shared_ptr<BodySource> source) {
    stage_ = Stage::kWriting;
    body_ = std::move(head_);
    source_ = std::move(source);
    source_->Start([weak = weak_from_this()] {
      if (const std::shared_ptr<Connection> self = weak.lock()) self->WritePiece();
    });
    if (server_->draining) source_->Drain();
    WritePiece();
  }

  // Writes what the source has by now, unless a piece is still on its way.
  void WritePiece() {
    if (source_ == nullptr || is_writing_piece_) return;
    std::string piece;
    const bool is_last = !source_->Read(piece, kPieceBytes);
    if (!takes_chunks_) {
      body_ += piece;
    } else if (!piece.empty()) {
      absl::StrAppend(&body_, absl::Hex(piece.size()), "\r\n", piece, "\r\n");
    }
    if (is_last) {
      source_ = nullptr;
      if (takes_chunks_) body_ += "0\r\n\r\n";
    }
    if (body_.empty()) {
      if (is_last) OnWritten({}, static_cast<size_t>(sent_bytes_));
      return;
    }
    // Cut off, an answer does not look complete.
    if (!Hold()) return Close();
    timer_.Set(server_->limits.write_timeout);
    is_writing_piece_ = true;
    WriteSome(0);
  }

  void WriteSome(size_t from) {
    socket_.async_write_some(
        asio::buffer(body_) + from,
        [self = shared_from_this(), from](const error_code& error, size_t bytes) {
          if (self->server_ != nullptr) self->OnSomeWritten(error, from + bytes, bytes);
        });
  }

  void OnSomeWritten(const error_code& error, size_t up_to, size_t bytes) {
    sent_bytes_ += static_cast<int64_t>(bytes);
    if (error) return Close();
    if (up_to < body_.size()) {
      timer_.Set(server_->limits.write_timeout);
      return WriteSome(up_to);
    }
    timer_.Clear();
    is_writing_piece_ = false;
    body_.clear();
    if (source_ != nullptr) return WritePiece();
    OnWritten({}, static_cast<size_t>(sent_bytes_));
  }

  void OnWritten(const error_code& error, size_t bytes) {
    if (server_ == nullptr) return;
    timer_.Clear();
    if (const std::shared_ptr<Call> call = std::exchange(call_, nullptr)) {
      call->Finish(static_cast<int64_t>(bytes), !error);
    }
    sent_bytes_ = 0;
    if (error) return Close();
    if (!keep_alive_) return Linger();
    stage_ = Stage::kReading;
    body_ = std::string();
    began_ = absl::Now();
    timer_.Set(server_->limits.idle_timeout);
    Parse();
    if (server_ != nullptr && stage_ == Stage::kReading) Hold();  // Less than before.
    if (server_ != nullptr && server_->draining) Drain();
    Read();
  }

  void Linger() {
    stage_ = Stage::kLingering;
    input_.clear();
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    timer_.Set(kLinger);
    Read();
  }

  void OnTimer() {
    const std::shared_ptr<Connection> self = shared_from_this();
    if (stage_ != Stage::kReading || !parser_.started()) return Close();
    const bool in_body = phase_ == Phase::kBody;
    Fail({408,
          in_body ? "BODY_TIMEOUT" : "HEAD_TIMEOUT",
          in_body ? "the body did not arrive in time" : "the headers did not arrive in time",
          {}});
  }

  State* server_;  // Null once closed.
  asio::ip::tcp::socket socket_;
  const std::string peer_;
  const bool in_budget_;
  Http1Parser parser_;
  Timer timer_;
  Stage stage_ = Stage::kReading;
  Phase phase_ = Phase::kIdle;
  bool is_first_ = true;
  bool is_reading_ = false;
  bool keep_alive_ = false;
  bool takes_chunks_ = false;
  bool is_head_request_ = false;
  absl::Time began_;  // Of the request being read or answered.
  std::shared_ptr<Call> call_;
  std::string input_;  // Received, not yet parsed.
  std::string head_;
  std::string body_;                    // Of the answer, or the piece of it that is on its way.
  std::shared_ptr<BodySource> source_;  // Of what follows that piece.
  bool is_writing_piece_ = false;
  int64_t sent_bytes_ = 0;  // Of an answer in pieces.
  int64_t held_bytes_ = 0;
  std::array<char, kReadBytes> buffer_;
};

Http1Server::Http1Server(Loop& loop, const Http1Limits& limits, ConnectionBudget& budget,
                         ByteBudget& bytes, RequestLog& log, Handler handler)
    : state_(new State{loop, limits, budget, bytes, log, std::move(handler), connections_}) {}

Http1Server::~Http1Server() {
  while (!state_->connections.empty()) {
    const std::shared_ptr<Connection> connection = *state_->connections.begin();
    connection->Close();
  }
}

void Http1Server::Serve(int fd, std::string peer) {
  const bool in_budget = state_->budget.Take();
  if (!in_budget && state_->refusals >= kMaxRefusals) {
    close(fd);
    return;
  }
  if (!in_budget) ++state_->refusals;
  connections_.fetch_add(1, std::memory_order_relaxed);
  const auto connection = std::make_shared<Connection>(*state_, std::move(peer), in_budget);
  state_->connections.insert(connection);
  connection->Start(fd);
}

void Http1Server::Drain() {
  state_->draining = true;
  const std::unordered_set<std::shared_ptr<Connection>> all = state_->connections;
  for (const auto& connection : all) connection->Drain();
}

}  // namespace corridor::gateway
