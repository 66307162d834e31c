// Which connection a call takes, what happens when there is none, and how a call ends.
#include "gateway/upstream/pool.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/upstream/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

EndpointOptions WithAuthority(const PoolOptions& options) {
  EndpointOptions endpoint = options.endpoint;
  endpoint.client.authority = Address{options.targets[0].host, options.targets[0].port}.Text();
  return endpoint;
}

}  // namespace

struct Pool::Pending : std::enable_shared_from_this<Pool::Pending> {
  Pending(Loop& loop, Pool& pool, UnaryCall c, std::function<void(UnaryReply)> d)
      : call(std::move(c)),
        done(std::move(d)),
        deadline(loop, [this, &pool] { pool.OnDeadline(shared_from_this()); }) {}

  bool over() const { return done == nullptr; }

  UnaryCall call;
  std::function<void(UnaryReply)> done;    // Null once told or cancelled.
  std::function<void()> arrived;           // Null for a unary call.
  MessageBuffer left;                      // Of a streaming call that has ended.
  std::shared_ptr<RelayedExchange> relay;  // Null for a call that is not relayed.
  Timer deadline;
  Http2Client* client = nullptr;  // That carries it; null while it waits.
  Endpoint* endpoint = nullptr;   // Whose that is, or was last.
  absl::Time sent = absl::InfinitePast();
  int32_t stream = 0;
  bool was_retried = false;
};

class Pool::Streaming : public MessageStream {
 public:
  Streaming(Pool& pool, StreamingCall call, std::function<void()> ready)
      : pool_(pool), ready_(std::move(ready)) {
    ++pool_.streaming_;
    call_ = std::make_shared<Pending>(pool.loop_, pool, std::move(call),
                                      [this](UnaryReply reply) { OnEnd(std::move(reply)); });
    call_->arrived = [this] { Tell(); };
    pool_.BeginStreaming(call_);
    is_begun_ = true;
  }
  ~Streaming() override {
    --pool_.streaming_;
    pool_.Cancel(*call_);
  }

  std::optional<std::string> Take() override {
    if (call_->client != nullptr) return call_->client->Take(call_->stream);
    if (call_->left.has_message()) return call_->left.Take();
    return std::nullopt;
  }
  std::optional<absl::Status> End() const override {
    return call_->left.has_message() ? std::nullopt : end_;
  }

 private:
  void OnEnd(UnaryReply reply) {
    end_ = std::move(reply.status);
    if (is_begun_) Tell();
  }
  void Tell() const {
    const std::function<void()> ready = ready_;  // It may destroy this.
    ready();
  }

  Pool& pool_;
  const std::function<void()> ready_;
  std::shared_ptr<Pending> call_;
  std::optional<absl::Status> end_;
  bool is_begun_ = false;  // Until then nobody can look at it.
};

class Pool::Relayed : public RelayedAnswer {
 public:
  Relayed(Pool& pool, RelayCall call, std::function<void()> ready)
      : pool_(pool), is_streaming_(call.is_streaming), ready_(std::move(ready)) {
    exchange_ = std::make_shared<RelayedExchange>(std::move(call.body));
    call_ =
        std::make_shared<Pending>(pool.loop_, pool,
                                  UnaryCall{std::move(call.method), "", std::move(call.metadata),
                                            call.deadline, call.is_repeatable},
                                  [this](UnaryReply reply) { OnEnd(std::move(reply.status)); });
    call_->arrived = [this] { Tell(); };
    call_->relay = exchange_;
    exchange_->body.Start([weak = std::weak_ptr<Pending>(call_)] {
      const std::shared_ptr<Pending> pending = weak.lock();
      if (pending != nullptr && pending->client != nullptr) {
        pending->client->Resume(pending->stream);
      }
    });
    if (is_streaming_) {
      ++pool_.streaming_;
      pool_.BeginStreaming(call_);
    } else {
      pool_.Begin(call_);
    }
    is_begun_ = true;
  }
  ~Relayed() override {
    if (is_streaming_) --pool_.streaming_;
    pool_.Cancel(*call_);
  }

