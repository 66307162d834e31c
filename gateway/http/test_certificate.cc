#include "gateway/http/test_certificate.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>

namespace corridor::gateway {
namespace {

constexpr long kSecondsOfADay = 86'400;

std::unique_ptr<FILE, int (*)(FILE*)> OpenToWrite(const std::string& path) {
  return {std::fopen(path.c_str(), "w"), std::fclose};
}

}  // namespace

void WriteTestCertificate(const std::string& folder, const std::string& common_name, TestKey kind) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      kind == TestKey::kRsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kSecondsOfADay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kSecondsOfADay);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  PEM_write_X509(OpenToWrite(folder + "/certificate.pem").get(), certificate.get());
  PEM_write_PrivateKey(OpenToWrite(folder + "/key.pem").get(), key.get(), nullptr, nullptr, 0,
                       nullptr, nullptr);
}

}  // namespace corridor::gateway
