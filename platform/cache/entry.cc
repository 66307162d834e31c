// Sealed: HMAC (32 bytes) of the key and all that follows; format (1 byte); position, version,
// whether it is fixed, number of tags; of each tag its collection and part; the answer. Numbers are
// varints, texts come after their length.
#include "platform/cache/entry.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace corridor::cache {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr char kFormat = 1;
constexpr size_t kMacBytes = 32;
constexpr uint32_t kMostTags = 64;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void WriteText(std::string_view text, CodedOutputStream& out) {
  out.WriteVarint32(static_cast<uint32_t>(text.size()));
  out.WriteRaw(text.data(), static_cast<int>(text.size()));
}

bool ReadText(CodedInputStream& in, std::string& text) {
  uint32_t size = 0;
  return in.ReadVarint32(&size) && size <= INT32_MAX &&
         in.ReadString(&text, static_cast<int>(size));
}

bool ReadVersion(CodedInputStream& in, int64_t& version) {
  uint64_t read = 0;
  if (!in.ReadVarint64(&read) || read > INT64_MAX) return false;
  version = static_cast<int64_t>(read);
  return true;
}

bool Read(CodedInputStream& in, Entry& entry) {
  uint32_t is_fixed = 0, tags = 0;
  if (!ReadVersion(in, entry.stamp.position) || !ReadVersion(in, entry.stamp.version) ||
      !in.ReadVarint32(&is_fixed) || !in.ReadVarint32(&tags) || tags > kMostTags) {
    return false;
  }
  entry.stamp.is_fixed = is_fixed != 0;
  entry.stamp.tags.resize(tags);
  for (Tag& tag : entry.stamp.tags) {
    if (!ReadText(in, tag.collection) || !ReadText(in, tag.part)) return false;
  }
  return ReadText(in, entry.answer);
}

}  // namespace

Key Sha256(std::string_view bytes) {
  Key key;
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(key.data()), &size,
             EVP_sha256(), nullptr);
  return key;
}

size_t SizeOf(const Entry& entry) {
  size_t size = sizeof entry + entry.answer.size();
  for (const Tag& tag : entry.stamp.tags) {
    size += sizeof tag + tag.collection.size() + tag.part.size();
  }
  return size;
}

std::string SealOf(std::string_view body, const Key& key, std::string_view secret) {
  std::string sealed(View(key));
  sealed.append(body);
  std::string mac(kMacBytes, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), Bytes(sealed), sealed.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return mac;
}

std::string Seal(const Entry& entry, const Key& key, std::string_view secret) {
  std::string body(1, kFormat);
  {
    google::protobuf::io::StringOutputStream stream(&body);
    CodedOutputStream out(&stream);
    out.WriteVarint64(static_cast<uint64_t>(entry.stamp.position));
    out.WriteVarint64(static_cast<uint64_t>(entry.stamp.version));
    out.WriteVarint32(entry.stamp.is_fixed ? 1 : 0);
    out.WriteVarint32(static_cast<uint32_t>(entry.stamp.tags.size()));
    for (const Tag& tag : entry.stamp.tags) {
      WriteText(tag.collection, out);
      WriteText(tag.part, out);
    }
    WriteText(entry.answer, out);
  }
  return SealOf(body, key, secret) + body;
}

std::optional<Entry> Unseal(std::string_view sealed, const Key& key, std::string_view secret) {
  if (sealed.size() <= kMacBytes || sealed.size() > INT32_MAX || sealed[kMacBytes] != kFormat) {
    return std::nullopt;
  }
  const std::string_view body = sealed.substr(kMacBytes);
  const std::string mac = SealOf(body, key, secret);
  if (CRYPTO_memcmp(mac.data(), sealed.data(), kMacBytes) != 0) return std::nullopt;
  CodedInputStream in(Bytes(body.substr(1)), static_cast<int>(body.size() - 1));
  Entry entry;
  if (!Read(in, entry) || in.CurrentPosition() + 1 != static_cast<int>(body.size())) {
    return std::nullopt;
  }
  return entry;
}

}  // namespace corridor::cache
