// The rules, each with the reason that its error carries.
#include "gateway/http/http1_rules.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/refusals.h"

namespace corridor::gateway {
namespace {

using Verdict = std::optional<HttpError>;

HttpError Refuse(std::string reason, std::string message, int status = 400) {
  return HttpError{status, std::move(reason), std::move(message), {}};
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!IsTokenChar(c)) return false;
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Verdict CheckControls(std::string_view head) {
  for (size_t i = 0; i < head.size(); ++i) {
    const auto byte = static_cast<unsigned char>(head[i]);
    if (byte == '\r') {
      if (i + 1 == head.size() || head[i + 1] != '\n') {
        return Refuse("BARE_CARRIAGE_RETURN", "a carriage return in the head ends no line");
      }
      ++i;
    } else if (byte == '\n') {
      return Refuse("BARE_NEWLINE", "lines of the head must end with CR LF");
    } else if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      return Refuse("CONTROL_CHARACTER", "the head holds a control character");
    }
  }
  return std::nullopt;
}

// Sets the others.
Verdict CheckRequestLine(std::string_view line, bool& is_http11, std::string_view& target) {
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || method_end + 1 >= target_end ||
      !IsToken(line.substr(0, method_end))) {
    return Refuse("BAD_REQUEST_LINE", "the request line must be: method, target, HTTP version");
  }
  const std::string_view version = line.substr(target_end + 1);
  is_http11 = version == "HTTP/1.1";
  if (!is_http11 && version != "HTTP/1.0") {
    if (!absl::StartsWith(View(version), "HTTP/")) {
      return Refuse("BAD_REQUEST_LINE", "the request line must end with the HTTP version");
    }
    return Refuse("HTTP_VERSION", "only HTTP/1.1 and HTTP/1.0 are spoken here", 505);
  }
  target = line.substr(method_end + 1, target_end - method_end - 1);
  return CheckTarget(line.substr(0, method_end), target);
}

// An absolute target names a host, too: two readers could each follow another one.
Verdict CheckAuthority(std::string_view target, std::string_view host) {
  constexpr std::string_view kScheme = "http://";
  if (!absl::StartsWithIgnoreCase(View(target), View(kScheme))) return std::nullopt;
  target.remove_prefix(kScheme.size());
  const std::string_view authority = target.substr(0, target.find_first_of("/?"));
  if (absl::EqualsIgnoreCase(View(authority), View(host))) return std::nullopt;
  return Refuse("TWO_HOSTS", absl::StrCat("the request target's host \"", View(authority),
                                          "\" is not Host: \"", View(host), "\""));
}

Verdict CheckContentLength(std::string_view value) {
  const bool digits = !value.empty() && value.size() <= 18 &&
                      value.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits) return std::nullopt;
  return Refuse("BAD_CONTENT_LENGTH",
                absl::StrCat("Content-Length: \"", View(value), "\" is not one decimal number"));
}

// Headers whose meaning would depend on which of two a reader takes.
struct SingleHeaders {
  int host = 0;
  std::string_view host_value;
  int content_length = 0;
  int transfer_encoding = 0;
  int content_type = 0;
  int origin = 0;
};

Verdict CheckFieldName(std::string_view line) {
  if (!line.empty() && (line[0] == ' ' || line[0] == '\t')) {
    return Refuse("FOLDED_HEADER", "a header is folded over several lines");
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse("BAD_HEADER", "a header line is not: name, colon, value");
  }
  return std::nullopt;
}

Verdict CheckField(std::string_view line, bool is_http11, SingleHeaders& seen) {
  if (Verdict verdict = CheckFieldName(line)) return verdict;
  const size_t colon = line.find(':');
  const absl::string_view name = View(line.substr(0, colon));
  const std::string_view value = Trim(line.substr(colon + 1));
  int repeats = 1;
  Verdict verdict;
  if (absl::EqualsIgnoreCase(name, "host")) {
    repeats = ++seen.host;
    seen.host_value = value;
    verdict = CheckHost(value);
  } else if (absl::EqualsIgnoreCase(name, "content-length")) {
    repeats = ++seen.content_length;
    verdict = CheckContentLength(value);
  } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
    repeats = ++seen.transfer_encoding;
    if (!is_http11 || !absl::EqualsIgnoreCase(View(value), "chunked")) {
      verdict = Refuse("BAD_TRANSFER_ENCODING",
                       absl::StrCat("Transfer-Encoding: \"", View(value),
                                    "\" is not exactly \"chunked\" on HTTP/1.1"));
    }
  } else if (absl::EqualsIgnoreCase(name, "content-type")) {
    repeats = ++seen.content_type;
  } else if (absl::EqualsIgnoreCase(name, "origin")) {
    repeats = ++seen.origin;
  }
  if (repeats > 1) {
    return RepeatedHeader(line.substr(0, colon));
  }
  return verdict;
}

}  // namespace

