// A client's connected socket under TLS.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/http/byte_pipe.h"
#include "gateway/http/tls_certificate.h"

namespace corridor::gateway {

class TlsPipe : public BytePipe {
 public:
  // Before anything else is asked. `first_bytes` were taken from the socket already. `done` is told
  // once; after Close() with `ok` false.
  virtual void Handshake(std::string first_bytes, std::function<void(bool ok)> done) = 0;
  // What ALPN chose: HTTP/2, else HTTP/1.1.
  virtual bool speaks_http2() const = 0;
};

// As MakePlainPipe().
std::shared_ptr<TlsPipe> MakeTlsPipe(Loop& loop, int fd, const TlsContext& context);

}  // namespace corridor::gateway
