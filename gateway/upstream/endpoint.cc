// When to connect: at once after a connection that served, with a pause after one that failed.
#include "gateway/upstream/endpoint.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"

namespace corridor::gateway {
namespace {

constexpr size_t kMostConnections = 2;
constexpr absl::Duration kBetweenReplacements = absl::Seconds(1);

double Jitter() {
  thread_local absl::BitGen random;
  return absl::Uniform(random, 0.5, 1.0);
}

}  // namespace

Endpoint::Endpoint(Loop& loop, const Address& address, const EndpointOptions& options,
                   std::shared_ptr<UpstreamMetrics::OfEndpoint> metrics,
                   std::function<void()> on_change)
    : loop_(loop),
      address_(address),
      options_(options),
      metrics_(std::move(metrics)),
      on_change_(std::move(on_change)),
      health_(options.health),
      back_(loop, [this] { OnBack(); }),
      pause_(options.first_pause),
      retry_(loop, [this] { usable() == 0 ? Connect() : on_change_(); }) {
  Connect();
}

Endpoint::~Endpoint() {
  if (back_.is_set() && metrics_ != nullptr) metrics_->CountReturn();
}

bool Endpoint::Has(const Http2Client* connection) const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [&](const auto& mine) { return mine.get() == connection; });
}

void Endpoint::OnVerdict(CallVerdict verdict, bool may_eject) {
  const absl::Time now = absl::Now();
  if (verdict == CallVerdict::kWell) health_.OnWell(now);
  if (verdict != CallVerdict::kFailed || !health_.OnFailed(now, may_eject)) return;
  back_.Set(health_.ejected_until() - now);
  if (metrics_ != nullptr) metrics_->CountEjection();
}

void Endpoint::OnBack() {
  if (metrics_ != nullptr) metrics_->CountReturn();
  on_change_();
}

void Endpoint::CountRetry() {
  if (metrics_ != nullptr) metrics_->CountRetry();
}

Http2Client* Endpoint::Connection(const Http2Client* avoid) const {
  Http2Client* least = nullptr;
  for (const auto& connection : connections_) {
    if (connection.get() == avoid || !connection->accepts_calls()) continue;
    if (least == nullptr || connection->active() < least->active()) least = connection.get();
  }
  return least;
}

size_t Endpoint::load() const {
  size_t calls = 0;
  for (const auto& connection : connections_) calls += connection->active();
  return calls;
}

bool Endpoint::is_up() const {
  return std::any_of(connections_.begin(), connections_.end(), [this](const auto& connection) {
    return connection.get() != connecting_ && !connection->is_retired();
  });
}

size_t Endpoint::usable() const {
  return static_cast<size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& connection) { return !connection->is_retired(); }));
}

void Endpoint::WantRoom() {
  if (is_up() && usable() < kMostConnections && !retry_.is_set()) Connect();
}

bool Endpoint::Replace(const Http2Client* connection) {
  const absl::Time now = absl::Now();
  if (is_leaving_) return false;
  for (const auto& mine : connections_) {
    if (mine.get() != connection) continue;
    if (mine->is_retired()) {
      if (usable() == 0) Connect();
      return true;
    }
    if (now - replaced_ < kBetweenReplacements) return false;
    replaced_ = now;
    mine->Retire();
    if (usable() == 0) Connect();
    return true;
  }
  return false;
}

void Endpoint::Leave() {
  is_leaving_ = true;
  retry_.Clear();
  for (const auto& connection : connections_) connection->Retire();
}

void Endpoint::Connect() {
  if (is_leaving_ || connecting_ != nullptr) return;
  retry_.Clear();
  attempted_ = absl::Now();
  connections_.push_back(std::make_unique<Http2Client>(loop_, address_, options_.client,
                                                       static_cast<Http2Client::Observer&>(*this)));
  connecting_ = connections_.back().get();
}

void Endpoint::Reconnect() {
  if (is_leaving_ || usable() > 0 || retry_.is_set()) return;
  const absl::Time now = absl::Now();
  const bool served = now - came_up_ > options_.longest_pause && came_up_ > attempted_;
  if (served) {
    pause_ = options_.first_pause;
    return Connect();
  }
  Pause();
}

void Endpoint::Pause() {
  retry_.Set(pause_ * Jitter());
  pause_ = std::min(pause_ * 2, options_.longest_pause);
}

void Endpoint::OnUp(Http2Client& client) {
  if (connecting_ == &client) connecting_ = nullptr;
  came_up_ = absl::Now();
  failure_ = absl::OkStatus();
  on_change_();
}

void Endpoint::OnDown(Http2Client& client, const absl::Status& why) {
  const bool was_retired = client.is_retired();
  const bool never_up = connecting_ == &client;
  if (connecting_ == &client) connecting_ = nullptr;
  const auto gone = std::find_if(connections_.begin(), connections_.end(),
                                 [&](const auto& mine) { return mine.get() == &client; });
  // Its calls are told after this, and whoever is told of one may cancel others.
  loop_.Post([kept = std::shared_ptr<Http2Client>(std::move(*gone))] {});
  connections_.erase(gone);

  if (!was_retired) failure_ = why;
  if (never_up && usable() > 0 && !is_leaving_) {
    Pause();
  } else {
    Reconnect();
  }
  on_change_();
}

void Endpoint::OnChange(Http2Client& client) {
  if (client.is_retired()) Reconnect();
  on_change_();
}

}  // namespace corridor::gateway
