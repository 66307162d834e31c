// The rules that all writes share.
#include "platform/request/writing.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "platform/text/fnv.h"

namespace corridor {
namespace {

constexpr int kMaxRequestId = 64;
constexpr int kMaxReason = 1000;

std::string TextOf(const google::protobuf::Message& request, const char* field_name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(field_name);
  return request.GetReflection()->GetString(request, field);
}

bool IsValidateOnly(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("validate_only");
  return field != nullptr && request.GetReflection()->GetBool(request, field);
}

// Characters of UTF-8: bytes that do not continue one.
int CountCharacters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

absl::Status CheckLength(std::string_view text, std::string_view field, int most) {
  const int characters = CountCharacters(text);
  if (characters <= most) return absl::OkStatus();
  return InvalidField(
      field, text, absl::StrCat("has ", characters, " characters; at most ", most, " are allowed"));
}

// Of the request without its `request_id`.
std::string PayloadHash(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> payload(request.New());
  payload->CopyFrom(request);
  payload->GetReflection()->ClearField(payload.get(),
                                       payload->GetDescriptor()->FindFieldByName("request_id"));
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    payload->SerializeToCodedStream(&coded);
  }
  return absl::StrFormat("%016x", Fnv1a(bytes));
}

}  // namespace

absl::StatusOr<store::WriteContext> WriteContextOf(const google::protobuf::Message& request,
                                                   const CallContext& call) {
  store::WriteContext context;
  context.actor = call.actor();
  context.method = call.method();
  context.request_id = TextOf(request, "request_id");
  context.reason = TextOf(request, "reason");
  context.validate_only = IsValidateOnly(request);
  RETURN_IF_ERROR(CheckLength(context.request_id, "request_id", kMaxRequestId));
  RETURN_IF_ERROR(CheckLength(context.reason, "reason", kMaxReason));
  context.payload_hash = PayloadHash(request);
  return context;
}

absl::Status CheckEtag(std::string_view given, std::string_view current, std::string_view name) {
  if (given.empty() || given == current) return absl::OkStatus();
  const absl::string_view resource(name.data(), name.size());
  return ErrorWithReason(
      absl::StatusCode::kAborted, "ETAG_MISMATCH",
      absl::StrCat(resource, " has changed: its etag is \"",
                   absl::string_view(current.data(), current.size()), "\", not \"",
                   absl::string_view(given.data(), given.size()), "\""),
      {{"name", name}, {"etag", current}});
}

absl::Status AlreadyExists(std::string_view name) {
  return ErrorWithReason(
      absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
      absl::StrCat("there is a \"", absl::string_view(name.data(), name.size()), "\" already"),
      {{"name", name}});
}

absl::StatusOr<std::string> NewName(std::string_view collection, std::string_view id,
                                    std::string_view id_field, std::string_view name,
                                    std::string_view name_field) {
  if (id.empty() && name.empty()) return MissingField(id_field);
  if (id.empty()) {
    if (name.starts_with(collection)) return std::string(name);
    return InvalidField(name_field, name,
                        absl::StrCat("does not begin with ", std::string(collection)));
  }
  const std::string named = std::string(collection) + std::string(id);
  if (name.empty() || name == named) return named;
  return InvalidField(name_field, name, absl::StrCat("is not the new resource, ", named));
}

std::string EntryPath(int i) { return absl::StrCat("requests[", i, "]."); }

absl::Status RefuseOfBatch(const google::protobuf::Message& entry) {
  constexpr std::string_view kWhy = "belongs to the whole batch";
  for (const char* field : {"request_id", "reason"}) {
    if (const std::string text = TextOf(entry, field); !text.empty()) {
      return InvalidField(field, text, kWhy);
    }
  }
  if (IsValidateOnly(entry)) return InvalidField("validate_only", "true", kWhy);
  return absl::OkStatus();
}

absl::Status RefuseTwice(const std::string& name, std::string_view field,
                         std::set<std::string>& seen) {
  if (seen.insert(name).second) return absl::OkStatus();
  return InvalidField(field, name, "is in the batch twice");
}

}  // namespace corridor