  const Headers* Head() const override { return exchange_->head ? &*exchange_->head : nullptr; }
  void Read(std::string& out, size_t enough) override {
    if (call_->client != nullptr) return call_->client->Read(call_->stream, out, enough);
    exchange_->Read(out, enough);
  }
  const Ending* End() const override {
    return end_ && exchange_->unread.empty() ? &*end_ : nullptr;
  }

 private:
  void OnEnd(absl::Status status) {
    end_.emplace();
    end_->trailers = std::move(exchange_->trailers);
    if (end_->trailers.empty()) end_->failure = std::move(status);
    if (is_begun_) Tell();
  }
  void Tell() const {
    const std::function<void()> ready = ready_;  // It may destroy this.
    ready();
  }

  Pool& pool_;
  const bool is_streaming_;
  const std::function<void()> ready_;
  std::shared_ptr<RelayedExchange> exchange_;
  std::shared_ptr<Pending> call_;
  std::optional<Ending> end_;
  bool is_begun_ = false;  // Until then nobody can look at it.
};

Pool::Pool(Loop& loop, PoolOptions options)
    : loop_(loop),
      options_(std::move(options)),
      retries_(options_.retries_at_once, absl::Now()),
      sweep_(loop, [this] { OnEndpointChange(); }),
      resolved_(options_.targets.size()) {
  for (size_t i = 0; i < options_.targets.size(); ++i) {
    const Target& target = options_.targets[i];
    resolvers_.push_back(
        std::make_unique<Resolver>(loop, target.host, target.port, options_.resolve_every,
                                   [this, i](const auto& addresses) { OnResolved(i, addresses); }));
  }
}

Pool::~Pool() = default;

std::function<void()> Pool::Unary(UnaryCall call, std::function<void(UnaryReply)> done) {
  const auto pending = std::make_shared<Pending>(loop_, *this, std::move(call), std::move(done));
  Begin(pending);
  return [this, weak = std::weak_ptr<Pending>(pending)] {
    if (const std::shared_ptr<Pending> cancelled = weak.lock()) Cancel(*cancelled);
  };
}

std::unique_ptr<MessageStream> Pool::Stream(StreamingCall call, std::function<void()> ready) {
  return std::make_unique<Streaming>(*this, std::move(call), std::move(ready));
}

std::unique_ptr<RelayedAnswer> Pool::Relay(RelayCall call, std::function<void()> ready) {
  return std::make_unique<Relayed>(*this, std::move(call), std::move(ready));
}

void Pool::Begin(const std::shared_ptr<Pending>& call) {
  retries_.OnCall();
  if (call->call.deadline != absl::InfiniteFuture()) {
    call->deadline.Set(call->call.deadline - absl::Now());
  }
  Dispatch(call);
}

void Pool::BeginStreaming(const std::shared_ptr<Pending>& call) {
  if (streaming_ > options_.streaming_calls) return Finish(*call, {TooManyStreams(), "", {}});
  Begin(call);
}

void Pool::Cancel(Pending& call) {
  if (call.over()) return;
  call.done = nullptr;
  call.arrived = nullptr;
  call.deadline.Clear();
  Withdraw(call);
}

absl::Status Pool::Available() const {
  for (const auto& endpoint : endpoints_) {
    if (endpoint->is_up()) return absl::OkStatus();
  }
  return Failure();
}

void Pool::Dispatch(const std::shared_ptr<Pending>& call, const Http2Client* avoid) {
  if (Endpoint* endpoint = PickEndpoint(avoid)) {
    Http2Client* client = endpoint->Connection(avoid);
    call->client = client;
    call->endpoint = endpoint;
    call->sent = absl::Now();
    call->stream = client->Start(
        call->call, call->call.deadline - call->sent,
        [this, call](GrpcSession::Outcome outcome) { OnOutcome(call, std::move(outcome)); },
        call->arrived, call->relay);
    if (call->stream != 0) return;
    call->client = nullptr;
  }
  if (!HasHope()) {
    return Finish(*call, {Failure(), "", {}});
  }
  for (const auto& endpoint : endpoints_) endpoint->WantRoom();
  waiting_.push_back(call);
}

