// nghttp2's callbacks on an explicit state per stream. Calls begin and end after nghttp2 has
// returned, never inside a callback, so that whoever is told may do anything with the session.
#include "gateway/http/http2_session.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/http1_rules.h"
#include "gateway/http/http2_answer.h"
#include "gateway/http/http2_frames.h"
#include "gateway/http/http2_rules.h"
#include "gateway/http/http_date.h"
#include "gateway/http/incoming_body.h"
#include "gateway/http/refusals.h"
#include "gateway/http/token_bucket.h"

namespace corridor::gateway {
namespace {

// An answer moves on when so much of it was taken since the last look.
constexpr size_t kProgressBytes = 4 << 10;
constexpr int64_t kSecondsOfResetsAtOnce = 4;
// nghttp2's own limit of resets, by its own clock, comes far behind ours, which counts more of
// them.
constexpr int64_t kSlackOfNghttp2 = 16;
// Frames that move nothing: PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA. Each DATA frame
// that is sent allows some more, since it is what most window updates and pings answer.
constexpr double kIdleFramesAtOnce = 2000;
constexpr double kIdleFramesPerSecond = 500;
constexpr double kIdleFramesPerData = 4;
// What a frame counts that nghttp2 drops without a word: one of an unknown type, or of a stream
// that is gone. DATA may be on its way to that in good faith.
double DroppedCost(uint8_t type, size_t length) {
  return type == NGHTTP2_DATA && length > 0 ? 0.125 : 1;
}
constexpr char kDrainPing[8] = {'d', 'r', 'a', 'i', 'n', 'i', 'n', 'g'};

}  // namespace

struct Http2Session::Stream : Answerer, std::enable_shared_from_this<Stream> {
  Stream(State& s, int32_t i, size_t head_bytes);

  std::optional<HttpResponse> Refusal(const HttpResponse& coming) override;
  void Send(HttpResponse finished) override;

  bool is_closed() const { return session == nullptr; }
  bool is_answered() const { return response.has_value() || answer != nullptr; }
  // Accounts for what it keeps in memory, and for what is to come.
  bool Hold(size_t coming = 0);

  State* session;  // Null once closed.
  const int32_t id;
  const absl::Time began;
  Http2Head head;
  std::optional<HttpError> refusal;        // In place of serving the request.
  std::shared_ptr<IncomingBody> incoming;  // Where the body is taken as it comes.
  bool has_ended = false;                  // The client has sent all.
  bool is_broken = false;                  // nghttp2 resets it.
  bool ignores_body = false;
  bool owes_continue = false;
  bool is_head_request = false;
  std::shared_ptr<Call> call;

  std::optional<HttpResponse> response;  // Until Send() of the session.
  std::unique_ptr<Http2Answer> answer;   // From there on.
  bool is_done = false;                  // All of the answer is on its way.
  bool is_given_up = false;              // By us: cut off.
  size_t progress = 0;                   // Since `write_deadline` was set.
  int64_t sent_bytes = 0;
  int64_t held_bytes = 0;
  absl::Time read_deadline = absl::InfiniteFuture();
  absl::Time write_deadline = absl::InfiniteFuture();
};

struct Http2Session::State : Http2Events {
  using StreamPtr = std::shared_ptr<Stream>;

  State(const Http2Limits& l, std::string p, ByteBudget& b, RequestLog& r, Dialect& d, absl::Time n,
        std::function<void()> w)
      : limits(l),
        peer(std::move(p)),
        bytes(b),
        log(r),
        dialect(d),
        wants_to_send(std::move(w)),
        now(n),
        resets(static_cast<double>(l.resets_per_second * kSecondsOfResetsAtOnce),
               static_cast<double>(l.resets_per_second), n),
        idle_frames(kIdleFramesAtOnce, kIdleFramesPerSecond, n) {
    const auto rate = static_cast<uint64_t>(kSlackOfNghttp2 * limits.resets_per_second);
    session = NewNghttp2Session(
        *this, {limits.head_bytes, limits.streams, rate * kSecondsOfResetsAtOnce, rate});
    SetDeadline(settings_deadline, now + limits.head_timeout);
  }

  Stream* Find(int32_t id) {
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : found->second.get();
  }

