// HttpBody on the wire: its field may come in parts, which merge, and is written by hand so that
// its bytes are copied once.
#include "gateway/dialects/raw_body.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/dialects/rpc.h"
#include "gateway/http/http_error.h"
#include "gateway/upstream/envelope.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"

namespace corridor::gateway {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr char kUnknownType[] = "application/octet-stream";
// Of a service's answer: nothing of it runs, whatever it claims to be.
constexpr char kContentSecurityPolicy[] = "default-src 'none'; sandbox";
constexpr size_t kMostOfType = 256;
constexpr size_t kPieceBytes = 64 << 10;

absl::Status NoSuchMessage() {
  return absl::InternalError("the service sent bytes that are no google.api.HttpBody");
}

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendField(int number, std::string_view bytes, std::string& out) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED, out);
  AppendVarint(bytes.size(), out);
  out += bytes;
}

// What `message` has in its field `part`, all of it put together: so do messages merge.
absl::StatusOr<std::string> PartOf(std::string_view message, int part) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  std::string found;
  while (const uint32_t tag = in.ReadTag()) {
    std::string bytes;
    const bool is_it =
        tag == WireFormatLite::MakeTag(part, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
    if (is_it ? !WireFormatLite::ReadBytes(&in, &bytes) : !WireFormatLite::SkipField(&in, tag)) {
      return NoSuchMessage();
    }
    found += bytes;
  }
  if (!in.ConsumedEntireMessage()) return NoSuchMessage();
  return found;
}

}  // namespace

absl::StatusOr<google::api::HttpBody> ReadRaw(std::string_view message, int part) {
  google::api::HttpBody body;
  if (part != 0) {
    const absl::StatusOr<std::string> found = PartOf(message, part);
    if (!found.ok()) return found.status();
    if (!body.ParseFromString(*found)) return NoSuchMessage();
    return body;
  }
  if (!body.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return NoSuchMessage();
  }
  return body;
}

void AppendRaw(std::string_view content_type, std::string_view data, int part,
               std::string& message) {
  std::string type;
  if (!content_type.empty()) {
    AppendField(google::api::HttpBody::kContentTypeFieldNumber, content_type, type);
  }
  std::string head;
  AppendVarint(
      google::api::HttpBody::kDataFieldNumber << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED,
      head);
  AppendVarint(data.size(), head);
  if (part != 0) {
    AppendVarint(static_cast<uint64_t>(part) << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED,
                 message);
    AppendVarint(type.size() + head.size() + data.size(), message);
  }
  message.append(type).append(head).append(data);
}

absl::StatusOr<HttpHeaders> RawHeaders(std::string_view content_type) {
  if (content_type.size() > kMostOfType || !IsMetadataValue(content_type)) {
    return absl::InternalError("the service sent a content type that no header can have");
  }
  HttpHeaders headers =
      HeadersOfAnswer(content_type.empty() ? kUnknownType : std::string(content_type));
  headers.emplace_back("content-security-policy", kContentSecurityPolicy);
  return headers;
}

bool FramedUpload::Read(std::string& out, size_t enough) {
  bool has_more = true;
  while (has_more && out.size() < enough) {
    std::string piece;
    has_more = body_->Read(piece, std::min(enough - out.size(), kPieceBytes));
    const bool is_first = !has_begun_ && (!piece.empty() || !has_more);
    if (piece.empty() && !is_first) break;
    std::string message = std::exchange(first_, std::string());
    AppendRaw(std::exchange(content_type_, std::string()), piece, part_, message);
    AppendEnvelope(0, message, out);
    has_begun_ = true;
  }
  return has_more;
}

}  // namespace corridor::gateway
