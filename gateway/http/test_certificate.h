// Certificates made for a test, in files that nobody keeps.
#pragma once

#include <string>

namespace corridor::gateway {

// Writes `certificate.pem` and `key.pem` of a self-signed P-256 certificate to `folder`.
void WriteTestCertificate(const std::string& folder, const std::string& common_name);

}  // namespace corridor::gateway
