// Any bytes as a connection's input, requests one after another: the parser must end, keep its
// limits, and make the same of them in one piece and byte by byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/http1_parser.h"

namespace {

using namespace corridor::gateway;
using Event = Http1Parser::Event;

constexpr Http1Parser::Limits kLimits{.head_bytes = 2048, .body_bytes = 1024};

struct Outcome {
  std::vector<std::string> requests;
  int error = 0;
  bool operator==(const Outcome&) const = default;
};

std::string Describe(const HttpRequest& request) {
  std::string text = request.method + " " + request.path + "?" + request.query + "\n";
  for (const auto& [name, value] : request.headers) text += name + ":" + value + "\n";
  return text + request.body;
}

Outcome Parse(std::string_view wire, size_t piece) {
  Http1Parser parser(kLimits);
  Outcome outcome;
  std::string pending;
  while (true) {
    size_t consumed = 0;
    const Event event = parser.Feed(pending, consumed);
    if (consumed > pending.size()) abort();
    pending.erase(0, consumed);
    if (event == Event::kError) {
      outcome.error = parser.error().status;
      return outcome;
    }
    if (event == Event::kComplete) {
      if (parser.request().body.size() > kLimits.body_bytes) abort();
      if (FindHeader(parser.request().headers, "host") == nullptr) abort();
      outcome.requests.push_back(Describe(parser.request()));
      parser.Reset();
    }
    if (event != Event::kNeedMore) continue;
    if (wire.empty()) return outcome;
    pending += wire.substr(0, piece);
    wire.remove_prefix(std::min(piece, wire.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 16 << 10) return 0;
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const Outcome whole = Parse(wire, wire.size() + 1);
  const Outcome stepwise = Parse(wire, 1);
  if (whole.requests != stepwise.requests) abort();
  if ((whole.error == 0) != (stepwise.error == 0)) abort();
  return 0;
}
