// What a request that changes something must show before it is looked at. A page in a browser can
// send a form to any address, or have a name of its own resolve to this one (DNS rebinding);
// neither satisfies these rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/http_error.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

// The names under which clients may write: localhost, 127.0.0.1 and [::1], and those given.
// Immutable.
class KnownHosts {
 public:
  // `more` is a list of host names without ports, separated by commas; may be empty.
  explicit KnownHosts(std::string_view more);

  // `host` as in the header Host: a name, and any port.
  bool Knows(std::string_view host) const;
  // `origin` as in the header Origin: scheme, host, and any port; `null` is not known.
  bool KnowsOrigin(std::string_view origin) const;

 private:
  std::vector<std::string> names_;
};

// Whether the verb changes nothing by its definition: GET, HEAD, OPTIONS.
bool IsSafeVerb(std::string_view verb);

// Judges a request with an unsafe verb: Host and Origin (403), and the type of a body (415).
// Nothing when it may pass.
std::optional<HttpError> CheckWrite(const HttpRequest& request, const KnownHosts& hosts);

}  // namespace corridor::gateway
