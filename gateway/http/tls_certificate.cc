#include "gateway/http/tls_certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr char kCiphers12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";
// A length before each, as ALPN has it; the one that is liked best first.
constexpr std::string_view kProtocols = "\x02h2\x08http/1.1";

// No prompt on a terminal.
int NoPassword(char*, int, int, void*) { return 0; }

int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size,
                            reinterpret_cast<const unsigned char*>(kProtocols.data()),
                            static_cast<unsigned int>(kProtocols.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

absl::Status Unusable(std::string_view option, const std::string& file) {
  const unsigned long error = ERR_peek_error();
  const char* reason = ERR_SYSTEM_ERROR(error) ? std::strerror(ERR_GET_REASON(error))
                                               : ERR_reason_error_string(error);
  ERR_clear_error();
  return InvalidField(option, file,
                      absl::StrCat("cannot be used: ", reason == nullptr ? "unknown" : reason));
}

TlsContext NewContext() {
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), kCiphers12);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context.get(), NoPassword);
  return context;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsCertificate>> TlsCertificate::Load(
    std::string certificate_file, std::string key_file,
    std::function<void(const absl::Status&)> complain) {
  std::unique_ptr<TlsCertificate> loaded(
      new TlsCertificate(std::move(certificate_file), std::move(key_file), std::move(complain)));
  Stamp stamp = loaded->StampNow();
  ASSIGN_OR_RETURN(TlsContext context, loaded->Read());
  const absl::MutexLock lock(&loaded->mutex_);
  loaded->context_ = std::move(context);
  loaded->stamp_ = std::move(stamp);
  return loaded;
}

TlsContext TlsCertificate::Current(absl::Time now) {
  absl::Status wrong;
  TlsContext current;
  {
    const absl::MutexLock lock(&mutex_);
    if (now - looked_at_ >= kLookEvery) {
      looked_at_ = now;
      if (Stamp stamp = StampNow(); stamp != stamp_) {
        stamp_ = std::move(stamp);
        absl::StatusOr<TlsContext> read = Read();
        wrong = read.status();
        if (read.ok()) context_ = *std::move(read);
      }
    }
    current = context_;
  }
  if (!wrong.ok()) complain_(wrong);
  return current;
}

TlsCertificate::Stamp TlsCertificate::StampNow() const {
  Stamp stamp;
  for (const std::string* file : {&certificate_file_, &key_file_}) {
    struct stat now {};
    if (stat(file->c_str(), &now) != 0) now = {};
    stamp.insert(stamp.end(), {static_cast<int64_t>(now.st_ino), now.st_size, now.st_mtim.tv_sec,
                               now.st_mtim.tv_nsec, now.st_ctim.tv_sec, now.st_ctim.tv_nsec});
  }
  return stamp;
}

absl::StatusOr<TlsContext> TlsCertificate::Read() const {
  ERR_clear_error();
  TlsContext context = NewContext();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file_.c_str()) != 1) {
    return Unusable("--tls-certificate", certificate_file_);
  }
  // The latter, since a key of another kind than the certificate's is taken by the former.
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file_.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return Unusable("--tls-key", key_file_);
  }
  return context;
}

}  // namespace corridor::gateway
