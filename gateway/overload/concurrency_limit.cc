#include "gateway/overload/concurrency_limit.h"

#include <algorithm>
#include <cmath>

namespace corridor::gateway {
namespace {

constexpr absl::Duration kLeastWindow = absl::Milliseconds(100);
constexpr int kLeastAnswers = 20;  // Of a window.
constexpr double kMostOfUnloaded = 2;
// How fast the limit follows what was found.
constexpr double kSmoothing = 0.3;
constexpr double kLeastGradient = 0.5;
// How fast the latency without load is forgotten where calls do not wait for each other.
constexpr double kFading = 0.05;

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(const ConcurrencyOptions& options, absl::Time now)
    : options_(options), limit_(options.first), window_began_(now) {}

bool ConcurrencyLimit::TryBegin(uint64_t client) {
  const auto found = running_of_.find(client);
  const int of_client = found == running_of_.end() ? 0 : found->second;
  if (running_ >= limit_) {
    const auto clients = static_cast<double>(running_of_.size() + (of_client == 0 ? 1 : 0));
    if (of_client + 1 > limit_ / clients) return false;
  }
  if (found == running_of_.end()) {
    running_of_.emplace(client, 1);
  } else {
    ++found->second;
  }
  most_running_ = std::max(most_running_, ++running_);
  return true;
}

void ConcurrencyLimit::End(uint64_t client) {
  --running_;
  const auto found = running_of_.find(client);
  if (--found->second == 0) running_of_.erase(found);
}

void ConcurrencyLimit::Answered(std::string_view method, absl::Duration latency, absl::Time now) {
  Method& known = methods_[absl::string_view(method.data(), method.size())];
  known.sum += absl::ToDoubleSeconds(latency);
  ++known.count;
  ++answered_;
  if (answered_ >= kLeastAnswers && now - window_began_ >= kLeastWindow) EndWindow(now);
}

absl::Duration ConcurrencyLimit::TargetOf(std::string_view method) const {
  const auto known = methods_.find(absl::string_view(method.data(), method.size()));
  if (known == methods_.end() || known->second.unloaded == 0) return absl::InfiniteDuration();
  return absl::Seconds(TargetSeconds(known->second));
}

double ConcurrencyLimit::TargetSeconds(const Method& method) const {
  return std::max(kMostOfUnloaded * method.unloaded,
                  method.unloaded + absl::ToDoubleSeconds(options_.wait));
}

void ConcurrencyLimit::EndWindow(absl::Time now) {
  // Where none wait, latency is what the service takes, even if that is more than before.
  const bool none_wait = most_running_ < limit_ / 2 || limit_ <= options_.least;
  double of_targets = 0;
  for (auto& [name, method] : methods_) {
    if (method.count == 0) continue;
    const double mean = method.sum / method.count;
    if (method.unloaded == 0 || mean < method.unloaded) {
      method.unloaded = mean;
    } else if (none_wait) {
      method.unloaded += kFading * (mean - method.unloaded);
    }
    of_targets += method.sum / TargetSeconds(method);
    method.sum = 0;
    method.count = 0;
  }
  const double gradient = std::clamp(answered_ / of_targets, kLeastGradient, 1.0);
  // A limit that is not reached says nothing of a higher one.
  const double growth = most_running_ < limit_ / 2 ? 0 : std::sqrt(limit_);
  limit_ += kSmoothing * (limit_ * gradient + growth - limit_);
  limit_ = std::clamp(limit_, options_.least, options_.most);
  window_began_ = now;
  answered_ = 0;
  most_running_ = running_;
}

}  // namespace corridor::gateway
