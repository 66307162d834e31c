#include "gateway/dialects/connect_message.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/dialects/gunzip.h"
#include "gateway/transcoding/json_scanner.h"
#include "gateway/transcoding/percent_encoding.h"
#include "gateway/upstream/envelope.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kTimeoutHeader[] = "connect-timeout-ms";
constexpr char kEncodingHeader[] = "connect-content-encoding";
constexpr size_t kMostTimeoutDigits = 10;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Base64 as Connect has it of what it writes: without padding.
std::string Base64(std::string_view bytes) {
  std::string text = absl::Base64Escape(View(bytes));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

// The parameters of the protocol, by name.
absl::StatusOr<std::map<std::string, std::string>> Parameters(std::string_view query) {
  std::map<std::string, std::string> parameters;
  for (const absl::string_view text : absl::StrSplit(View(query), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    const std::string name(parts.first);
    if (name != "connect" && name != "encoding" && name != "message" && name != "base64" &&
        name != "compression") {
      continue;
    }
    std::optional<std::string> value = DecodeQueryPart({parts.second.data(), parts.second.size()});
    if (!value) return InvalidField(name, std::string(parts.second), "has a bad percent-escape");
    if (!parameters.emplace(name, *value).second) {
      return InvalidField(name, *value, "is a second value for a parameter that takes one");
    }
  }
  return parameters;
}

// Base64 of either alphabet, padded or not.
std::optional<std::string> FromBase64(std::string text) {
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace

std::string ConnectCode(absl::StatusCode code) {
  // The one that is spelt otherwise.
  if (code == absl::StatusCode::kCancelled) return "canceled";
  return absl::AsciiStrToLower(View(CodeName(code)));
}

std::string ConnectErrorJson(const absl::Status& status) {
  std::string json = absl::StrCat("{\"code\":\"", ConnectCode(status.code()), "\",\"message\":");
  const google::rpc::Status rpc = ToRpcStatus(status);
  AppendJsonString(rpc.message(), json);
  json += ",\"details\":[";
  const char* separator = "";
  for (const google::protobuf::Any& detail : rpc.details()) {
    absl::StrAppend(&json, std::exchange(separator, ","), "{\"type\":");
    AppendJsonString(detail.type_url().substr(detail.type_url().rfind('/') + 1), json);
    absl::StrAppend(&json, ",\"value\":\"", Base64(detail.value()), "\"}");
  }
  return json += "]}";
}

std::string ConnectEndJson(const absl::Status& status, const Headers& metadata) {
  std::map<std::string_view, std::vector<std::string_view>> by_name;
  for (const auto& [name, value] : metadata) by_name[name].push_back(value);
  std::string json = "{";
  if (!status.ok()) absl::StrAppend(&json, "\"error\":", ConnectErrorJson(status));
  if (!by_name.empty()) json += status.ok() ? "\"metadata\":{" : ",\"metadata\":{";
  const char* separator = "";
  for (const auto& [name, values] : by_name) {
    json += std::exchange(separator, ",");
    AppendJsonString(name, json);
    const char* bracket = ":[";
    for (const std::string_view value : values) {
      json += std::exchange(bracket, ",");
      AppendJsonString(value, json);
    }
    json += ']';
  }
  return json += by_name.empty() ? "}" : "}}";
}

absl::StatusOr<absl::Duration> ConnectTimeout(const HttpHeaders& headers) {
  const std::string* text = FindHeader(headers, kTimeoutHeader);
  if (text == nullptr) return absl::InfiniteDuration();
  const bool has_digits = !text->empty() && text->size() <= kMostTimeoutDigits &&
                          std::all_of(text->begin(), text->end(), [](char c) {
                            return absl::ascii_isdigit(static_cast<unsigned char>(c));
                          });
  int64_t milliseconds = 0;
  if (!has_digits || !absl::SimpleAtoi(*text, &milliseconds)) {
    return InvalidField(kTimeoutHeader, *text, "is not a number of at most ten digits");
  }
  return absl::Milliseconds(milliseconds);
}

absl::StatusOr<ConnectRequest> ReadConnectQuery(std::string_view query, size_t most_bytes) {
  ASSIGN_OR_RETURN(auto parameters, Parameters(query));
  if (parameters["connect"] != "v1") {
    return InvalidField("connect", parameters["connect"],
                        "is not v1: a GET of a method is the Connect protocol's, "
                        "?connect=v1&encoding=json&message={}");
  }
  ConnectRequest request;
  const std::string& encoding = parameters["encoding"];
  if (encoding != "json" && encoding != "proto") {
    return InvalidField("encoding", encoding, "is neither json nor proto");
  }
  request.codec = encoding == "json" ? ConnectCodec::kJson : ConnectCodec::kProto;
  if (parameters.find("message") == parameters.end()) return MissingField("message");
  request.message = std::move(parameters["message"]);
  const std::string& base64 = parameters["base64"];
  if (base64 == "1") {
    std::optional<std::string> bytes = FromBase64(request.message);
    if (!bytes) return InvalidField("message", request.message, "is not base64");
    request.message = *std::move(bytes);
  } else if (!base64.empty() && base64 != "0") {
    return InvalidField("base64", base64, "is not 1");
  }
  ASSIGN_OR_RETURN(request.message, ConnectUncompress("compression", parameters["compression"],
                                                      request.message, most_bytes));
  return request;
}

absl::StatusOr<std::string> ReadConnectStream(std::string_view body, std::string_view encoding,
                                              size_t most_bytes) {
  const std::optional<Envelope> envelope = TakeEnvelope(body);
  const std::string left = absl::StrCat(body.size(), " bytes");
  if (!envelope) return InvalidField("body", left, "are no whole message in its envelope");
  if (!body.empty()) {
    return InvalidField("body", left, "follow the one message that the method takes");
  }
  if ((envelope->flags & ~kConnectCompressed) != 0) {
    return InvalidField("body", absl::StrCat("flags ", envelope->flags),
                        "are none that a request's message has");
  }
  if ((envelope->flags & kConnectCompressed) == 0) return std::string(envelope->message);
  if (encoding.empty() || encoding == "identity") {
    return InvalidField("body", "flags 1",
                        "say that it is compressed, but connect-content-encoding names nothing");
  }
  return ConnectUncompress(kEncodingHeader, encoding, envelope->message, most_bytes);
}

absl::StatusOr<std::string> ConnectUncompress(std::string_view where, std::string_view encoding,
                                              std::string_view bytes, size_t most_bytes) {
  if (encoding.empty() || encoding == "identity") return std::string(bytes);
  if (encoding == "gzip") return Gunzip(bytes, most_bytes);
  return ErrorWithReason(absl::StatusCode::kUnimplemented, "UNKNOWN_COMPRESSION",
                         absl::StrCat(View(where), ": \"", View(encoding),
                                      "\" is not taken; there are gzip and identity"));
}

bool IsWireFormat(std::string_view bytes) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (!WireFormatLite::SkipField(&in, tag)) return false;
  }
  return in.ConsumedEntireMessage();
}

}  // namespace corridor::gateway
