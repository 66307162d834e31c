// What is the same in every answer is made once, at the start: tags and headers.
#include "gateway/explorer/static_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "gateway/http/accepted_codings.h"
#include "gateway/http/conditions.h"
#include "gateway/http/http_error.h"
#include "platform/text/fnv.h"

namespace corridor::gateway {
namespace {

constexpr char kIndex[] = "index.html";
constexpr char kGzipEnd[] = ".gz";
constexpr char kAllow[] = "GET, HEAD";
// Nothing but what this origin serves: no inline script or style, no frame around the page.
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string ContentTypeOf(const std::string& path) {
  if (absl::EndsWith(path, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(path, ".js")) return "text/javascript; charset=utf-8";
  if (absl::EndsWith(path, ".json")) return "application/json";
  if (absl::EndsWith(path, ".txt")) return "text/plain; charset=utf-8";
  return "text/html; charset=utf-8";
}

HttpHeaders HeadersOf(const std::string& path, const std::string& etag) {
  return {{"content-type", ContentTypeOf(path)},
          {"etag", etag},
          {"cache-control", "no-cache"},
          {"content-security-policy", kContentSecurityPolicy},
          {"x-content-type-options", "nosniff"},
          {"referrer-policy", "no-referrer"},
          {"accept-ranges", "bytes"}};
}

// A packed file is served under the name that it had before.
std::string AddressOf(const StaticSite& site, const EmbeddedFile& file) {
  absl::string_view name(file.name.data(), file.name.size());
  absl::ConsumeSuffix(&name, kGzipEnd);
  return name == kIndex ? site.page : absl::StrCat(site.folder, name);
}

HttpError OnlyAsGzip(const HttpRequest& request) {
  return {
      406,
      "NOT_ACCEPTABLE",
      absl::StrCat(request.path, " is served as gzip, which the header Accept-Encoding leaves out"),
      {{"acceptEncoding", "gzip"}}};
}

}  // namespace

std::vector<std::string> AddressesOf(const std::vector<StaticSite>& sites) {
  std::vector<std::string> addresses;
  for (const StaticSite& site : sites) {
    if (!site.page.empty()) {
      addresses.push_back(site.page);
      continue;
    }
    for (const EmbeddedFile& file : site.files) {
      std::string address = AddressOf(site, file);
      const bool is_known =
          std::find(addresses.begin(), addresses.end(), address) != addresses.end();
      if (!is_known) addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

StaticFiles::StaticFiles(const std::vector<StaticSite>& sites, Dialect& others) : others_(others) {
  for (const StaticSite& site : sites) {
    for (const EmbeddedFile& file : site.files) Add(site, file);
  }
  for (auto& [path, file] : by_path_) {
    if (!file.gzip) continue;
    for (std::optional<Form>* form : {&file.plain, &file.gzip}) {
      if (*form) (*form)->headers.emplace_back("vary", "accept-encoding");
    }
  }
}

void StaticFiles::Add(const StaticSite& site, const EmbeddedFile& file) {
  const bool is_gzip = absl::EndsWith({file.name.data(), file.name.size()}, kGzipEnd);
  const std::string path = AddressOf(site, file);
  const std::string etag = absl::StrFormat("\"%016x\"", Fnv1a(file.contents));
  HttpHeaders headers = HeadersOf(path, etag);
  if (is_gzip) headers.emplace_back("content-encoding", "gzip");
  File& forms = by_path_[path];
  (is_gzip ? forms.gzip : forms.plain) = {file.contents, etag, std::move(headers)};
}

const StaticFiles::Form* StaticFiles::FormFor(const HttpHeaders& headers, const File& file) {
  if (!file.gzip) return &*file.plain;
  const AcceptedCodings accepted(headers);
  const int weight = accepted.Weight("gzip");
  if (!file.plain) return weight > 0 ? &*file.gzip : nullptr;
  const bool prefers_gzip =
      !accepted.is_silent() && weight > 0 && weight >= accepted.Weight("identity");
  return prefers_gzip ? &*file.gzip : &*file.plain;
}

void StaticFiles::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  const auto file = by_path_.find(request.path);
  if (file == by_path_.end()) return others_.Serve(call);
  if (request.method != "GET" && request.method != "HEAD") {
    return Refuse(*call, WrongVerb(request, kAllow), {{"allow", kAllow}});
  }
  call->set_route(request.method, file->first);
  const Form* const form = FormFor(request.headers, file->second);
  if (form == nullptr) return Refuse(*call, OnlyAsGzip(request));
  Answer(*call, *form);
}

void StaticFiles::Answer(Call& call, const Form& form) {
  const HttpRequest& request = call.request();
  HttpResponse response;
  response.headers = form.headers;
  const std::string* held = FindHeader(request.headers, "if-none-match");
  if (held != nullptr && NamesTag(*held, form.etag)) {
    response.status = 304;
    return call.Answer(std::move(response), "OK");
  }
  if (request.method == "GET") {
    const AskedRange range =
        ReadRange(FindHeader(request.headers, "range"), FindHeader(request.headers, "if-range"),
                  form.etag, form.contents.size());
    if (range.kind != RangeKind::kWhole) {
      response = PartOf(form.contents, range, std::move(response.headers));
      const std::string_view code = CodeNameOf(response.status);
      return call.Answer(std::move(response), code);
    }
  }
  response.body = std::string(form.contents);
  call.Answer(std::move(response), "OK");
}

}  // namespace corridor::gateway