Endpoint* Pool::PickEndpoint(const Http2Client* avoid) {
  thread_local absl::BitGen random;
  const absl::Time now = absl::Now();
  std::optional<size_t> picked = PickOf(Candidates(avoid, /*elsewhere=*/true), now, random);
  if (!picked && avoid != nullptr) {
    picked = PickOf(Candidates(avoid, /*elsewhere=*/false), now, random);
  }
  return picked ? endpoints_[*picked].get() : nullptr;
}

std::vector<Candidate> Pool::Candidates(const Http2Client* avoid, bool elsewhere) const {
  std::vector<Candidate> all;
  all.reserve(endpoints_.size());
  for (const auto& endpoint : endpoints_) {
    Candidate& candidate = all.emplace_back();
    candidate.health = &endpoint->health();
    if (endpoint->is_leaving() || (elsewhere && avoid != nullptr && endpoint->Has(avoid))) continue;
    candidate.takes_calls = endpoint->Connection(avoid) != nullptr;
    candidate.is_up = candidate.takes_calls || (endpoint->is_up() && !endpoint->Has(avoid));
    candidate.load = endpoint->load();
  }
  return all;
}

void Pool::Judge(Endpoint& endpoint, CallVerdict verdict) {
  bool may_eject = false;
  if (verdict == CallVerdict::kFailed) {
    const auto mine = std::find_if(endpoints_.begin(), endpoints_.end(),
                                   [&](const auto& one) { return one.get() == &endpoint; });
    const auto index = static_cast<size_t>(mine - endpoints_.begin());
    may_eject = MayEject(Candidates(nullptr, false), index, absl::Now());
  }
  endpoint.OnVerdict(verdict, may_eject);
}

void Pool::OnResolved(size_t target, const absl::StatusOr<std::vector<Address>>& found) {
  resolved_once_ = true;
  if (!found.ok()) {
    resolve_failure_ = std::string(found.status().message());
    return OnEndpointChange();
  }
  resolved_[target] = *found;
  std::set<Address> addresses;
  for (const auto& of_target : resolved_) addresses.insert(of_target.begin(), of_target.end());
  for (const auto& endpoint : endpoints_) {
    if (!addresses.contains(endpoint->address())) endpoint->Leave();
  }
  for (const Address& address : addresses) {
    const bool known = std::any_of(endpoints_.begin(), endpoints_.end(), [&](const auto& endpoint) {
      return endpoint->address() == address && !endpoint->is_leaving();
    });
    if (!known) {
      // The change is looked at from the loop: never from inside the endpoint that reports it.
      endpoints_.push_back(std::make_unique<Endpoint>(
          loop_, address, WithAuthority(options_),
          options_.metrics == nullptr ? nullptr
                                      : options_.metrics->Of(options_.service, address.Text()),
          [this] {
            if (!waiting_.empty()) sweep_.Set(absl::ZeroDuration());
          }));
    }
  }
  OnEndpointChange();
}

void Pool::OnEndpointChange() {
  std::erase_if(endpoints_, [](const auto& endpoint) { return endpoint->is_over(); });
  std::list<std::shared_ptr<Pending>> again = std::exchange(waiting_, {});
  for (const auto& call : again) {
    if (!call->over()) Dispatch(call);
  }
}

void Pool::OnOutcome(const std::shared_ptr<Pending>& call, GrpcSession::Outcome outcome) {
  if (call->over()) return;
  const Http2Client* carried_by = std::exchange(call->client, nullptr);
  Judge(*call->endpoint, VerdictOf(outcome, call->call.deadline - call->sent));
  if (MayRetry(*call, outcome, carried_by)) {
    call->was_retried = true;
    call->endpoint->CountRetry();
    if (call->relay != nullptr) call->relay->BeginAnew();
    return Dispatch(call, outcome.connection_lost ? nullptr : carried_by);
  }
  call->left = std::move(outcome.left);
  absl::Status& status = outcome.reply.status;
  const bool goes_as_it_is = call->relay != nullptr && outcome.from_service;
  if (!status.ok() && !goes_as_it_is && !HasDetails(status)) {
    const bool too_late = absl::Now() >= call->call.deadline;
    if (status.code() == absl::StatusCode::kDeadlineExceeded ||
        (status.code() == absl::StatusCode::kCancelled && too_late)) {
      return OnDeadline(call);
    }
    status = WithService(status);
  }
  Finish(*call, std::move(outcome.reply));
}

