#include "gateway/response_cache/response_cache.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <optional>

#include "platform/request/position.h"

namespace corridor::gateway {
namespace {

// What is larger would push out too much of the rest.
constexpr int64_t kShareOfOne = 8;

prometheus::Counter& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

std::vector<prometheus::Counter*> Results(prometheus::Registry& registry) {
  auto& family = prometheus::BuildCounter()
                     .Name("corridor_gateway_cache_reads_total")
                     .Help(
                         "REST reads that may be cached, by how they were answered: hit, miss, "
                         "joined (with another that asked the same), stale (a service is down).")
                     .Register(registry);
  std::vector<prometheus::Counter*> counters;
  for (const char* result : {"hit", "miss", "joined", "stale"}) {
    counters.push_back(&family.Add({{"result", result}}));
  }
  return counters;
}

// Whether the answer is from no version before the one that the client names. A token that is none
// is for the service to refuse.
bool Reaches(const Rendered& rendered, const std::string* min_version) {
  if (min_version == nullptr) return true;
  const auto position = DecodePosition(*min_version, kMinVersionHeader);
  if (!position.ok()) return false;
  const auto& sources = rendered.content().sources;
  return std::all_of(sources.begin(), sources.end(), [&](const Rendered::Source& source) {
    const auto part = position->parts().find(source.service);
    return part == position->parts().end() ||
           (part->second.epoch() == source.point.epoch && part->second.version() <= source.reached);
  });
}

}  // namespace

ResponseCache::ResponseCache(const ResponseCacheOptions& options,
                             const std::vector<std::string>& services,
                             prometheus::Registry& registry)
    : shards_(static_cast<size_t>(std::max<int64_t>(options.most_bytes, 0))),
      options_(options),
      results_(Results(registry)),
      unchanged_(Counter(registry, "corridor_gateway_cache_unchanged_total",
                         "Reads answered 304: the client has the answer.")),
      evictions_(Counter(registry, "corridor_gateway_cache_evictions_total",
                         "Answers forgotten to make room for others.")),
      bytes_(prometheus::BuildGauge()
                 .Name("corridor_gateway_cache_bytes")
                 .Help("Memory of the answers that are kept.")
                 .Register(registry)
                 .Add({})) {
  for (const std::string& service : services) validities_.try_emplace(service);
}

bool ResponseCache::IsOvertaken(const Rendered& rendered) const {
  const auto& sources = rendered.content().sources;
  return std::any_of(sources.begin(), sources.end(), [](const Rendered::Source& source) {
    return source.validity != nullptr && source.validity->IsOvertaken(source.point);
  });
}

std::optional<StorePoint> ResponseCache::Heard(const std::string& service) const {
  const auto found = validities_.find(service);
  return found == validities_.end() ? std::nullopt : found->second.heard();
}

Validity* ResponseCache::ValidityOf(const std::string& service) {
  const auto found = validities_.find(service);
  return found == validities_.end() ? nullptr : &found->second;
}

std::map<std::string, StorePoint> ResponseCache::Heads() const {
  std::map<std::string, StorePoint> heads;
  for (const auto& [service, validity] : validities_) {
    if (std::optional<StorePoint> head = validity.head()) heads[service] = *std::move(head);
  }
  return heads;
}

bool ResponseCache::MayServe(const Rendered& rendered, const AskedForm& form, absl::Time steady_now,
                             absl::Time now) const {
  const Rendered::Content& content = rendered.content();
  if (now >= content.day_ends) return false;
  const absl::Time oldest = steady_now - kTrust;
  const bool is_current = std::all_of(
      content.sources.begin(), content.sources.end(), [&](const Rendered::Source& source) {
        if (source.validity == nullptr) return false;
        const std::optional<absl::Time> at = source.validity->CurrentAt(source.point, source.tags);
        return at && *at >= oldest;
      });
  return is_current && Reaches(rendered, form.min_version);
}

std::optional<absl::Duration> ResponseCache::StaleAge(const Rendered& rendered,
                                                      const AskedForm& form,
                                                      absl::Time steady_now) const {
  absl::Time right_at = absl::InfiniteFuture();
  for (const Rendered::Source& source : rendered.content().sources) {
    if (!source.validity->WasRight(source.point)) return std::nullopt;
    const auto at = source.validity->CurrentAt(source.point, source.tags);
    right_at = std::min(right_at, at.value_or(absl::InfinitePast()));
  }
  const absl::Duration age = steady_now - std::max(right_at, rendered.content().asked);
  if (age > options_.longest_stale || form.wants_origin) return std::nullopt;
  return Reaches(rendered, form.min_version) ? std::optional(age) : std::nullopt;
}

void ResponseCache::Keep(Slot& slot, const std::shared_ptr<const Rendered>& rendered) {
  if (static_cast<int64_t>(rendered->bytes()) > options_.most_bytes / kShareOfOne) return;
  slot.Keep(rendered);
  Measure();
}

void ResponseCache::Account(Slot& slot, const Rendered& used) {
  slot.Account(used);
  Measure();
}

void ResponseCache::Count(ReadResult result) { results_[static_cast<size_t>(result)]->Increment(); }

void ResponseCache::CountUnchanged() { unchanged_.Increment(); }

void ResponseCache::Measure() {
  bytes_.Set(static_cast<double>(shards_.bytes()));
  const int64_t evictions = shards_.evictions();
  const int64_t counted = counted_evictions_.exchange(evictions);
  if (evictions > counted) evictions_.Increment(static_cast<double>(evictions - counted));
}

}  // namespace corridor::gateway
