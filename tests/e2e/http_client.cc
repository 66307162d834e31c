#include "tests/e2e/http_client.h"

#include <curl/curl.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "platform/status/status.h"

namespace corridor::e2e {
namespace {

size_t AppendBody(const char* data, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

size_t AddHeader(const char* data, size_t size, size_t count, void* out) {
  const std::string_view line(data, size * count);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  const std::string name(line.substr(0, colon)), value(line.substr(colon + 1));
  static_cast<HttpResponse*>(out)->headers.emplace(absl::AsciiStrToLower(name),
                                                   absl::StripAsciiWhitespace(value));
  return line.size();
}

}  // namespace

std::string HttpResponse::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

struct HttpClient::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient(std::string origin, absl::Duration limit)
    : origin_(std::move(origin)), limit_(limit), handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

HttpResponse HttpClient::Send(const HttpRequest& request) {
  CURL* curl = handle_->curl;
  HttpResponse response;
  curl_slist* headers = nullptr;
  for (const std::string& header : request.headers) {
    headers = curl_slist_append(headers, header.c_str());
  }
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, origin_.c_str());
  curl_easy_setopt(curl, CURLOPT_REQUEST_TARGET, request.target.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.verb.c_str());
  curl_easy_setopt(curl, CURLOPT_NOBODY, request.verb == "HEAD" ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(limit_)));
  if (!request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &AddHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &response);

  const absl::Time start = absl::Now();
  const CURLcode code = curl_easy_perform(curl);
  response.took = absl::Now() - start;
  curl_slist_free_all(headers);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  if (code != CURLE_OK) response.transport_error = curl_easy_strerror(code);
  return response;
}

HttpResponse HttpClient::Get(std::string_view target) {
  HttpRequest request;
  request.target = std::string(target);
  return Send(request);
}

HttpResponse HttpClient::SendJson(std::string_view verb, std::string_view target,
                                  std::string_view json) {
  HttpRequest request;
  request.verb = std::string(verb);
  request.target = std::string(target);
  request.headers = {"Content-Type: application/json"};
  request.body = std::string(json);
  return Send(request);
}

void ParseAnswer(const HttpResponse& response, google::protobuf::Message& message) {
  ASSERT_EQ(response.status, 200) << response.transport_error << response.body;
  const auto parsed = google::protobuf::util::JsonStringToMessage(response.body, &message);
  ASSERT_TRUE(parsed.ok()) << "no " << message.GetTypeName() << ": " << parsed.ToString() << "\n"
                           << response.body;
}

absl::Status ErrorOf(const HttpResponse& response) {
  google::protobuf::Struct body;
  if (!google::protobuf::util::JsonStringToMessage(response.body, &body).ok() ||
      !body.fields().contains("error")) {
    ADD_FAILURE() << "no error in: " << response.status << " " << response.transport_error
                  << response.body;
    return absl::UnknownError("no error object");
  }
  const google::protobuf::Struct& error = body.fields().at("error").struct_value();
  EXPECT_EQ(error.fields().at("code").number_value(), response.status) << response.body;

  std::string json;
  google::rpc::Status status;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // `status` is no field of google.rpc.Status.
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(error, &json).ok());
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &status, options).ok())
      << response.body;
  google::rpc::Code code = google::rpc::UNKNOWN;
  EXPECT_TRUE(google::rpc::Code_Parse(error.fields().at("status").string_value(), &code))
      << response.body;
  status.set_code(code);
  return FromRpcStatus(status);
}

std::string ErrorMetadata(const absl::Status& error, const std::string& key) {
  google::rpc::ErrorInfo info;
  const auto payload = error.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  if (!payload || !info.ParseFromString(std::string(*payload))) return "";
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? "" : found->second;
}

}  // namespace corridor::e2e