  void SetDeadline(absl::Time& deadline, absl::Time at) {
    deadline = at;
    next_deadline = std::min(next_deadline, at);
  }

  // The client harms us, knowingly or not.
  void CutOff(uint32_t error_code = NGHTTP2_ENHANCE_YOUR_CALM) {
    is_cut_off = true;
    nghttp2_session_terminate_session(session.get(), error_code);
  }

  // --- What nghttp2 tells.

  void OnBeginFrame(const nghttp2_frame_hd& frame) override {
    dropped -= DroppedCost(frame.type, frame.length);
    const bool moves = frame.type == NGHTTP2_HEADERS || frame.type == NGHTTP2_CONTINUATION ||
                       (frame.type == NGHTTP2_DATA && frame.length > 0);
    if (!moves) ChargeIdle();
  }

  void ChargeIdle() {
    if (!idle_frames.Take(now)) CutOff();
  }

  // nghttp2 may tell of the last frame once more of it has come.
  void ChargeDropped() {
    if (dropped <= 1) return;
    if (!idle_frames.Take(now, dropped - 1)) CutOff();
    dropped = 1;
  }

  void OnBeginHeaders(const nghttp2_frame& frame) override {
    SetDeadline(head_deadline, now + limits.head_timeout);
    if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) return;
    const int32_t id = frame.hd.stream_id;
    streams.emplace(id, std::make_shared<Stream>(*this, id, limits.head_bytes));
    idle_deadline = absl::InfiniteFuture();
    // Streams take turns: a long answer does not hold up short ones.
    const nghttp2_extpri in_turns = {NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};
    nghttp2_session_change_extpri_stream_priority(session.get(), id, &in_turns, 1);
  }