bool Pool::MayRetry(const Pending& call, const GrpcSession::Outcome& outcome,
                    const Http2Client* carried_by) {
  if (call.was_retried || absl::Now() >= call.call.deadline) return false;
  if (outcome.retry == GrpcSession::Retry::kNever) return false;
  if (outcome.retry == GrpcSession::Retry::kRead && !call.call.is_read) return false;
  if (HasDetails(outcome.reply.status)) return false;
  if (call.relay != nullptr && !call.relay->body.can_rewind()) return false;
  if (!HasBudgetFor(outcome)) return false;
  if (outcome.connection_lost) return true;
  // The connection still stands, but turned the call away: another must take it.
  for (const auto& endpoint : endpoints_) {
    if (endpoint->Replace(carried_by)) return true;
  }
  return PickEndpoint(carried_by) != nullptr;
}

// What the service has not looked at costs it nothing.
bool Pool::HasBudgetFor(const GrpcSession::Outcome& outcome) {
  if (outcome.retry == GrpcSession::Retry::kAlways || retries_.Take(absl::Now())) return true;
  if (options_.metrics != nullptr) options_.metrics->CountRefusedRetry(options_.service);
  return false;
}

void Pool::OnDeadline(const std::shared_ptr<Pending>& call) {
  if (call->client != nullptr) {
    Judge(*call->endpoint, VerdictOfTimeout(call->call.deadline - call->sent));
  }
  Withdraw(*call);
  Finish(*call, {ErrorWithReason(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                 absl::StrCat(options_.service, " did not answer in time"),
                                 {{"service", options_.service}}),
                 "",
                 {}});
}

void Pool::Withdraw(Pending& call) {
  if (Http2Client* client = std::exchange(call.client, nullptr)) {
    client->Cancel(call.stream);
    return;
  }
  waiting_.remove_if([&](const auto& waiting) { return waiting.get() == &call; });
}

void Pool::Finish(Pending& call, UnaryReply reply) {
  call.deadline.Clear();
  if (const auto done = std::exchange(call.done, nullptr)) done(std::move(reply));
}

bool Pool::HasHope() const {
  if (!resolved_once_) return true;
  return std::any_of(endpoints_.begin(), endpoints_.end(), [](const auto& endpoint) {
    return !endpoint->is_leaving() && (endpoint->is_up() || endpoint->is_connecting());
  });
}

absl::Status Pool::WithService(const absl::Status& status) const {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:  // Not by us.
    case absl::StatusCode::kUnavailable:
      return Unavailable(status.message());
    default:
      return UpstreamFailure(options_.service, status);
  }
}

absl::Status Pool::TooManyStreams() const {
  return ErrorWithReason(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
      absl::StrCat("the gateway holds its limit of ", options_.streaming_calls, " streams from ",
                   options_.service),
      {{"service", options_.service}, {"limit", absl::StrCat(options_.streaming_calls)}});
}

absl::Status Pool::Failure() const {
  for (const auto& endpoint : endpoints_) {
    const absl::Status& failure = endpoint->failure();
    if (failure.ok()) continue;
    return WithService(
        {failure.code(), absl::StrCat(endpoint->address().Text(), ": ", failure.message())});
  }
  return Unavailable(resolve_failure_.empty() ? "not connected yet" : resolve_failure_);
}

absl::Status Pool::Unavailable(absl::string_view why) const {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
                         absl::StrCat(options_.service, " cannot be reached: ", why),
                         {{"service", options_.service}});
}

}  // namespace corridor::gateway
