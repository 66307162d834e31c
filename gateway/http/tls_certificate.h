// The certificate that the gateway shows to TLS clients, as two PEM files have it now: they may be
// replaced while it runs. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

// OpenSSL's SSL_CTX.
struct ssl_ctx_st;

namespace corridor::gateway {

// TLS 1.2 and 1.3, ciphers with forward secrecy and authentication only, ALPN for `h2` and
// `http/1.1`. A client that offers neither is refused; one that offers nothing gets HTTP/1.1.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

class TlsCertificate {
 public:
  // `certificate_file` holds the chain, the gateway's own first; `key_file` the key of that one,
  // not encrypted. `complain` is told once of each change of the files that is of no use, from
  // whatever thread calls Current(). Errors: INVALID_ARGUMENT naming the file and what is wrong.
  static absl::StatusOr<std::unique_ptr<TlsCertificate>> Load(
      std::string certificate_file, std::string key_file,
      std::function<void(const absl::Status&)> complain);

  // For a new handshake. Looks once a second at most whether the files have changed; while what
  // they hold is of no use, what they held before is shown.
  TlsContext Current(absl::Time now);

 private:
  // Of both files: what changes with any change of them.
  using Stamp = std::vector<int64_t>;

  TlsCertificate(std::string certificate_file, std::string key_file,
                 std::function<void(const absl::Status&)> complain)
      : certificate_file_(std::move(certificate_file)),
        key_file_(std::move(key_file)),
        complain_(std::move(complain)) {}
  Stamp StampNow() const;
  absl::StatusOr<TlsContext> Read() const;

  const std::string certificate_file_;
  const std::string key_file_;
  const std::function<void(const absl::Status&)> complain_;
  absl::Mutex mutex_;
  TlsContext context_ ABSL_GUARDED_BY(mutex_);
  Stamp stamp_ ABSL_GUARDED_BY(mutex_);  // When `context_`, or what is wrong, was read.
  absl::Time looked_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace corridor::gateway
