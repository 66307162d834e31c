// Errors as google.rpc details in the payloads of an absl::Status, and their wire form.
#include "platform/status/status.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/common.h"
#include "google/rpc/error_details.pb.h"

namespace corridor {
namespace {

constexpr absl::string_view kTypePrefix = "type.googleapis.com/";
constexpr char kDomain[] = "corridor";
constexpr size_t kMaxValueBytes = 200;

struct CodeRow {
  absl::StatusCode code;
  std::string_view name;
  int http;
};
constexpr CodeRow kCodes[] = {
    {absl::StatusCode::kOk, "OK", 200},
    {absl::StatusCode::kCancelled, "CANCELLED", 499},
    {absl::StatusCode::kUnknown, "UNKNOWN", 500},
    {absl::StatusCode::kInvalidArgument, "INVALID_ARGUMENT", 400},
    {absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504},
    {absl::StatusCode::kNotFound, "NOT_FOUND", 404},
    {absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", 409},
    {absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", 403},
    {absl::StatusCode::kResourceExhausted, "RESOURCE_EXHAUSTED", 429},
    {absl::StatusCode::kFailedPrecondition, "FAILED_PRECONDITION", 400},
    {absl::StatusCode::kAborted, "ABORTED", 409},
    {absl::StatusCode::kOutOfRange, "OUT_OF_RANGE", 400},
    {absl::StatusCode::kUnimplemented, "UNIMPLEMENTED", 501},
    {absl::StatusCode::kInternal, "INTERNAL", 500},
    {absl::StatusCode::kUnavailable, "UNAVAILABLE", 503},
    {absl::StatusCode::kDataLoss, "DATA_LOSS", 500},
    {absl::StatusCode::kUnauthenticated, "UNAUTHENTICATED", 401},
};

const CodeRow& Find(absl::StatusCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  return Find(absl::StatusCode::kUnknown);
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string TypeUrl(const google::protobuf::Message& detail) {
  return absl::StrCat(kTypePrefix, detail.GetDescriptor()->full_name());
}

void Attach(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(TypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> Attached(const absl::Status& status) {
  Detail detail;
  const absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl(detail));
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// Length of the well-formed UTF-8 character at the front of `text`; 0 when there is none.
size_t CharacterLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  const google::protobuf::StringPiece character(text.data(), length);
  return google::protobuf::internal::IsStructurallyValidUTF8(character.data(),
                                                             static_cast<int>(length))
             ? length
             : 0;
}

// `value` as it may stand in a message: valid UTF-8, without control characters, of bounded length.
std::string Printable(std::string_view value) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  while (!value.empty()) {
    if (out.size() >= kMaxValueBytes) return out + "…";
    const auto byte = static_cast<unsigned char>(value[0]);
    const size_t length = CharacterLength(value);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      value.remove_prefix(1);
    } else {
      out.append(value.substr(0, length));
      value.remove_prefix(length);
    }
  }
  return out;
}

absl::Status BadField(std::string_view field, const std::string& description) {
  absl::Status status =
      absl::InvalidArgumentError(absl::StrCat(Printable(field), ": ", description));
  google::rpc::BadRequest detail;
  auto* violation = detail.add_field_violations();
  violation->set_field(Printable(field));
  violation->set_description(description);
  Attach(status, detail);
  return status;
}

}  // namespace

absl::Status InvalidField(std::string_view field, std::string_view value, std::string_view why) {
  return BadField(field, absl::StrCat("\"", Printable(value), "\" ", View(why)));
}

absl::Status MissingField(std::string_view field) {
  return BadField(field, "is required and empty");
}

absl::Status NoSuchResource(std::string_view name) {
  absl::Status status = absl::NotFoundError(absl::StrCat("there is no \"", Printable(name), "\""));
  google::rpc::ResourceInfo detail;
  const std::string printable = Printable(name);
  // `organisations/IOM/memberships/ARM` is of type `memberships`.
  const size_t id = printable.rfind('/');
  if (id != std::string::npos && id > 0) {
    const size_t collection = printable.rfind('/', id - 1);
    const size_t begin = collection == std::string::npos ? 0 : collection + 1;
    detail.set_resource_type(printable.substr(begin, id - begin));
  }
  detail.set_resource_name(printable);
  Attach(status, detail);
  return status;
}

absl::Status ErrorWithReason(
    absl::StatusCode code, std::string_view reason, std::string_view message,
    std::initializer_list<std::pair<std::string_view, std::string_view>> metadata) {
  absl::Status status(code, View(message));
  google::rpc::ErrorInfo detail;
  detail.set_reason(std::string(reason));
  detail.set_domain(kDomain);
  for (const auto& [key, value] : metadata) {
    (*detail.mutable_metadata())[std::string(key)] = Printable(value);
  }
  Attach(status, detail);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = Attached<google::rpc::ErrorInfo>(status);
  return info ? info->reason() : std::string();
}

std::string ErrorMetadata(const absl::Status& status, const std::string& key) {
  const auto info = Attached<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  const auto found = info->metadata().find(key);
  return found == info->metadata().end() ? std::string() : found->second;
}

absl::Status AtField(std::string_view path, const absl::Status& status) {
  if (status.ok()) return status;
  std::optional<google::rpc::BadRequest> bad = Attached<google::rpc::BadRequest>(status);
  std::string_view separator;
  if (!bad) {
    while (!path.empty() && path.back() == '.') path.remove_suffix(1);
    separator = ": ";
  }
  absl::Status prefixed(status.code(), absl::StrCat(View(path), View(separator), status.message()));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    prefixed.SetPayload(type, payload);
  });
  if (bad) {
    for (auto& violation : *bad->mutable_field_violations()) {
      violation.set_field(absl::StrCat(View(path), violation.field()));
    }
    Attach(prefixed, *bad);
  }
  return prefixed;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(Find(status.code()).code));
  if (status.ok()) return rpc;
  rpc.set_message(std::string(status.message()));

  google::rpc::ErrorInfo info =
      Attached<google::rpc::ErrorInfo>(status).value_or(google::rpc::ErrorInfo());
  if (info.reason().empty()) info.set_reason(std::string(CodeName(status.code())));
  if (info.domain().empty()) info.set_domain(kDomain);
  rpc.add_details()->PackFrom(info);

  // In order of type, since Abseil's order is not stable.
  std::map<std::string, std::string> others;
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    if (type != TypeUrl(info)) others.emplace(std::string(type), std::string(payload));
  });
  for (auto& [type, payload] : others) {
    google::protobuf::Any* any = rpc.add_details();
    any->set_type_url(type);
    any->set_value(std::move(payload));
  }
  return rpc;
}

absl::Status FromRpcStatus(const google::rpc::Status& rpc) {
  const bool known = rpc.code() >= 0 && rpc.code() < static_cast<int>(std::size(kCodes));
  const auto code = known ? static_cast<absl::StatusCode>(rpc.code()) : absl::StatusCode::kUnknown;
  absl::Status status(code, rpc.message());
  if (status.ok()) return status;
  for (const google::protobuf::Any& detail : rpc.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

int HttpStatus(absl::StatusCode code) { return Find(code).http; }

std::string_view CodeName(absl::StatusCode code) { return Find(code).name; }

}  // namespace corridor
