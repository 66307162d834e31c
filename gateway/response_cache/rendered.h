// One answer of REST, written out: kept, and sent to all who ask the same.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "gateway/http/message.h"
#include "gateway/response_cache/asked_form.h"
#include "gateway/response_cache/compression.h"
#include "gateway/response_cache/validity.h"

namespace corridor::gateway {

// Says in an answer who made it: `gateway`, `stale`, or what a service says of itself.
inline constexpr char kCacheHeader[] = "corridor-cache";

// What is made when it is first asked for. Thread-safe.
template <typename T>
class OnceMade {
 public:
  template <typename Make>
  const T& Get(std::mutex& mutex, Make make) {
    if (const T* const made = ready_.load(std::memory_order_acquire)) return *made;
    const std::lock_guard lock(mutex);
    if (made_ == nullptr) made_ = make();
    ready_.store(made_.get(), std::memory_order_release);
    return *made_;
  }

 private:
  std::atomic<const T*> ready_ = nullptr;
  std::unique_ptr<const T> made_;
};

// Thread-safe.
class Rendered {
 public:
  // What a service had, that the answer was read from.
  struct Source {
    std::string service;
    const Validity* validity;  // Null for a service whose commits are not followed.
    StorePoint point;
    std::vector<std::string> tags;  // As Validity has them.
    int64_t reached = 0;            // A version that the answer names, or that its store had.
  };
  struct Content {
    std::string route;    // Names the call in metrics and logs.
    HttpHeaders headers;  // Of the body: its type, `corridor-version`, ….
    std::string body;
    std::vector<Source> sources;
    absl::Time asked;     // When the services were, by the steady clock.
    absl::Time day_ends;  // Of the day for which questions without a day are answered.
  };
  explicit Rendered(Content content);
  Rendered(const Rendered&) = delete;
  Rendered& operator=(const Rendered&) = delete;

  const Content& content() const { return content_; }
  std::string_view content_type() const { return type_; }

  // Who sends the body of a 200, or that it is unchanged.
  enum class Sent { kPassedOn, kByGateway, kUnchangedByGateway };
  // The body in one content coding.
  class Variant {
   public:
    Variant(std::string_view body, std::string coded, std::string etag, HttpHeaders headers);
    std::string_view body() const { return body_; }
    const std::string& etag() const { return etag_; }        // Strong.
    const HttpHeaders& headers() const { return headers_; }  // Of a 200, without who answers it.

   private:
    friend class Rendered;

    const std::string coded_;
    const std::string_view body_;
    const std::string etag_;
    const HttpHeaders headers_;
    mutable std::array<OnceMade<SharedAnswer>, 3> sent_;  // By Sent.
  };
  // The variant is an identity's where the coding makes nothing shorter.
  const Variant& As(Coding coding) const;
  const SharedAnswer& Of(const Variant& variant, Sent sent) const;
  // Of memory, variants included.
  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<const Variant> MakeVariant(Coding coding) const;

  const Content content_;
  const std::string tag_;  // Of the body, without quotes.
  std::string_view type_;
  mutable std::mutex mutex_;  // Of what is made once.
  mutable std::array<OnceMade<Variant>, kCodings> variants_;
  mutable std::atomic<size_t> bytes_;
};

// The answer to a GET or HEAD of what is rendered, in the form that it asks for: 200, 304, 206 or
// 416. `by` goes into the header corridor-cache; what the gateway answers itself shares its body
// and headers.
HttpResponse AnswerWith(const std::shared_ptr<const Rendered>& rendered, const HttpRequest& request,
                        const AskedForm& form, std::string_view by);

// As who answers from what is kept.
inline constexpr char kByGateway[] = "gateway";

}  // namespace corridor::gateway
