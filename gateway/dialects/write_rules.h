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

// The names under which clients may write: localhost, 127.0.0.1 and [::1], and those given; and the
// pages that may. Immutable.
class KnownHosts {
 public:
  // `more` is a list of host names without ports, separated by commas; may be empty. `origins` are
  // those of pages from elsewhere that may write too, as in the header Origin, likewise; `*` among
  // them is none.
  explicit KnownHosts(std::string_view more, std::string_view origins = "");

  // `host` as in the header Host: a name, and any port.
  bool Knows(std::string_view host) const;
  // `origin` as in the header Origin: scheme, host, and any port; `null` is not known.
  bool KnowsOrigin(std::string_view origin) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> origins_;
};

// Whether the verb changes nothing by its definition: GET, HEAD, OPTIONS.
bool IsSafeVerb(std::string_view verb);

// 403 for a page of this origin, which `what` ("writes") are not taken from.
HttpError UnknownOrigin(std::string_view what, const std::string& origin);

// Judges who sends a request that changes something, by Host and Origin (403). Nothing when it may
// pass.
std::optional<HttpError> CheckSender(const HttpRequest& request, const KnownHosts& hosts);

// Judges a request with an unsafe verb: its sender, and the type of its body (415) unless that may
// be any.
enum class BodyType { kJson, kAny };
std::optional<HttpError> CheckWrite(const HttpRequest& request, const KnownHosts& hosts,
                                    BodyType type = BodyType::kJson);

}  // namespace corridor::gateway
