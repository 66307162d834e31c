// What a request for a read says in its headers of the form in which it wants the answer, and of
// what it takes from a cache.
#pragma once

#include <string>

#include "gateway/http/message.h"

namespace corridor::gateway {

// Points into the headers that it was read from.
struct AskedForm {
  explicit AskedForm(const HttpHeaders& headers);

  const std::string* accept_encoding = nullptr;
  const std::string* if_none_match = nullptr;
  const std::string* if_range = nullptr;
  const std::string* range = nullptr;
  const std::string* min_version = nullptr;  // `corridor-min-version`.
  // How the JSON is written: `corridor-json` and `corridor-fields`.
  const std::string* json = nullptr;
  const std::string* fields = nullptr;
  // The client has an opinion on how long the call may take.
  bool has_timeout = false;
  // Cache-Control has `no-cache`, or `no-store`, or there is a `Pragma: no-cache`: whatever is
  // kept, the service is to be asked.
  bool wants_origin = false;
  // Who asks may matter, or the answer is not to be kept.
  bool is_private = false;
  // The request is more than these headers say: it has a body, or a header twice.
  bool is_unusual = false;
};

}  // namespace corridor::gateway
