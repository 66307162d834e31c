#include "gateway/response_cache/rendered.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/conditions.h"

namespace corridor::gateway {
namespace {

// Headers by which answers of one address differ.
constexpr char kVary[] = "accept-encoding, corridor-fields, corridor-json";
// Kept by whom it may concern, and asked about each time: it costs little, and is never wrong.
constexpr char kCacheControl[] = "no-cache";
constexpr size_t kTagBytes = 16;
// Beside the text: nodes, pointers, variants.
constexpr size_t kOverheadBytes = 512;

std::string TagOf(std::string_view body) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest);
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(digest), kTagBytes));
}

size_t BytesOf(const HttpHeaders& headers) {
  size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size();
  return bytes;
}

bool IsOfTheBody(std::string_view name) {
  return name == "content-type" || name == "content-encoding" || name == "accept-ranges" ||
         name == "x-content-type-options";
}

HttpHeaders With(HttpHeaders headers, const char* name, std::string_view value) {
  headers.emplace_back(name, value);
  return headers;
}

// Of an answer that the gateway makes: it is as good as just made.
HttpHeaders ByGateway(HttpHeaders headers) {
  return With(With(std::move(headers), "age", "0"), kCacheHeader, kByGateway);
}

HttpHeaders WithoutBody(const HttpHeaders& headers) {
  HttpHeaders rest;
  for (const auto& header : headers) {
    if (!IsOfTheBody(header.first)) rest.push_back(header);
  }
  return rest;
}

}  // namespace

Rendered::Rendered(Content content)
    : content_(std::move(content)),
      tag_(TagOf(content_.body)),
      bytes_(kOverheadBytes + content_.body.size() + BytesOf(content_.headers)) {
  if (const std::string* type = FindHeader(content_.headers, "content-type")) type_ = *type;
}

const Rendered::Variant& Rendered::As(Coding coding) const {
  const Variant* made = ready_[static_cast<size_t>(coding)].load(std::memory_order_acquire);
  return made == nullptr ? Make(coding) : *made;
}

const Rendered::Variant& Rendered::Make(Coding coding) const {
  const std::lock_guard lock(mutex_);
  std::atomic<const Variant*>& ready = ready_[static_cast<size_t>(coding)];
  if (const Variant* made = ready.load(std::memory_order_acquire)) return *made;
  std::optional<std::string> shorter;
  if (coding != Coding::kIdentity) shorter = Compress(content_.body, coding);

  HttpHeaders headers = content_.headers;
  std::string etag = absl::StrCat("\"", tag_, "\"");
  if (shorter) {
    const std::string name(NameOf(coding));
    etag = absl::StrCat("\"", tag_, "-", name, "\"");
    headers.emplace_back("content-encoding", name);
  }
  headers.emplace_back("etag", etag);
  headers.emplace_back("cache-control", kCacheControl);
  headers.emplace_back("vary", kVary);
  headers.emplace_back("accept-ranges", "bytes");
  SharedAnswer whole(ByGateway(headers), shorter ? *std::move(shorter) : content_.body);
  SharedAnswer unchanged(ByGateway(WithoutBody(headers)), "");
  bytes_.fetch_add(whole.body.size() + 5 * BytesOf(headers), std::memory_order_relaxed);
  variants_.push_back(std::make_unique<const Variant>(
      Variant{std::move(etag), std::move(headers), std::move(whole), std::move(unchanged)}));
  ready.store(variants_.back().get(), std::memory_order_release);
  return *variants_.back();
}

HttpResponse AnswerWith(const std::shared_ptr<const Rendered>& rendered, const HttpRequest& request,
                        const AskedForm& form, std::string_view by) {
  const Rendered::Content& content = rendered->content();
  Coding coding = Coding::kIdentity;
  if (form.accept_encoding != nullptr) {
    coding = ChooseCoding(AcceptedCodings(form.accept_encoding), rendered->content_type(),
                          content.body.size());
  }
  const Rendered::Variant& variant = rendered->As(coding);
  const bool is_ours = by == kByGateway;
  HttpResponse response;
  if (form.if_none_match != nullptr && NamesTag(*form.if_none_match, variant.etag)) {
    response.status = 304;
    response.headers.reserve(4);
    if (is_ours) {
      response.shared = {rendered, &variant.unchanged};
    } else {
      response.headers = With(WithoutBody(variant.headers), kCacheHeader, by);
    }
    return response;
  }
  if (form.range != nullptr && request.method == "GET") {
    const AskedRange range =
        ReadRange(form.range, form.if_range, variant.etag, variant.whole.body.size());
    if (range.kind != RangeKind::kWhole) {
      return PartOf(variant.whole.body, range, With(variant.headers, kCacheHeader, by));
    }
  }
  if (is_ours) {
    // What the connection and the call add finds room at once.
    response.headers.reserve(4);
    response.shared = {rendered, &variant.whole};
    return response;
  }
  response.headers = With(variant.headers, kCacheHeader, by);
  response.body = variant.whole.body;
  return response;
}

}  // namespace corridor::gateway
