// The states of a connection: reading → answering → writing → reading, and lingering before a
// close, so that the client gets the last answer before the reset that unread input would cause. A
// body that is made while it is sent is written piece by piece: its source is asked for the next
// one when the last is gone, so no more than one waits.
#include "gateway/http/http1_connection.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/http/http1_head.h"
#include "gateway/http/http1_upload.h"
#include "gateway/http/refusals.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

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
  Dialect& dialect;
  std::atomic<size_t>& count;
  std::unordered_set<std::shared_ptr<Connection>> connections = {};
  size_t refusals = 0;
  bool draining = false;
};

class Http1Server::Connection : public Answerer,
                                public BytePipe::User,
                                public std::enable_shared_from_this<Http1Server::Connection> {
 public:
  Connection(State& server, Arrival arrival)
      : server_(&server),
        pipe_(std::move(arrival.pipe)),
        peer_(std::move(arrival.peer)),
        place_(std::move(arrival.place)),
        parser_(server.limits.message),
        timer_(server.loop, [this] { OnTimer(); }),
        began_(arrival.accepted),
        input_(std::move(arrival.first_bytes)) {}

  // With `refusal` the request is not looked at.
  void Start(const std::optional<HttpError>& refusal) {
    timer_.Set(began_ + server_->limits.head_timeout - absl::Now());
    if (refusal) return Fail(*refusal);
    if (!input_.empty()) TakeInput();
    Read();
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
    pipe_->Close();
    timer_.Clear();
    source_ = nullptr;
    const std::unique_ptr<Http1Upload> upload = std::move(upload_);
    if (const std::shared_ptr<Call> call = std::exchange(call_, nullptr)) {
      call->Cancel();
      call->Finish(sent_bytes_, false);
    }
    server.bytes.Resize(held_bytes_, 0);
    if (!place_.is_taken()) --server.refusals;
    place_.GiveBack();
    server.count.fetch_sub(1, std::memory_order_relaxed);
    server.connections.erase(shared_from_this());  // May be the last reference but the caller's.
  }

  std::optional<HttpResponse> Refusal(const HttpResponse& response) override {
    const size_t coming = response.source == nullptr ? response.content().size() : kPieceBytes;
    if (server_ == nullptr || Hold(coming)) return std::nullopt;
    return RefusalOf(OutOfMemory(server_->bytes.limit()));
  }

  void Send(HttpResponse response) override {
    if (server_ == nullptr) return;
    if (is_writing_continue_) {
      held_back_ = std::move(response);
      return timer_.Set(server_->limits.write_timeout);
    }
    // What is left of the request would be taken for the next one.
    if (server_->draining || is_uploading()) keep_alive_ = false;
    if (response.source != nullptr && !takes_chunks_) keep_alive_ = false;
    head_ = AnswerHead(response, takes_chunks_, keep_alive_, absl::Now());
    if (response.source != nullptr && !is_head_request_) return Stream(std::move(response.source));
    if (!is_head_request_) {
      body_ = std::move(response.body);
      shared_ = IsBodiless(response.status) ? nullptr : std::move(response.shared);
    }
    stage_ = Stage::kWriting;
    timer_.Set(server_->limits.write_timeout);
    pipe_->WriteAll(head_, shared_ == nullptr ? body_ : shared_->body, shared_from_this());
  }

 private:
  enum class Stage { kReading, kAnswering, kWriting, kLingering };
  enum class Phase { kIdle, kHead, kBody };  // Of the request being read.

  void Read() {
    if (server_ == nullptr || is_reading_) return;
    if (input_.size() >= kReadBytes && stage_ != Stage::kReading) return;
    is_reading_ = true;
    pipe_->ReadSome(buffer_.data(), buffer_.size(), shared_from_this());
  }

  void OnRead(bool ok, size_t bytes) override {
    is_reading_ = false;
    if (server_ == nullptr) return;
    if (!ok) {
      // An answer that is already on its way may still reach a client that only closed its half.
      // One that has no end is not: its client has left.
      if (stage_ == Stage::kWriting && source_ == nullptr) {
        upload_ = nullptr;
        keep_alive_ = false;
        return;
      }
      return Close();
    }
    if (stage_ == Stage::kReading || is_uploading() ||
        (stage_ != Stage::kLingering && keep_alive_)) {
      input_.append(buffer_.data(), bytes);
    }
    TakeInput();
    Read();
  }

  void TakeInput() {
    if (stage_ == Stage::kReading) Parse();
    if (is_uploading()) FeedUpload();
    if (server_ != nullptr && !Hold()) {
      if (stage_ == Stage::kReading) {
        Fail(OutOfMemory(server_->bytes.limit()));
      } else if (is_uploading()) {
        FailUpload(OutOfMemory(server_->bytes.limit()));
      } else {
        // What runs is answered; what comes after it finds no room.
        keep_alive_ = false;
        input_ = std::string();
      }
    }
  }

  // Accounts for what this connection keeps in memory beside its fixed part, and for an answer's
  // body that is to come.
  bool Hold(size_t coming = 0) {
    const HttpRequest& request = call_ == nullptr ? parser_.request() : call_->request();
    const size_t whole = shared_ == nullptr ? body_.size() : shared_->body.size();
    const size_t body = source_ == nullptr ? whole : std::max(whole, kPieceBytes);
    const size_t held_back = held_back_ ? held_back_->content().size() : 0;
    const size_t bytes = input_.size() + request.body.size() + body + held_back + coming +
                         (upload_ == nullptr ? 0 : upload_->waiting());
    return server_->bytes.Resize(held_bytes_, static_cast<int64_t>(bytes));
  }

  void Parse() {
    while (stage_ == Stage::kReading && server_ != nullptr) {
      size_t consumed = 0;
      const Event event = parser_.Feed(input_, consumed);
      input_.erase(0, consumed);
      switch (event) {
        case Event::kNeedMore:
          if (phase_ == Phase::kIdle && parser_.started()) EnterHead();
          if (std::exchange(owes_continue_, false)) SendContinue();
          return;
        case Event::kHead:
          if (phase_ == Phase::kIdle) EnterHead();
          if (server_->dialect.TakesBodyAsItComes(parser_.request())) return BeginUpload(true);
          phase_ = Phase::kBody;
          owes_continue_ = parser_.expects_continue() && input_.empty();
          timer_.Set(server_->limits.body_timeout);
          break;
        case Event::kComplete:
          if (phase_ == Phase::kIdle) EnterHead();
          if (phase_ == Phase::kHead && server_->dialect.TakesBodyAsItComes(parser_.request())) {
            return BeginUpload(false);
          }
          if (!Hold()) return Fail(OutOfMemory(server_->bytes.limit()));
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
    is_writing_continue_ = true;
    pipe_->WriteAll(kContinue, {}, shared_from_this());
  }

  void OnContinueWritten(bool ok) {
    is_writing_continue_ = false;
    if (!ok) return Close();
    if (!held_back_) return;
    HttpResponse response = *std::exchange(held_back_, std::nullopt);
    Send(std::move(response));
  }

  void Begin() {
    keep_alive_ = parser_.keep_alive();
    takes_chunks_ = parser_.takes_chunks();
    is_head_request_ = parser_.request().method == "HEAD";
    MakeCall();
    if (!is_uploading()) parser_.Reset();
    server_->dialect.Serve(std::shared_ptr<Call>(call_));
  }

  // Answers what cannot be understood, and closes.
  void Fail(const HttpError& error) {
    keep_alive_ = false;
    owes_continue_ = false;
    MakeCall();
    parser_.Reset();
    call_->Answer(RefusalOf(error), CodeNameOf(error.status));
  }

  // In the client's dialect, once that can be told.
  HttpResponse RefusalOf(const HttpError& error) const {
    const HttpRequest& head = call_->request();
    return head.method.empty() ? ErrorResponse(error) : server_->dialect.Refusal(head, error);
  }

  // --- A body that is taken as it comes.

  bool is_uploading() const { return upload_ != nullptr && !upload_->has_ended(); }

  void BeginUpload(bool has_body) {
    upload_ = std::make_unique<Http1Upload>(parser_, has_body, [weak = weak_from_this()](size_t) {
      if (const std::shared_ptr<Connection> self = weak.lock()) self->OnTaken();
    });
    parser_.request().source = upload_->source();
    Begin();
    if (server_ != nullptr) FeedUpload();
  }

  void FeedUpload() {
    if (upload_ == nullptr) return;
    if (!upload_->Feed(input_)) return FailUpload(parser_.error());
    if (upload_->has_ended()) parser_.Reset();
    WatchUpload();
    upload_->Tell();
  }

  // The client must come on while it is waited for. From the answer on this is a conversation.
  void WatchUpload() {
    if (stage_ != Stage::kAnswering || held_back_) return;
    if (is_uploading() && upload_->waiting() == 0) return timer_.Set(server_->limits.body_timeout);
    timer_.Clear();
  }

  void FailUpload(const HttpError& error) {
    const std::unique_ptr<Http1Upload> failed = std::move(upload_);
    keep_alive_ = false;
    input_ = std::string();
    call_->Answer(RefusalOf(error), CodeNameOf(error.status));
  }

  // Within a Read() of the body, so what follows from it waits for a turn of the loop.
  void OnTaken() {
    if (upload_ == nullptr || is_upload_due_) return;
    if (upload_->TakeContinue() && stage_ == Stage::kAnswering) SendContinue();
    is_upload_due_ = true;
    server_->loop.Post([self = shared_from_this()] {
      self->is_upload_due_ = false;
      if (self->server_ == nullptr) return;
      self->TakeInput();
      self->Read();
    });
  }

  void MakeCall() {
    stage_ = Stage::kAnswering;
    phase_ = Phase::kIdle;
    timer_.Clear();
    call_ = std::make_shared<Call>(std::move(parser_.request()), peer_, began_,
                                   std::weak_ptr<Answerer>(weak_from_this()), server_->log);
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
    takes_chunks_ ? AppendChunk(piece, body_) : void(body_ += piece);
    if (is_last) {
      is_cut_off_ = !source_->is_whole();
      source_ = nullptr;
      if (takes_chunks_ && !is_cut_off_) body_ += kLastChunk;
    }
    if (body_.empty()) {
      if (is_last) OnAnswered(true, static_cast<size_t>(sent_bytes_));
      return;
    }
    // Cut off, an answer does not look complete.
    if (!Hold()) return Close();
    timer_.Set(server_->limits.write_timeout);
    is_writing_piece_ = true;
    WriteSome(0);
  }

  void WriteSome(size_t from) {
    piece_sent_ = from;
    pipe_->WriteSome(std::string_view(body_).substr(from), shared_from_this());
  }

  void OnWritten(bool ok, size_t bytes) override {
    if (server_ == nullptr) return;
    if (is_writing_continue_) return OnContinueWritten(ok);
    if (!is_writing_piece_) return OnAnswered(ok, bytes);
    sent_bytes_ += static_cast<int64_t>(bytes);
    if (!ok) return Close();
    if (piece_sent_ + bytes < body_.size()) {
      timer_.Set(server_->limits.write_timeout);
      return WriteSome(piece_sent_ + bytes);
    }
    timer_.Clear();
    is_writing_piece_ = false;
    body_.clear();
    if (source_ != nullptr) return WritePiece();
    OnAnswered(true, static_cast<size_t>(sent_bytes_));
  }

  void OnAnswered(bool ok, size_t bytes) {
    timer_.Clear();
    if (const std::shared_ptr<Call> call = std::exchange(call_, nullptr)) {
      call->Finish(static_cast<int64_t>(bytes), ok);
    }
    sent_bytes_ = 0;
    if (is_cut_off_) return Abort();
    if (!ok) return Close();
    if (!keep_alive_) return Linger();
    upload_ = nullptr;
    stage_ = Stage::kReading;
    body_ = std::string();
    shared_ = nullptr;
    began_ = absl::Now();
    timer_.Set(server_->limits.idle_timeout);
    Parse();
    if (server_ != nullptr && stage_ == Stage::kReading) Hold();  // Less than before.
    if (server_ != nullptr && server_->draining) Drain();
    Read();
  }

  // So that what was sent looks whole to nobody: a client of HTTP/1.0 takes an end for the body's.
  void Abort() {
    if (!takes_chunks_) pipe_->ResetOnClose();
    Close();
  }

  void Linger() {
    upload_ = nullptr;
    stage_ = Stage::kLingering;
    input_.clear();
    pipe_->ShutdownSend();
    timer_.Set(kLinger);
    Read();
  }

  void OnTimer() {
    const std::shared_ptr<Connection> self = shared_from_this();
    if (stage_ == Stage::kAnswering && is_uploading() && !held_back_)
      return FailUpload(BodyTimeout());
    if (stage_ != Stage::kReading || !parser_.started()) return Close();
    Fail(phase_ == Phase::kBody ? BodyTimeout() : HeadTimeout());
  }

  State* server_;  // Null once closed.
  const std::shared_ptr<BytePipe> pipe_;
  const std::string peer_;
  ConnectionPlace place_;
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
  std::string body_;  // Of the answer, or the piece of it that is on its way.
  std::shared_ptr<const SharedAnswer> shared_;  // Has the body, in place of `body_`.
  std::shared_ptr<BodySource> source_;          // Of what follows that piece.
  bool is_writing_piece_ = false;
  size_t piece_sent_ = 0;
  std::unique_ptr<Http1Upload> upload_;  // Of the request being answered.
  bool is_upload_due_ = false;
  bool is_cut_off_ = false;  // The answer, by its source.
  bool owes_continue_ = false;
  bool is_writing_continue_ = false;
  std::optional<HttpResponse> held_back_;  // Until that is written.
  int64_t sent_bytes_ = 0;                 // Of an answer in pieces.
  int64_t held_bytes_ = 0;
  std::array<char, kReadBytes> buffer_;
};

Http1Server::Http1Server(Loop& loop, const Http1Limits& limits, ConnectionBudget& budget,
                         ByteBudget& bytes, RequestLog& log, Dialect& dialect)
    : state_(new State{loop, limits, budget, bytes, log, dialect, connections_}) {}

Http1Server::~Http1Server() {
  while (!state_->connections.empty()) {
    const std::shared_ptr<Connection> connection = *state_->connections.begin();
    connection->Close();
  }
}

void Http1Server::Serve(Arrival arrival) {
  if (arrival.place.is_taken()) return Begin(std::move(arrival), std::nullopt);
  if (state_->refusals >= kMaxRefusals) return arrival.pipe->Close();
  ++state_->refusals;
  Refuse(std::move(arrival), TooManyConnections(state_->budget.limit()));
}

void Http1Server::Refuse(Arrival arrival, const HttpError& why) { Begin(std::move(arrival), why); }

void Http1Server::Begin(Arrival arrival, const std::optional<HttpError>& refusal) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  const auto connection = std::make_shared<Connection>(*state_, std::move(arrival));
  state_->connections.insert(connection);
  connection->Start(refusal);
}

void Http1Server::Drain() {
  state_->draining = true;
  const std::unordered_set<std::shared_ptr<Connection>> all = state_->connections;
  for (const auto& connection : all) connection->Drain();
}

}  // namespace corridor::gateway
