// The table of statuses, and a writer for one small JSON document.
#include "gateway/http/http_error.h"

namespace corridor::gateway {
namespace {

// Of an answer, those added later among them.
constexpr size_t kUsualHeaders = 8;

struct StatusRow {
  int status;
  std::string_view phrase;
  std::string_view code_name;
};
constexpr StatusRow kStatuses[] = {
    {200, "OK", "OK"},
    {204, "No Content", "OK"},
    {206, "Partial Content", "OK"},
    {304, "Not Modified", "OK"},
    {400, "Bad Request", "INVALID_ARGUMENT"},
    {401, "Unauthorized", "UNAUTHENTICATED"},
    {403, "Forbidden", "PERMISSION_DENIED"},
    {404, "Not Found", "NOT_FOUND"},
    {405, "Method Not Allowed", "UNIMPLEMENTED"},
    {406, "Not Acceptable", "INVALID_ARGUMENT"},
    {408, "Request Timeout", "DEADLINE_EXCEEDED"},
    {409, "Conflict", "ABORTED"},
    {413, "Content Too Large", "RESOURCE_EXHAUSTED"},
    {415, "Unsupported Media Type", "INVALID_ARGUMENT"},
    {416, "Range Not Satisfiable", "OUT_OF_RANGE"},
    {417, "Expectation Failed", "INVALID_ARGUMENT"},
    {429, "Too Many Requests", "RESOURCE_EXHAUSTED"},
    {431, "Request Header Fields Too Large", "RESOURCE_EXHAUSTED"},
    {499, "Client Closed Request", "CANCELLED"},
    {500, "Internal Server Error", "INTERNAL"},
    {501, "Not Implemented", "UNIMPLEMENTED"},
    {502, "Bad Gateway", "INTERNAL"},
    {503, "Service Unavailable", "UNAVAILABLE"},
    {504, "Gateway Timeout", "DEADLINE_EXCEEDED"},
    {505, "HTTP Version Not Supported", "INVALID_ARGUMENT"},
};

const StatusRow* FindStatus(int http_status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == http_status) return &row;
  }
  return nullptr;
}

void AppendJsonString(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte > 0x7E) {
      out += "\\u00";
      out += {kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string ErrorBody(const HttpError& error) {
  std::string out = "{\"error\":{\"code\":" + std::to_string(error.status) + ",\"status\":";
  AppendJsonString(CodeNameOf(error.status), out);
  out += ",\"message\":";
  AppendJsonString(error.message, out);
  out += ",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":";
  AppendJsonString(error.reason, out);
  out += ",\"domain\":\"corridor\",\"metadata\":{";
  for (size_t i = 0; i < error.metadata.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(error.metadata[i].first, out);
    out += ':';
    AppendJsonString(error.metadata[i].second, out);
  }
  out += "}}]}}";
  return out;
}

HttpResponse ErrorResponse(const HttpError& error, HttpHeaders more) {
  HttpResponse response;
  response.status = error.status;
  response.headers = HeadersOfAnswer("application/json");
  if (error.status == 503) response.headers.emplace_back("retry-after", "1");
  for (auto& header : more) response.headers.push_back(std::move(header));
  response.body = ErrorBody(error);
  return response;
}

HttpError WrongVerb(const HttpRequest& request, const std::string& allow) {
  return {405,
          "METHOD_NOT_ALLOWED",
          request.path + " has no " + request.method + "; it has " + allow,
          {{"allow", allow}}};
}

std::string_view CodeNameOf(int http_status) {
  const StatusRow* row = FindStatus(http_status);
  return row == nullptr ? "UNKNOWN" : row->code_name;
}

std::string_view ReasonPhrase(int http_status) {
  const StatusRow* row = FindStatus(http_status);
  return row == nullptr ? "Unknown" : row->phrase;
}

HttpHeaders HeadersOfAnswer(std::string content_type) {
  HttpHeaders headers;
  headers.reserve(kUsualHeaders);
  headers.emplace_back("content-type", std::move(content_type));
  headers.emplace_back("cache-control", "no-store");
  headers.emplace_back("x-content-type-options", "nosniff");
  return headers;
}

}  // namespace corridor::gateway