  bool OnHeader(const nghttp2_frame& frame, std::string_view name,
                std::string_view value) override {
    Stream* stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return true;
    if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
      stream->head.Add(name, value);
    } else {
      stream->head.AddTrailer(name, value);
    }
    if (stream->head.is_hostile()) CutOff();
    return !is_cut_off;
  }

  void OnInvalid(int32_t id) override {
    if (Stream* stream = Find(id)) stream->is_broken = true;
  }

  void OnFrame(const nghttp2_frame& frame) override {
    const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    Stream* stream = Find(frame.hd.stream_id);
    switch (frame.hd.type) {
      case NGHTTP2_HEADERS:
        head_deadline = absl::InfiniteFuture();
        if (stream == nullptr) return;
        if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) return OnHead(*stream, ends);
        if (ends) OnRequestEnd(*stream);
        return;
      case NGHTTP2_DATA:
        if (frame.data.padlen > 0 && frame.hd.length <= frame.data.padlen) ChargeIdle();
        if (stream != nullptr && ends) OnRequestEnd(*stream);
        return;
      case NGHTTP2_SETTINGS:
        settings_deadline = absl::InfiniteFuture();
        if (streams.empty()) SetDeadline(idle_deadline, now + limits.idle_timeout);
        return;
      case NGHTTP2_PING:
        if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0 && drain == Drain::kAnnounced &&
            std::memcmp(frame.ping.opaque_data, kDrainPing, sizeof(kDrainPing)) == 0) {
          GoAway();
        }
        return;
      default:
        return;
    }
  }

  void OnHead(Stream& stream, bool ends) {
    stream.has_ended = ends;
    HttpRequest& request = stream.head.request();
    stream.refusal = stream.head.Finish();
    stream.ignores_body = stream.refusal.has_value();
    stream.is_head_request = request.method == "HEAD";
    if (!stream.refusal && dialect.TakesBodyAsItComes(request)) {
      TakeBodyAsItComes(stream);
    } else if (!ends && !stream.refusal) {
      return CollectBody(stream);
    }
    ready.push_back(stream.shared_from_this());
  }

  void TakeBodyAsItComes(Stream& stream) {
    stream.owes_continue = !stream.has_ended && ExpectsContinue(stream.head.request());
    const std::weak_ptr<Stream> weak = stream.weak_from_this();
    stream.incoming = std::make_shared<IncomingBody>([weak](size_t taken) {
      if (const StreamPtr self = weak.lock(); self && !self->is_closed()) {
        self->session->OnTaken(*self, taken);
      }
    });
    stream.head.request().source = stream.incoming;
    if (stream.has_ended) return stream.incoming->End();
    WatchBody(stream);
  }

  void CollectBody(Stream& stream) {
    uint64_t length = 0;
    const std::string* stated = FindHeader(stream.head.request().headers, "content-length");
    if (stated != nullptr && (!absl::SimpleAtoi(*stated, &length) || length > limits.body_bytes)) {
      return Refuse(stream, BodyTooLarge(limits.body_bytes));
    }
    SetDeadline(stream.read_deadline, now + limits.body_timeout);
    if (ExpectsContinue(stream.head.request())) SubmitContinue(session.get(), stream.id);
  }

  // The client is waited for only when nothing that it sent waits for us.
  void WatchBody(Stream& stream) {
    const bool waits = stream.incoming != nullptr && !stream.has_ended && !stream.is_answered() &&
                       !stream.ignores_body && stream.incoming->waiting() == 0;
    SetDeadline(stream.read_deadline, waits ? now + limits.body_timeout : absl::InfiniteFuture());
  }

  void OnTaken(Stream& stream, size_t taken) {
    if (std::exchange(stream.owes_continue, false) && !stream.is_answered())
      SubmitContinue(session.get(), stream.id);
    if (taken > 0) {
      nghttp2_session_consume_stream(session.get(), stream.id, taken);
      stream.Hold();
    }
    Touch(stream);
  }

  void OnData(int32_t id, std::string_view data) override {
    if (Stream* stream = Find(id)) OnData(*stream, data);
  }

  void OnData(Stream& stream, std::string_view data) {
    if (stream.ignores_body || stream.is_done) return;
    if (stream.incoming) {
      stream.owes_continue = false;
      stream.incoming->Add(data);
      WatchBody(stream);
      if (!stream.Hold()) return Refuse(stream, OutOfMemory(bytes.limit()));
      news.push_back(stream.shared_from_this());
      return;
    }
    HttpRequest& request = stream.head.request();
    if (request.body.size() + data.size() > limits.body_bytes) {
      return Refuse(stream, BodyTooLarge(limits.body_bytes));
    }
    request.body += data;
    request.wire_bytes += data.size();
    if (!stream.Hold()) return Refuse(stream, OutOfMemory(bytes.limit()));
    nghttp2_session_consume_stream(session.get(), stream.id, data.size());
  }

  void OnRequestEnd(Stream& stream) {
    stream.has_ended = true;
    stream.read_deadline = absl::InfiniteFuture();
    if (stream.ignores_body) return;
    if (!stream.incoming) return ready.push_back(stream.shared_from_this());
    stream.incoming->End();
    news.push_back(stream.shared_from_this());
  }

  void OnClose(int32_t id) override {
    const auto node = streams.extract(id);
    if (node.empty()) return;
    Stream& stream = *node.mapped();
    // Whether the client resets a stream or makes us do it costs us the same.
    const bool wasted = !stream.is_done && !stream.is_given_up;
    if (wasted && !resets.Take(now)) CutOff();
    stream.session = nullptr;
    closed.push_back(node.mapped());
    if (streams.empty()) SetDeadline(idle_deadline, now + limits.idle_timeout);
  }

  void OnSent(const nghttp2_frame& frame) override {
    Stream* stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return;
    if (frame.hd.type == NGHTTP2_DATA) {
      stream->sent_bytes += static_cast<int64_t>(frame.hd.length);
      idle_frames.Put(kIdleFramesPerData);
    }
    const bool answers = frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS;
    if (!answers || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
    stream->is_done = true;
    stream->write_deadline = absl::InfiniteFuture();
    stream->read_deadline = absl::InfiniteFuture();
    // The rest of the request is of no use to anybody.
    if (!stream->has_ended) {
      nghttp2_submit_rst_stream(session.get(), NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_NO_ERROR);
    }
    done.push_back(stream->shared_from_this());
  }

  // --- Answers.

  // Answers for the dialect, once nghttp2 has returned.
  void Refuse(Stream& stream, HttpError error) {
    stream.ignores_body = true;
    stream.read_deadline = absl::InfiniteFuture();
    if (stream.is_answered()) return GiveUp(stream, NGHTTP2_CANCEL);
    stream.refusal = std::move(error);
    ready.push_back(stream.shared_from_this());
  }

  // The answer ends here, and does not look whole.
  void GiveUp(Stream& stream, uint32_t error_code) {
    stream.is_given_up = true;
    nghttp2_submit_rst_stream(session.get(), NGHTTP2_FLAG_NONE, stream.id, error_code);
  }

  // Looks at the stream's deadlines in the next Send(), which knows the time.
  void Touch(Stream& stream) {
    touched.push_back(stream.shared_from_this());
    Wake();
  }

  void Wake() {
    if (!is_busy && wants_to_send) wants_to_send();
  }

  void Submit(Stream& stream) {
    HttpResponse response = *std::exchange(stream.response, std::nullopt);
    stream.answer = std::make_unique<Http2Answer>(std::move(response), stream.is_head_request);
    const std::weak_ptr<Stream> weak = stream.weak_from_this();
    stream.answer->Start([weak] {
      if (const StreamPtr self = weak.lock(); self && !self->is_closed()) {
        self->session->OnMore(*self);
      }
    });
    if (drain != Drain::kNot) stream.answer->Drain();

    const Http2Answer& answer = *stream.answer;
    const bool submitted = SubmitAnswer(session.get(), stream.id, answer.status(), answer.headers(),
                                        answer.shared_headers(), HttpDate(now), answer.has_body());
    if (!submitted) GiveUp(stream, NGHTTP2_INTERNAL_ERROR);
    WatchBody(stream);
    WatchAnswer(stream);
  }

  void OnMore(Stream& stream) {
    if (!stream.answer->Resume()) return;
    nghttp2_session_resume_data(session.get(), stream.id);
    Touch(stream);
  }

  // While bytes wait, the client must take some.
  void WatchAnswer(Stream& stream) {
    const bool waits = stream.answer != nullptr && stream.answer->has_body() && !stream.is_done &&
                       !stream.is_given_up && !stream.answer->is_empty();
    stream.progress = 0;
    SetDeadline(stream.write_deadline, waits ? now + limits.write_timeout : absl::InfiniteFuture());
  }

  ssize_t OnRoom(int32_t id, char* into, size_t size, uint32_t& flags) override {
    Stream* stream = Find(id);
    return stream == nullptr ? ssize_t{NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE}
                             : OnRoom(*stream, into, size, flags);
  }

  ssize_t OnRoom(Stream& stream, char* into, size_t size, uint32_t& flags) {
    if (stream.is_given_up) return NGHTTP2_ERR_DEFERRED;
    size_t filled = 0;
    const Http2Answer::Filled what = stream.answer->Fill(into, size, filled);
    stream.progress += filled;
    if (!stream.Hold()) {
      GiveUp(stream, NGHTTP2_INTERNAL_ERROR);
      return NGHTTP2_ERR_DEFERRED;
    }
    switch (what) {
      case Http2Answer::Filled::kSome:
        if (stream.progress >= kProgressBytes) WatchAnswer(stream);
        return static_cast<ssize_t>(filled);
      case Http2Answer::Filled::kEmpty:
        WatchAnswer(stream);
        return NGHTTP2_ERR_DEFERRED;
      case Http2Answer::Filled::kPart:
        // As it began, or as the dialect has said since: it is not the client that left.
        stream.call->Finish(stream.sent_bytes, true);
        GiveUp(stream, NGHTTP2_INTERNAL_ERROR);
        return NGHTTP2_ERR_DEFERRED;
      case Http2Answer::Filled::kLast:
        return End(stream, filled, flags);
    }
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  ssize_t End(Stream& stream, size_t filled, uint32_t& flags) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    const HttpHeaders& trailers = stream.answer->Trailers();
    if (!trailers.empty()) {
      flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      SubmitTrailers(session.get(), stream.id, trailers);
    }
    return static_cast<ssize_t>(filled);
  }

  // --- Calls, outside of nghttp2.

  void Settle() {
    while (!ready.empty() || !news.empty() || !done.empty() || !closed.empty()) {
      for (const StreamPtr& stream : std::exchange(done, {})) {
        stream->call->Finish(stream->sent_bytes, true);
      }
      for (const StreamPtr& stream : std::exchange(closed, {})) Forget(*stream);
      for (const StreamPtr& stream : std::exchange(news, {})) stream->incoming->Tell();
      for (const StreamPtr& stream : std::exchange(ready, {})) {
        if (!stream->is_closed() && !stream->is_broken && !is_cut_off) Serve(*stream);
      }
    }
  }

  void Serve(Stream& stream) {
    const bool is_new = stream.call == nullptr;
    if (is_new) {
      stream.call = std::make_shared<Call>(std::move(stream.head.request()), peer, stream.began,
                                           std::weak_ptr<Answerer>(stream.weak_from_this()), log);
    }
    const std::shared_ptr<Call> call = stream.call;
    if (const std::optional<HttpError> error = std::exchange(stream.refusal, std::nullopt)) {
      stream.ignores_body = true;
      if (stream.incoming) stream.incoming->Cut();
      call->Answer(dialect.Refusal(call->request(), *error), CodeNameOf(error->status));
      if (stream.incoming) stream.incoming->Tell();
    } else if (is_new) {
      dialect.Serve(call);
    }
  }

  void Forget(Stream& stream) {
    stream.response.reset();
    stream.answer = nullptr;
    if (stream.incoming) {
      stream.incoming->Forget();
      stream.incoming->Cut();
    }
    if (const std::shared_ptr<Call> call = std::exchange(stream.call, nullptr)) {
      call->Cancel();
      call->Finish(stream.sent_bytes, stream.is_done);
    }
    if (stream.incoming) stream.incoming->Tell();
    bytes.Resize(stream.held_bytes, 0);
  }

  // --- The connection's end.

  void GoAway() {
    drain = Drain::kLast;
    nghttp2_submit_goaway(session.get(), NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session.get()), NGHTTP2_NO_ERROR,
                          nullptr, 0);
  }

  enum class Drain { kNot, kAnnounced, kLast };

  const Http2Limits limits;
  const std::string peer;
  ByteBudget& bytes;
  RequestLog& log;
  Dialect& dialect;
  const std::function<void()> wants_to_send;
  Nghttp2Session session;
  std::unordered_map<int32_t, StreamPtr> streams;
  std::vector<StreamPtr> ready;     // To be served, or refused.
  std::vector<StreamPtr> news;      // Whose body came on.
  std::vector<StreamPtr> answered;  // By the dialect, not yet by nghttp2.
  std::vector<StreamPtr> touched;   // Whose deadlines are to be looked at.
  std::vector<StreamPtr> done;
  std::vector<StreamPtr> closed;
  bool is_cut_off = false;
  bool is_busy = false;  // Within a method that is followed by a Send().
  absl::Time now;        // Of the last event.
  absl::Time next_deadline = absl::InfiniteFuture();
  absl::Time settings_deadline = absl::InfiniteFuture();
  absl::Time head_deadline = absl::InfiniteFuture();
  absl::Time idle_deadline = absl::InfiniteFuture();
  Drain drain = Drain::kNot;
  TokenBucket resets;
  TokenBucket idle_frames;
  FrameWalk frames;
  double dropped = 0;  // By DroppedCost, of the frames received that nghttp2 has not told of.
};

