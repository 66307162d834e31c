// Token, base64url of: form number, hash of the request, version, epoch, as_of, keys (each with its
// length), checksum.
#include "platform/request/page.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "platform/status/status.h"
#include "platform/text/fnv.h"

namespace corridor {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

constexpr char kField[] = "page_token";
constexpr uint32_t kForm = 1;
constexpr uint32_t kMaxKeys = 16;
constexpr uint32_t kMaxTextBytes = 2048;
constexpr size_t kMaxTokenBytes = 8192;

uint64_t HashOfRequest(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  for (const char* name : {"page_token", "page_size"}) {
    if (const auto* field = copy->GetDescriptor()->FindFieldByName(name)) {
      copy->GetReflection()->ClearField(copy.get(), field);
    }
  }
  std::string bytes = request.GetDescriptor()->full_name();
  {
    StringOutputStream stream(&bytes);
    CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return Fnv1a(bytes);
}

void WriteText(std::string_view text, CodedOutputStream& out) {
  out.WriteVarint32(static_cast<uint32_t>(text.size()));
  out.WriteRaw(text.data(), static_cast<int>(text.size()));
}

bool ReadText(CodedInputStream& in, std::string* text) {
  uint32_t size = 0;
  return in.ReadVarint32(&size) && size <= kMaxTextBytes &&
         in.ReadString(text, static_cast<int>(size));
}

struct Token {
  uint64_t request_hash = 0;
  std::string epoch;
  PageCursor cursor;
};

std::optional<Token> ReadToken(const std::string& text) {
  std::string bytes;
  if (text.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(text, &bytes))
    return std::nullopt;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  Token token;
  uint32_t form = 0;
  uint64_t version = 0;
  uint32_t keys = 0;
  if (!in.ReadVarint32(&form) || form != kForm || !in.ReadLittleEndian64(&token.request_hash) ||
      !in.ReadVarint64(&version) || version > INT64_MAX || !ReadText(in, &token.epoch) ||
      !ReadText(in, &token.cursor.as_of) || !in.ReadVarint32(&keys) || keys > kMaxKeys) {
    return std::nullopt;
  }
  token.cursor.version = static_cast<int64_t>(version);
  token.cursor.keys.resize(keys);
  for (std::string& key : token.cursor.keys) {
    if (!ReadText(in, &key)) return std::nullopt;
  }
  const auto body = static_cast<size_t>(in.CurrentPosition());
  uint64_t checksum = 0;
  if (!in.ReadLittleEndian64(&checksum) || in.CurrentPosition() != static_cast<int>(bytes.size()) ||
      checksum != Fnv1a(std::string_view(bytes).substr(0, body))) {
    return std::nullopt;
  }
  return token;
}

}  // namespace

absl::StatusOr<int> PageSize(int32_t page_size, int default_size, int max_size) {
  if (page_size < 0 || page_size > max_size) {
    return InvalidField(
        "page_size", std::to_string(page_size),
        absl::StrCat("is not between 1 and ", max_size, " (0 for ", default_size, ")"));
  }
  return page_size == 0 ? default_size : page_size;
}

std::string EncodePageToken(const google::protobuf::Message& request, std::string_view epoch,
                            const PageCursor& cursor) {
  std::string bytes;
  {
    StringOutputStream stream(&bytes);
    CodedOutputStream out(&stream);
    out.WriteVarint32(kForm);
    out.WriteLittleEndian64(HashOfRequest(request));
    out.WriteVarint64(static_cast<uint64_t>(cursor.version));
    WriteText(epoch, out);
    WriteText(cursor.as_of, out);
    out.WriteVarint32(static_cast<uint32_t>(cursor.keys.size()));
    for (const std::string& key : cursor.keys) WriteText(key, out);
  }
  const uint64_t checksum = Fnv1a(bytes);
  {
    StringOutputStream stream(&bytes);
    CodedOutputStream out(&stream);
    out.WriteLittleEndian64(checksum);
  }
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::optional<PageCursor>> DecodePageToken(const google::protobuf::Message& request,
                                                          std::string_view epoch) {
  const auto* field = request.GetDescriptor()->FindFieldByName(kField);
  if (field == nullptr) {
    return absl::InternalError(request.GetTypeName() + " has no field page_token");
  }
  const std::string text = request.GetReflection()->GetString(request, field);
  if (text.empty()) return std::optional<PageCursor>();

  std::optional<Token> token = ReadToken(text);
  if (!token) return InvalidField(kField, text, "is not a page token");
  if (token->request_hash != HashOfRequest(request)) {
    return InvalidField(
        kField, text,
        "belongs to another request: only page_token and page_size may change between pages");
  }
  if (token->epoch != epoch) {
    return ErrorWithReason(absl::StatusCode::kAborted, "POSITION_OF_ANOTHER_EPOCH",
                           "page_token: the store was restored or replaced since the first page; "
                           "start again without a token",
                           {{"field", kField}, {"epoch", epoch}});
  }
  return std::optional<PageCursor>(std::move(token->cursor));
}

}  // namespace corridor
