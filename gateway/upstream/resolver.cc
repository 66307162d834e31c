// getaddrinfo() on Asio's own thread, repeated by a timer.
#include "gateway/upstream/resolver.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/loop.h"

namespace corridor::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr absl::Duration kRetry = absl::Seconds(1);

}  // namespace

struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
  State(Loop& loop, std::string h, uint16_t p, absl::Duration every, OnResolved told)
      : host(std::move(h)),
        port(p),
        period(every),
        on_resolved(std::move(told)),
        resolver(loop.context()),
        timer(loop, [this] { Resolve(); }) {}

  void Resolve() {
    error_code not_numeric;
    const asio::ip::address numeric = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) return on_resolved(std::vector<Address>{{numeric.to_string(), port}});
    resolver.async_resolve(host, std::to_string(port), asio::ip::resolver_base::numeric_service,
                           [self = shared_from_this()](const error_code& error,
                                                       const tcp::resolver::results_type& found) {
                             self->Tell(error, found);
                           });
  }

  void Tell(const error_code& error, const tcp::resolver::results_type& found) {
    if (on_resolved == nullptr) return;
    std::vector<Address> addresses;
    for (const auto& entry : found) {
      addresses.push_back({entry.endpoint().address().to_string(), entry.endpoint().port()});
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    const bool failed = error || addresses.empty();
    timer.Set(failed ? std::min(kRetry, period) : period);
    if (!failed) return on_resolved(std::move(addresses));
    on_resolved(absl::UnavailableError(absl::StrCat(
        "cannot resolve ", host, ": ", error ? error.message() : "it has no address")));
  }

  const std::string host;
  const uint16_t port;
  const absl::Duration period;
  OnResolved on_resolved;
  tcp::resolver resolver;
  Timer timer;
};

Resolver::Resolver(Loop& loop, std::string host, uint16_t port, absl::Duration period,
                   OnResolved on_resolved)
    : state_(std::make_shared<State>(loop, std::move(host), port, period, std::move(on_resolved))) {
  state_->timer.Set(absl::ZeroDuration());
}

Resolver::~Resolver() {
  state_->on_resolved = nullptr;
  state_->timer.Clear();
  state_->resolver.cancel();
}

}  // namespace corridor::gateway