void ScanHead(std::string_view bytes, HeadScan& scan) {
  size_t newline = scan.scanned;
  while ((newline = bytes.find('\n', newline)) != std::string_view::npos) {
    if (newline == 0 || bytes[newline - 1] != '\r') {
      scan.bare_newline = true;
      return;
    }
    if (newline >= 3 && bytes.substr(newline - 3, 4) == "\r\n\r\n") {
      scan.end = newline + 1;
      return;
    }
    ++newline;
  }
  scan.scanned = bytes.size();
}

Verdict CheckHead(std::string_view head) {
  if (Verdict verdict = CheckControls(head)) return verdict;
  size_t end = head.find("\r\n");
  if (end == std::string_view::npos) {
    return Refuse("BAD_REQUEST_LINE", "the request line does not end");
  }
  bool is_http11 = false;
  std::string_view target;
  if (Verdict verdict = CheckRequestLine(head.substr(0, end), is_http11, target)) return verdict;

  SingleHeaders seen;
  for (size_t lines = 0;; ++lines) {
    const size_t begin = end + 2;
    end = head.find("\r\n", begin);
    if (end == std::string_view::npos) return Refuse("BAD_HEADER", "the head does not end");
    if (end == begin) break;
    if (lines == kMaxHeaderLines) {
      return TooManyHeaders(kMaxHeaderLines);
    }
    if (Verdict verdict = CheckField(head.substr(begin, end - begin), is_http11, seen)) {
      return verdict;
    }
  }
  if (seen.host == 0) return NoHost();
  if (Verdict verdict = CheckAuthority(target, seen.host_value)) return verdict;
  if (seen.content_length > 0 && seen.transfer_encoding > 0) {
    return Refuse("TWO_LENGTHS", "Content-Length and Transfer-Encoding exclude each other");
  }
  return std::nullopt;
}

Verdict CheckChunkExtension(std::string_view extension) {
  if (extension.size() > kMaxChunkExtensionBytes) {
    return Refuse("CHUNK_EXTENSION", absl::StrCat("a chunk extension is longer than ",
                                                  kMaxChunkExtensionBytes, " bytes"));
  }
  return CheckControls(extension);
}

Verdict CheckTrailer(std::string_view line) {
  if (Verdict verdict = CheckControls(line)) return verdict;
  return CheckFieldName(line);
}

Verdict CheckTarget(std::string_view method, std::string_view target) {
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x21 || byte > 0x7E || c == '#') {
      return Refuse("BAD_TARGET",
                    "the request target holds a space, a '#', a control character or a byte above "
                    "0x7E; percent-encode it");
    }
  }
  if (target[0] == '/' || absl::StartsWithIgnoreCase(View(target), "http://")) return std::nullopt;
  if (target == "*" && method == "OPTIONS") return std::nullopt;
  return Refuse("BAD_TARGET", "the request target must begin with '/'");
}

Verdict CheckHost(std::string_view host) {
  for (const char c : host) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("-._:[]%").find(c) == std::string_view::npos) {
      return Refuse("BAD_HOST", absl::StrCat("Host: \"", View(host), "\" is not a host and port"));
    }
  }
  if (host.empty()) return Refuse("BAD_HOST", "Host is empty");
  return std::nullopt;
}

bool ExpectsContinue(const HttpRequest& head) {
  const std::string* expect = FindHeader(head.headers, "expect");
  return expect != nullptr && absl::EqualsIgnoreCase(*expect, "100-continue");
}

Verdict CheckExpectation(const HttpRequest& head) {
  if (FindHeader(head.headers, "expect") == nullptr || ExpectsContinue(head)) return std::nullopt;
  return Refuse("EXPECTATION", "the only expectation known here is 100-continue", 417);
}

}  // namespace corridor::gateway
