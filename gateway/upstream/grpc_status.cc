// gRPC's numbers and encodings.
#include "gateway/upstream/grpc_status.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/common.h"
#include "google/rpc/status.pb.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr int64_t kMostDigits = 99'999'999;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsUtf8(const std::string& text) {
  return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                             static_cast<int>(text.size()));
}

bool ParseDetails(std::string_view encoded, google::rpc::Status& details) {
  while (!encoded.empty() && encoded.back() == '=') encoded.remove_suffix(1);
  std::string bytes;
  return !encoded.empty() &&
         absl::Base64Unescape(absl::string_view(encoded.data(), encoded.size()), &bytes) &&
         details.ParseFromString(bytes);
}

}  // namespace

std::string GrpcTimeout(absl::Duration left) {
  const int64_t micros = absl::ToInt64Microseconds(left);
  if (micros <= 0) return "1n";
  if (micros <= kMostDigits) return absl::StrCat(micros, "u");
  if (micros / 1000 <= kMostDigits) return absl::StrCat(micros / 1000, "m");
  return absl::StrCat(std::min(micros / 1'000'000, kMostDigits), "S");
}

absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text) {
  constexpr size_t kMostTextBytes = 9;
  int64_t number = 0;
  const std::string_view digits = text.substr(0, text.empty() ? 0 : text.size() - 1);
  const bool is_number = !digits.empty() && text.size() <= kMostTextBytes &&
                         digits.find_first_not_of("0123456789") == std::string_view::npos &&
                         absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &number);
  if (is_number) {
    switch (text.back()) {
      case 'H':
        return absl::Hours(number);
      case 'M':
        return absl::Minutes(number);
      case 'S':
        return absl::Seconds(number);
      case 'm':
        return absl::Milliseconds(number);
      case 'u':
        return absl::Microseconds(number);
      case 'n':
        return absl::Nanoseconds(number);
      default:
        break;
    }
  }
  return InvalidField("grpc-timeout", text, "is not up to eight digits and a unit, such as 250m");
}

std::string EncodeGrpcMessage(std::string_view message) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(message.size());
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E || c == '%') {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      encoded += c;
    }
  }
  return encoded;
}

HttpHeaders TrailersOfStatus(const google::rpc::Status& status) {
  HttpHeaders trailers = {{"grpc-status", std::to_string(status.code())}};
  if (status.code() == 0) return trailers;
  trailers.emplace_back("grpc-message", EncodeGrpcMessage(status.message()));
  std::string details = absl::Base64Escape(status.SerializeAsString());
  while (details.back() == '=') details.pop_back();
  trailers.emplace_back("grpc-status-details-bin", std::move(details));
  return trailers;
}

std::string DecodeGrpcMessage(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size() && HexValue(encoded[i + 1]) >= 0 &&
        HexValue(encoded[i + 2]) >= 0) {
      text += static_cast<char>(HexValue(encoded[i + 1]) * 16 + HexValue(encoded[i + 2]));
      i += 2;
    } else {
      text += encoded[i];
    }
  }
  return IsUtf8(text) ? text : absl::CHexEscape(text);
}

absl::Status StatusOfTrailers(std::string_view code_text, std::string_view message,
                              std::string_view details) {
  int number = 0;
  if (!absl::SimpleAtoi(absl::string_view(code_text.data(), code_text.size()), &number)) {
    return absl::InternalError("the service sent a grpc-status that is no number");
  }
  google::rpc::Status rpc;
  if (!ParseDetails(details, rpc) || rpc.code() != number) {
    rpc.Clear();
    rpc.set_code(number);
  }
  if (rpc.message().empty()) rpc.set_message(DecodeGrpcMessage(message));
  return FromRpcStatus(rpc);
}

bool HasDetails(const absl::Status& status) {
  bool has = false;
  status.ForEachPayload([&](absl::string_view, const absl::Cord&) { has = true; });
  return has;
}

absl::StatusCode CodeOfHttpStatus(int http_status) {
  switch (http_status) {
    case 400:
      return absl::StatusCode::kInternal;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnknown;
  }
}

absl::StatusCode CodeOfReset(uint32_t error_code) {
  switch (error_code) {
    case NGHTTP2_REFUSED_STREAM:
      return absl::StatusCode::kUnavailable;
    case NGHTTP2_CANCEL:
      return absl::StatusCode::kCancelled;
    case NGHTTP2_ENHANCE_YOUR_CALM:
      return absl::StatusCode::kResourceExhausted;
    case NGHTTP2_INADEQUATE_SECURITY:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace corridor::gateway
