#include "gateway/http/tls_certificate.h"

#include <openssl/ssl.h>

#include <fstream>
#include <string>
#include <vector>

#include "gateway/http/test_certificate.h"
#include "gmock/gmock.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string NameOf(const TlsContext& context) {
  char name[256] = "";
  X509_NAME_oneline(X509_get_subject_name(SSL_CTX_get0_certificate(context.get())), name,
                    sizeof(name));
  return name;
}

class TlsCertificateTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<TlsCertificate>> Load() {
    return TlsCertificate::Load(certificate_, key_, [this](const absl::Status& wrong) {
      complaints_.emplace_back(wrong.message());
    });
  }
  static void Write(const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
  }

  TempDir dir_;
  const std::string certificate_ = dir_.path() + "/certificate.pem";
  const std::string key_ = dir_.path() + "/key.pem";
  std::vector<std::string> complaints_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(TlsCertificateTest, ANewCertificateIsShownWithinASecond) {
  WriteTestCertificate(dir_.path(), "first");
  ASSERT_OK_AND_ASSIGN(const auto certificate, Load());
  const TlsContext first = certificate->Current(now_);
  EXPECT_EQ(NameOf(first), "/CN=first");
  EXPECT_EQ(certificate->Current(now_ + absl::Seconds(5)), first);
  WriteTestCertificate(dir_.path(), "second");
  EXPECT_EQ(certificate->Current(now_ + absl::Milliseconds(5900)), first);
  EXPECT_EQ(NameOf(certificate->Current(now_ + absl::Seconds(6))), "/CN=second");
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(TlsCertificateTest, ABadOneLeavesTheOldAndIsComplainedAboutOnce) {
  WriteTestCertificate(dir_.path(), "first");
  ASSERT_OK_AND_ASSIGN(const auto certificate, Load());
  Write(key_, "no key");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(NameOf(certificate->Current(now_ + i * absl::Seconds(2))), "/CN=first");
  }
  ASSERT_THAT(complaints_, SizeIs(1));
  EXPECT_THAT(complaints_[0], AllOf(HasSubstr("--tls-key"), HasSubstr("key.pem")));
  WriteTestCertificate(dir_.path(), "second");
  EXPECT_EQ(NameOf(certificate->Current(now_ + absl::Seconds(20))), "/CN=second");
  EXPECT_THAT(complaints_, SizeIs(1));
}

TEST_F(TlsCertificateTest, FilesThatCannotBeUsedAreNamed) {
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("--tls-certificate"), HasSubstr("certificate.pem"),
                                     HasSubstr("No such file"))));
  WriteTestCertificate(dir_.path(), "first");
  Write(certificate_, "no certificate");
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no start line")));
}

TEST_F(TlsCertificateTest, TheKeyOfAnotherCertificateIsRefused) {
  WriteTestCertificate(dir_.path(), "first");
  const TempDir other;
  WriteTestCertificate(other.path(), "other");
  EXPECT_THAT(
      TlsCertificate::Load(certificate_, other.path() + "/key.pem", [](const absl::Status&) {}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("--tls-key"), HasSubstr("key values mismatch"))));
}

// A renewal that goes from one kind of key to another and has written the first of two files.
TEST_F(TlsCertificateTest, AKeyOfAnotherKindIsRefused) {
  WriteTestCertificate(dir_.path(), "first", TestKey::kRsa);
  const TempDir other;
  WriteTestCertificate(other.path(), "other");
  for (const auto& [certificate, key] : {std::pair(certificate_, other.path() + "/key.pem"),
                                         std::pair(other.path() + "/certificate.pem", key_)}) {
    EXPECT_THAT(TlsCertificate::Load(certificate, key, [](const absl::Status&) {}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--tls-key")));
  }
}

}  // namespace
}  // namespace corridor::gateway
