#include "gateway/http/accepted_codings.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "gateway/http/message.h"

namespace corridor::gateway {
namespace {

constexpr int kMost = 1000;

// Takes what comes before the next `end`, without the spaces around it.
absl::string_view TakeUntil(char end, absl::string_view& text) {
  const size_t size = std::min(text.find(end), text.size());
  const absl::string_view part = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return absl::StripAsciiWhitespace(part);
}

// Of `;q=0.25`, which has at most three digits after the point.
int ReadWeight(absl::string_view parameters) {
  while (!parameters.empty()) {
    absl::string_view parameter = TakeUntil(';', parameters);
    if (!absl::ConsumePrefix(&parameter, "q=") && !absl::ConsumePrefix(&parameter, "Q=")) continue;
    if (!absl::StartsWith(parameter, "0")) return kMost;
    int weight = 0;
    int place = kMost / 10;
    for (const char digit : parameter.substr(std::min<size_t>(2, parameter.size()))) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) break;
      weight += (digit - '0') * place;
      place /= 10;
    }
    return weight;
  }
  return kMost;
}

}  // namespace

AcceptedCodings::AcceptedCodings(const HttpHeaders& headers)
    : text_(FindHeader(headers, "accept-encoding")) {}

int AcceptedCodings::Weight(std::string_view coding) const {
  if (text_ == nullptr) return kMost;
  const absl::string_view wanted(coding.data(), coding.size());
  std::optional<int> of_others;
  absl::string_view rest = *text_;
  while (!rest.empty()) {
    absl::string_view item = TakeUntil(',', rest);
    const absl::string_view name = TakeUntil(';', item);
    if (absl::EqualsIgnoreCase(name, wanted)) return ReadWeight(item);
    if (name == "*") of_others = ReadWeight(item);
  }
  if (of_others) return *of_others;
  // Nobody has to ask for it, and everybody would rather have what they asked for.
  return wanted == "identity" ? 1 : 0;
}

}  // namespace corridor::gateway