Http2Session::Stream::Stream(State& s, int32_t i, size_t head_bytes)
    : session(&s), id(i), began(s.now), head(head_bytes) {}

std::optional<HttpResponse> Http2Session::Stream::Refusal(const HttpResponse& coming) {
  const size_t bytes =
      coming.source == nullptr ? coming.content().size() : size_t{Http2Answer::kPieceBytes};
  if (is_closed() || Hold(bytes)) return std::nullopt;
  return session->dialect.Refusal(call->request(), OutOfMemory(session->bytes.limit()));
}

void Http2Session::Stream::Send(HttpResponse finished) {
  if (is_closed()) return;
  response = std::move(finished);
  session->answered.push_back(shared_from_this());
  session->Wake();
}

bool Http2Session::Stream::Hold(size_t coming) {
  const HttpRequest& request = call == nullptr ? head.request() : call->request();
  const size_t answering = answer != nullptr ? answer->held_bytes()
                           : response        ? response->content().size()
                                             : 0;
  const size_t body = request.body.size() + (incoming == nullptr ? 0 : incoming->waiting());
  return session->bytes.Resize(held_bytes, static_cast<int64_t>(body + answering + coming));
}

Http2Session::Http2Session(const Http2Limits& limits, std::string peer, ByteBudget& bytes,
                           RequestLog& log, Dialect& dialect, absl::Time now,
                           std::function<void()> wants_to_send)
    : state_(std::make_unique<State>(limits, std::move(peer), bytes, log, dialect, now,
                                     std::move(wants_to_send))) {}

