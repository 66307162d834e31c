// Our rules, then Beast's parser for the head, which writes straight into our message, then the
// body.
#include "gateway/http/http1_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/chunked_body.h"
#include "gateway/http/http1_rules.h"
#include "gateway/http/refusals.h"

namespace corridor::gateway {
namespace {

namespace beast = boost::beast;

// A body's memory is taken as it comes, not as it is announced.
constexpr size_t kMostReservedAhead = 256 << 10;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// `http://host/path?query` means its path and query here; the Host header is what counts.
std::string_view WithoutAuthority(std::string_view target) {
  if (target[0] == '/' || target == "*") return target;
  const size_t path = target.find_first_of("/?", std::string_view("http://").size());
  return path == std::string_view::npos ? "/" : target.substr(path);
}

// Reads a head; the body is read here.
class HeadParser : public beast::http::basic_parser<true> {
 public:
  HeadParser(HttpRequest& request, const Http1Parser::Limits& limits) : request_(request) {
    header_limit(static_cast<std::uint32_t>(limits.head_bytes + 1));
    skip(true);
  }

  bool is_1_1() const { return version_ >= 11; }

 private:
  using Code = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, Code&) override {
    version_ = version;
    request_.method = View(method);
    SplitTarget(WithoutAuthority(View(target)), request_);
    if (request_.path.empty()) request_.path = "/";
  }
  void on_response_impl(int, beast::string_view, int, Code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     Code&) override {
    request_.headers.emplace_back(absl::AsciiStrToLower({name.data(), name.size()}), View(value));
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(beast::string_view, Code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, Code&) override { return 0; }
  void on_finish_impl(Code&) override {}

  HttpRequest& request_;
  int version_ = 0;  // 10 for HTTP/1.0, 11 for HTTP/1.1.
};

}  // namespace

struct Http1Parser::State {
  explicit State(const Limits& l) : limits(l) {}

  Event Fail(HttpError e) {
    error = std::move(e);
    return Event::kError;
  }

  Event FeedHead(std::string_view bytes, size_t& consumed) {
    // An empty line before a request is ignored, as RFC 9112 asks.
    if (scan.scanned == 0) {
      while (bytes.substr(consumed, 2) == "\r\n") consumed += 2;
      bytes.remove_prefix(consumed);
      if (bytes == "\r") return Event::kNeedMore;
    }
    has_bytes = !bytes.empty();
    ScanHead(bytes, scan);
    if (scan.bare_newline) {
      return Fail({400, "BARE_NEWLINE", "lines of the head must end with CR LF", {}});
    }
    if (scan.end > limits.head_bytes || (scan.end == 0 && bytes.size() >= limits.head_bytes)) {
      return Fail(HeadTooLarge(limits.head_bytes));
    }
    if (scan.end == 0) return Event::kNeedMore;

    const std::string_view head = bytes.substr(0, scan.end);
    if (std::optional<HttpError> refused = CheckHead(head)) return Fail(*std::move(refused));
    parser.emplace(request, limits);
    beast::error_code code;
    const size_t used = parser->put(boost::asio::buffer(head.data(), head.size()), code);
    if (code || used != head.size() || !parser->is_done()) {
      return Fail({400, "MALFORMED_HTTP", absl::StrCat("malformed HTTP: ", code.message()), {}});
    }
    consumed += used;
    request.wire_bytes += used;
    return BeginBody();
  }

  // CheckHead() has left at most one length, and that well-formed.
  Event BeginBody() {
    if (FindHeader(request.headers, "transfer-encoding") != nullptr) {
      chunked.emplace(limits.body_bytes, limits.head_bytes);
    } else if (const std::string* length = FindHeader(request.headers, "content-length")) {
      if (!absl::SimpleAtoi(*length, &length_left)) return Fail(BodyTooLarge(limits.body_bytes));
    }
    if (!chunked && length_left == 0) return Event::kComplete;
    if (std::optional<HttpError> refused = CheckExpectation(request)) {
      return Fail(*std::move(refused));
    }
    expects_continue = ExpectsContinue(request);
    return Event::kHead;
  }

  Event FeedBody(std::string_view bytes, size_t& consumed) {
    std::string& body = is_streamed ? streamed : request.body;
    if (chunked) {
      const ChunkedBody::Event event = chunked->Feed(bytes, consumed, body);
      request.wire_bytes += consumed;
      if (event == ChunkedBody::Event::kError) return Fail(chunked->error());
      return event == ChunkedBody::Event::kComplete ? Event::kComplete : Event::kNeedMore;
    }
    if (!is_streamed && length_left > limits.body_bytes - body.size()) {
      return Fail(BodyTooLarge(limits.body_bytes));
    }
    if (!is_streamed && body.empty()) body.reserve(std::min(length_left, kMostReservedAhead));
    consumed = std::min(length_left, bytes.size());
    body.append(bytes.substr(0, consumed));
    request.wire_bytes += consumed;
    length_left -= consumed;
    return length_left == 0 ? Event::kComplete : Event::kNeedMore;
  }

  const Limits limits;
  HttpRequest request;
  HttpError error;
  HeadScan scan;
  std::optional<HeadParser> parser;  // From the end of the head on.
  std::optional<ChunkedBody> chunked;
  size_t length_left = 0;
  bool is_streamed = false;
  std::string streamed;
  bool has_bytes = false;
  bool expects_continue = false;
};

Http1Parser::Http1Parser(const Limits& limits) : state_(std::make_unique<State>(limits)) {}
Http1Parser::~Http1Parser() = default;

Http1Parser::Event Http1Parser::Feed(std::string_view bytes, size_t& consumed) {
  consumed = 0;
  return state_->parser ? state_->FeedBody(bytes, consumed) : state_->FeedHead(bytes, consumed);
}

void Http1Parser::StreamBody() {
  state_->is_streamed = true;
  if (state_->chunked) state_->chunked.emplace(SIZE_MAX, state_->limits.head_bytes);
}

std::string Http1Parser::TakeBody() { return std::exchange(state_->streamed, {}); }

void Http1Parser::Reset() {
  state_->is_streamed = false;
  state_->streamed.clear();
  state_->request = HttpRequest();
  state_->scan = HeadScan();
  state_->parser.reset();
  state_->chunked.reset();
  state_->length_left = 0;
  state_->has_bytes = false;
  state_->expects_continue = false;
}

bool Http1Parser::started() const { return state_->has_bytes; }
bool Http1Parser::expects_continue() const { return state_->expects_continue; }
bool Http1Parser::keep_alive() const { return state_->parser && state_->parser->keep_alive(); }
bool Http1Parser::takes_chunks() const { return state_->parser && state_->parser->is_1_1(); }
HttpRequest& Http1Parser::request() { return state_->request; }
const HttpError& Http1Parser::error() const { return state_->error; }

}  // namespace corridor::gateway
