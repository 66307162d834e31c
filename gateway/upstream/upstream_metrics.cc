#include "gateway/upstream/upstream_metrics.h"

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace corridor::gateway {

UpstreamMetrics::UpstreamMetrics(prometheus::Registry& registry)
    : ejected_(prometheus::BuildGauge()
                   .Name("corridor_upstream_endpoint_ejected")
                   .Help("Loops that send an instance of a service no calls, since it failed.")
                   .Register(registry)),
      ejections_(prometheus::BuildCounter()
                     .Name("corridor_upstream_endpoint_ejections_total")
                     .Help("How often a loop left out an instance of a service.")
                     .Register(registry)),
      retries_(prometheus::BuildCounter()
                   .Name("corridor_upstream_endpoint_retries_total")
                   .Help("Calls that were sent again, by the instance that did not answer them.")
                   .Register(registry)),
      refused_(prometheus::BuildCounter()
                   .Name("corridor_upstream_retries_refused_total")
                   .Help("Calls that could be sent again and were not, since too many were.")
                   .Register(registry)) {}

UpstreamMetrics::OfEndpoint::OfEndpoint(UpstreamMetrics& all, const std::string& service,
                                        const std::string& address)
    : all_(all),
      ejected_(all.ejected_.Add({{"service", service}, {"endpoint", address}})),
      ejections_(all.ejections_.Add({{"service", service}, {"endpoint", address}})),
      retries_(all.retries_.Add({{"service", service}, {"endpoint", address}})) {}

UpstreamMetrics::OfEndpoint::~OfEndpoint() {
  all_.ejected_.Remove(&ejected_);
  all_.ejections_.Remove(&ejections_);
  all_.retries_.Remove(&retries_);
}

void UpstreamMetrics::OfEndpoint::CountEjection() {
  ejected_.Increment();
  ejections_.Increment();
}
void UpstreamMetrics::OfEndpoint::CountReturn() { ejected_.Decrement(); }
void UpstreamMetrics::OfEndpoint::CountRetry() { retries_.Increment(); }

std::shared_ptr<UpstreamMetrics::OfEndpoint> UpstreamMetrics::Of(const std::string& service,
                                                                 const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto shared = endpoints_.try_emplace({service, address}).first;
  Shared& all = shared->second;
  if (all.endpoint == nullptr) {
    all.endpoint = std::make_unique<OfEndpoint>(*this, service, address);
    refused_.Add({{"service", service}});  // Seen from the beginning on, as 0.
  }
  ++all.holders;
  return {all.endpoint.get(), [this, shared](OfEndpoint*) {
            const std::lock_guard last(mutex_);
            if (--shared->second.holders == 0) endpoints_.erase(shared);
          }};
}

void UpstreamMetrics::CountRefusedRetry(const std::string& service) {
  refused_.Add({{"service", service}}).Increment();
}

}  // namespace corridor::gateway
