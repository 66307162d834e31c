// What is the same in every answer is made once, at the start: tags and headers.
#include "gateway/explorer/static_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/http/http_error.h"
#include "platform/text/fnv.h"

namespace corridor::gateway {
namespace {

constexpr char kIndex[] = "index.html";
constexpr char kFolder[] = "/explorer/";
constexpr char kAllow[] = "GET, HEAD";
// Nothing but what this origin serves: no inline script or style, no frame around the page.
constexpr char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string PathOf(std::string_view name) {
  return name == kIndex ? "/" : absl::StrCat(kFolder, std::string(name));
}

std::string ContentTypeOf(const std::string& path) {
  if (absl::EndsWith(path, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(path, ".js")) return "text/javascript; charset=utf-8";
  return "text/html; charset=utf-8";
}

HttpHeaders HeadersOf(const std::string& path, const std::string& etag) {
  return {
      {"content-type", ContentTypeOf(path)}, {"etag", etag},
      {"cache-control", "no-cache"},         {"content-security-policy", kContentSecurityPolicy},
      {"x-content-type-options", "nosniff"}, {"referrer-policy", "no-referrer"}};
}

// RFC 9110, 13.1.2: compared weakly. No tag of ours has a comma.
bool Names(const std::string& if_none_match, const std::string& etag) {
  const std::vector<std::string> tags = absl::StrSplit(if_none_match, ',');
  return std::any_of(tags.begin(), tags.end(), [&etag](const std::string& tag) {
    const absl::string_view bare = absl::StripAsciiWhitespace(tag);
    return bare == "*" || absl::StripPrefix(bare, "W/") == etag;
  });
}

bool HasCurrent(const HttpRequest& request, const std::string& etag) {
  const std::string* held = FindHeader(request.headers, "if-none-match");
  return held != nullptr && Names(*held, etag);
}

HttpResponse WrongVerb(const HttpRequest& request) {
  HttpResponse response =
      ErrorResponse({405,
                     "METHOD_NOT_ALLOWED",
                     absl::StrCat(request.path, " has no ", request.method, "; it has ", kAllow),
                     {{"allow", kAllow}}});
  response.headers.emplace_back("allow", kAllow);
  return response;
}

}  // namespace

StaticFiles::StaticFiles(const std::vector<EmbeddedFile>& files, Dialect& others)
    : others_(others) {
  for (const auto& [name, contents] : files) {
    const std::string path = PathOf(name);
    const std::string etag = absl::StrFormat("\"%016x\"", Fnv1a(contents));
    by_path_[path] = {contents, etag, HeadersOf(path, etag)};
  }
}

void StaticFiles::Serve(const std::shared_ptr<Call>& call) {
  const HttpRequest& request = call->request();
  const auto file = by_path_.find(request.path);
  if (file == by_path_.end()) return others_.Serve(call);
  if (request.method != "GET" && request.method != "HEAD") {
    return call->Answer(WrongVerb(request), CodeNameOf(405));
  }
  call->set_route(request.method, file->first);
  Answer(*call, file->second);
}

void StaticFiles::Answer(Call& call, const File& file) const {
  HttpResponse response;
  response.headers = file.headers;
  if (HasCurrent(call.request(), file.etag)) {
    response.status = 304;
  } else {
    response.body = std::string(file.contents);
  }
  call.Answer(std::move(response), "OK");
}

}  // namespace corridor::gateway