Http2Session::~Http2Session() { Lose(); }

absl::Status Http2Session::Receive(std::string_view bytes, absl::Time now) {
  state_->now = now;
  state_->is_busy = true;
  const ssize_t taken = nghttp2_session_mem_recv(
      state_->session.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  state_->frames.Walk(
      bytes, [this](uint8_t type, size_t length) { state_->dropped += DroppedCost(type, length); });
  state_->ChargeDropped();
  if (taken < 0) state_->CutOff();
  state_->Settle();
  state_->is_busy = false;
  if (taken >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("HTTP/2 cannot go on: ", nghttp2_strerror(static_cast<int>(taken))));
}

absl::Status Http2Session::Send(std::string& out, size_t enough, absl::Time now) {
  State& state = *state_;
  state.now = now;
  state.is_busy = true;
  absl::Status sent;
  bool is_more = true;
  while (is_more && sent.ok()) {
    for (const auto& stream : std::exchange(state.answered, {})) {
      if (!stream->is_closed() && stream->response) state.Submit(*stream);
    }
    for (const auto& stream : std::exchange(state.touched, {})) {
      if (stream->is_closed()) continue;
      state.WatchBody(*stream);
      state.WatchAnswer(*stream);
    }
    while (out.size() < enough) {
      const uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(state.session.get(), &bytes);
      if (size < 0) {
        sent = absl::InternalError(
            absl::StrCat("HTTP/2 cannot go on: ", nghttp2_strerror(static_cast<int>(size))));
      }
      if (size <= 0) break;
      out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    }
    state.Settle();
    is_more = !state.answered.empty() && out.size() < enough;
  }
  state.is_busy = false;
  if (!state.answered.empty() || !state.touched.empty()) state.Wake();
  return sent;
}

void Http2Session::Expire(absl::Time now) {
  State& state = *state_;
  state.now = now;
  state.is_busy = true;
  state.next_deadline = absl::InfiniteFuture();
  const auto is_due = [&](absl::Time& deadline) {
    if (deadline > now) {
      state.SetDeadline(deadline, deadline);
      return false;
    }
    deadline = absl::InfiniteFuture();
    return true;
  };
  if (is_due(state.settings_deadline)) state.CutOff(NGHTTP2_SETTINGS_TIMEOUT);
  if (is_due(state.head_deadline)) state.CutOff();
  if (is_due(state.idle_deadline)) state.GoAway();
  for (const auto& [id, stream] : state.streams) {
    if (is_due(stream->read_deadline)) state.Refuse(*stream, BodyTimeout());
    if (is_due(stream->write_deadline)) state.GiveUp(*stream, NGHTTP2_CANCEL);
  }
  state.Settle();
  state.is_busy = false;
}

absl::Time Http2Session::next_deadline() const { return state_->next_deadline; }

void Http2Session::Drain() {
  if (state_->drain != State::Drain::kNot) return;
  state_->drain = State::Drain::kAnnounced;
  // What the client sent before it heard of it is served: its pong says that it has.
  nghttp2_submit_shutdown_notice(state_->session.get());
  nghttp2_submit_ping(state_->session.get(), NGHTTP2_FLAG_NONE,
                      reinterpret_cast<const uint8_t*>(kDrainPing));
  const auto streams = state_->streams;
  for (const auto& [id, stream] : streams) {
    if (stream->answer == nullptr) continue;
    stream->answer->Drain();
    state_->OnMore(*stream);
  }
  state_->Wake();
}

void Http2Session::Lose() {
  state_->is_busy = true;
  for (auto& [id, stream] : std::exchange(state_->streams, {})) {
    stream->session = nullptr;
    state_->closed.push_back(stream);
  }
  state_->Settle();
}

size_t Http2Session::active() const { return state_->streams.size(); }

bool Http2Session::is_over() const {
  return nghttp2_session_want_read(state_->session.get()) == 0 &&
         nghttp2_session_want_write(state_->session.get()) == 0;
}

}  // namespace corridor::gateway
