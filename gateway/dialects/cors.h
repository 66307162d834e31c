// Pages from elsewhere (Fetch, 3.2: CORS): which of them a browser lets read what the gateway
// answers. Without credentials: nothing here goes by cookies.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/dialects/dialect.h"
#include "gateway/transcoding/transcoder.h"

namespace corridor::gateway {

// The origins whose pages may read. Immutable.
class CorsOrigins {
 public:
  CorsOrigins() = default;
  // `text` is a list, separated by commas, of origins as browsers send them (`https://app.example`,
  // `http://localhost:3000`), or `*` for all; may be empty. Errors: INVALID_ARGUMENT naming the
  // option and the origin that is none.
  static absl::StatusOr<CorsOrigins> Parse(std::string_view text);

  bool are_none() const { return !are_all_ && names_.empty(); }
  bool are_all() const { return are_all_; }
  bool Have(std::string_view origin) const;

 private:
  bool are_all_ = false;
  std::vector<std::string> names_;
};

// Answers preflights of pages that may read, and marks every other answer with who may read it.
// Those that may not get what clients get that are no page, and their browser keeps it from them.
//
// A page that is listed by its origin may also write (KnownHosts is given the same list); `*` lets
// all read and none write.
class Cors : public Dialect {
 public:
  // All outlive it.
  Cors(const CorsOrigins& origins, const Transcoder& transcoder, Dialect& inner)
      : origins_(origins), transcoder_(transcoder), inner_(inner) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override {
    return inner_.TakesBodyAsItComes(head);
  }
  void Serve(const std::shared_ptr<Call>& call) override;
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override;

 private:
  // Of an answer to this request that is no preflight's.
  HttpHeaders HeadersFor(const HttpRequest& request) const;
  bool IsPreflight(const HttpRequest& request) const;
  HttpResponse Preflight(const HttpRequest& request) const;

  const CorsOrigins& origins_;
  const Transcoder& transcoder_;
  Dialect& inner_;
};

}  // namespace corridor::gateway
