// Certificates made for a test, in files that nobody keeps.
#pragma once

#include <string>

namespace corridor::gateway {

// Writes `certificate.pem` and `key.pem` of a self-signed certificate to `folder`.
enum class TestKey { kP256, kRsa };
void WriteTestCertificate(const std::string& folder, const std::string& common_name,
                          TestKey kind = TestKey::kP256);

}  // namespace corridor::gateway
