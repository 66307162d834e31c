#include "gateway/http/door.h"

#include <array>
#include <unordered_set>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/http/arrival.h"
#include "gateway/http/sniff.h"
#include "gateway/http/tls_pipe.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

// Holds most heads, and is little for who says nothing.
constexpr size_t kFirstReadBytes = 1 << 10;
static_assert(kFirstReadBytes >= kSniffBytes);

}  // namespace

struct Door::State {
  Loop& loop;
  const absl::Duration head_timeout;
  TlsCertificate* const tls;
  ConnectionBudget& budget;
  std::atomic<size_t>& unheard;
  Http1Server http1;
  Http2Server http2;
  std::unordered_set<std::shared_ptr<Guest>> guests = {};
};

// Somebody of whom is not known yet what he speaks.
class Door::Guest : public BytePipe::User, public std::enable_shared_from_this<Door::Guest> {
 public:
  Guest(State& door, Arrival arrival)
      : door_(&door), arrival_(std::move(arrival)), timer_(door.loop, [this] { Leave(); }) {}

  void Start() {
    timer_.Set(door_->head_timeout);
    Read();
  }

  void Leave() {
    if (door_ == nullptr) return;
    arrival_.pipe->Close();
    Arrival gone = TakeLeave();
  }

 private:
  void Read() { arrival_.pipe->ReadSome(buffer_.data(), buffer_.size(), shared_from_this()); }

  void OnRead(bool ok, size_t bytes) override {
    if (door_ == nullptr) return;
    if (!ok) return Leave();
    arrival_.first_bytes.append(buffer_.data(), bytes);
    switch (Sniff(arrival_.first_bytes)) {
      case Spoken::kNotYetKnown:
        return Read();
      case Spoken::kHttp1:
        return Enter(/*speaks_http2=*/false);
      case Spoken::kHttp2:
        return Enter(/*speaks_http2=*/true);
      case Spoken::kTls:
        return door_->tls != nullptr ? ShakeHands() : RefuseTls();
    }
  }
  void OnWritten(bool, size_t) override {}

  void Enter(bool speaks_http2) {
    State& door = *door_;
    speaks_http2 ? door.http2.Serve(TakeLeave()) : door.http1.Serve(TakeLeave());
  }

  void ShakeHands() {
    const int fd = arrival_.pipe->Release();
    const std::shared_ptr<TlsPipe> tls =
        fd < 0 ? nullptr : MakeTlsPipe(door_->loop, fd, door_->tls->Current(absl::Now()));
    if (tls == nullptr) return Leave();
    arrival_.pipe = tls;
    tls->Handshake(std::exchange(arrival_.first_bytes, {}),
                   [self = shared_from_this(), &pipe = *tls](bool ok) {
                     if (self->door_ == nullptr) return;
                     ok ? self->Enter(pipe.speaks_http2()) : self->Leave();
                   });
  }

  void RefuseTls() {
    State& door = *door_;
    door.http1.Refuse(
        TakeLeave(),
        {400, "TLS_NOT_SPOKEN", "this port does not speak TLS; speak HTTP in the clear", {}});
  }

  Arrival TakeLeave() {
    State& door = *std::exchange(door_, nullptr);
    timer_.Clear();
    door.unheard.fetch_sub(1, std::memory_order_relaxed);
    door.guests.erase(shared_from_this());  // May be the last reference but the caller's.
    return std::move(arrival_);
  }

  State* door_;  // Null once it has left.
  Arrival arrival_;
  Timer timer_;
  std::array<char, kFirstReadBytes> buffer_;
};

Door::Door(Loop& loop, const Http1Limits& http1, const Http2Limits& http2, TlsCertificate* tls,
           ConnectionBudget& budget, ByteBudget& bytes, RequestLog& log, Dialect& dialect)
    : state_(new State{loop,
                       http1.head_timeout,
                       tls,
                       budget,
                       unheard_,
                       {loop, http1, budget, bytes, log, dialect},
                       {loop, http2, bytes, log, dialect}}) {}

Door::~Door() {
  while (!state_->guests.empty()) {
    const std::shared_ptr<Guest> guest = *state_->guests.begin();
    guest->Leave();
  }
}

void Door::Serve(int fd, std::string peer) {
  Arrival arrival = {MakePlainPipe(state_->loop, fd),
                     std::move(peer),
                     absl::Now(),
                     ConnectionPlace(state_->budget),
                     {}};
  if (arrival.pipe == nullptr) return;
  if (!arrival.place.is_taken()) return state_->http1.Serve(std::move(arrival));
  unheard_.fetch_add(1, std::memory_order_relaxed);
  const auto guest = std::make_shared<Guest>(*state_, std::move(arrival));
  state_->guests.insert(guest);
  guest->Start();
}

void Door::Drain() {
  state_->http1.Drain();
  state_->http2.Drain();
}

size_t Door::connections() const {
  return unheard_.load(std::memory_order_relaxed) + state_->http1.connections() +
         state_->http2.connections();
}

}  // namespace corridor::gateway
