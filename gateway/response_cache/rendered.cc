#include "gateway/response_cache/rendered.h"

#include <xxhash.h>

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
// Beside the text: nodes, pointers, variants.
constexpr size_t kOverheadBytes = 512;

// Every gateway makes the same tag of the same body.
std::string TagOf(std::string_view body) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(body.data(), body.size()));
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest));
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

Rendered::Variant::Variant(std::string_view body, std::string coded, std::string etag,
                           HttpHeaders headers)
    : coded_(std::move(coded)),
      body_(coded_.empty() ? body : coded_),
      etag_(std::move(etag)),
      headers_(std::move(headers)) {}

const Rendered::Variant& Rendered::As(Coding coding) const {
  return variants_[static_cast<size_t>(coding)].Get(mutex_, [&] { return MakeVariant(coding); });
}

std::unique_ptr<const Rendered::Variant> Rendered::MakeVariant(Coding coding) const {
  std::string coded;
  if (coding != Coding::kIdentity) coded = Compress(content_.body, coding).value_or("");
  HttpHeaders headers = content_.headers;
  std::string etag = absl::StrCat("\"", tag_, "\"");
  if (!coded.empty()) {
    const std::string name(NameOf(coding));
    etag = absl::StrCat("\"", tag_, "-", name, "\"");
    headers.emplace_back("content-encoding", name);
  }
  headers.emplace_back("etag", etag);
  headers.emplace_back("cache-control", kCacheControl);
  headers.emplace_back("vary", kVary);
  headers.emplace_back("accept-ranges", "bytes");
  bytes_.fetch_add(coded.size() + BytesOf(headers), std::memory_order_relaxed);
  return std::make_unique<const Variant>(content_.body, std::move(coded), std::move(etag),
                                         std::move(headers));
}

const SharedAnswer& Rendered::Of(const Variant& variant, Sent sent) const {
  return variant.sent_[static_cast<size_t>(sent)].Get(mutex_, [&] {
    const bool is_whole = sent != Sent::kUnchangedByGateway;
    HttpHeaders headers = is_whole ? variant.headers_ : WithoutBody(variant.headers_);
    if (sent != Sent::kPassedOn) headers = ByGateway(std::move(headers));
    bytes_.fetch_add(2 * BytesOf(headers), std::memory_order_relaxed);
    return std::make_unique<const SharedAnswer>(std::move(headers),
                                                is_whole ? variant.body_ : std::string_view());
  });
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
  response.headers.reserve(4);  // What the connection and the call add finds room at once.
  const auto send = [&](Rendered::Sent sent) {
    response.shared = {rendered, &rendered->Of(variant, sent)};
  };
  if (form.if_none_match != nullptr && NamesTag(*form.if_none_match, variant.etag())) {
    response.status = 304;
    if (is_ours) {
      send(Rendered::Sent::kUnchangedByGateway);
    } else {
      response.headers = With(WithoutBody(variant.headers()), kCacheHeader, by);
    }
    return response;
  }
  if (form.range != nullptr && request.method == "GET") {
    const AskedRange range =
        ReadRange(form.range, form.if_range, variant.etag(), variant.body().size());
    if (range.kind != RangeKind::kWhole) {
      return PartOf(variant.body(), range, With(variant.headers(), kCacheHeader, by));
    }
  }
  if (is_ours) {
    send(Rendered::Sent::kByGateway);
  } else {
    send(Rendered::Sent::kPassedOn);
    response.headers.emplace_back(kCacheHeader, by);
  }
  return response;
}

}  // namespace corridor::gateway
