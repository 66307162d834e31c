#include "platform/store/postgres_status.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"

namespace corridor::store {
namespace {

constexpr size_t kShownSqlBytes = 300;
constexpr size_t kSqlstateBytes = 5;
// Of a statement that was given too few parameters: a mistake of ours.
constexpr std::string_view kProtocolViolation = "08P01";

std::string OneLine(std::string_view message) {
  return absl::StrReplaceAll(
      absl::StripAsciiWhitespace(absl::string_view(message.data(), message.size())),
      {{"\r", ""}, {"\n\t", "; "}, {"\n", "; "}});
}

bool IsSqlstate(std::string_view text) {
  if (text.size() != kSqlstateBytes) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
        !absl::ascii_isupper(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return true;
}

// What an operator has to put right.
bool IsAboutAccess(std::string_view sqlstate) {
  return sqlstate.starts_with("28") || sqlstate == "3D000" || sqlstate == "3F000" ||
         sqlstate == "42501";
}

}  // namespace

absl::Status PostgresError(std::string_view sqlstate, std::string_view message,
                           std::string_view sql) {
  const std::string why = OneLine(message);
  const auto is_of = [sqlstate](std::string_view kind) { return sqlstate.starts_with(kind); };
  if (sqlstate == "57014") {
    return absl::DeadlineExceededError("the deadline passed while the store was asked");
  }
  if (sqlstate == "23505") return absl::AlreadyExistsError(why);
  if (sqlstate == "23503") return absl::FailedPreconditionError(why);
  if (sqlstate == "53100") {
    return ErrorWithReason(absl::StatusCode::kResourceExhausted, "DISK_FULL",
                           "the disk that holds the store is full");
  }
  if (sqlstate == "53200") {
    return absl::ResourceExhaustedError(absl::StrCat("the store is out of memory: ", why));
  }
  if (is_of("XX00") && sqlstate != "XX000") {
    return absl::DataLossError(absl::StrCat("the store is damaged: ", why));
  }
  if ((is_of("08") && sqlstate != kProtocolViolation) || is_of("40") || is_of("53") ||
      is_of("55") || is_of("57P") || is_of("58") || EndsPostgresConnection(sqlstate)) {
    return absl::UnavailableError(absl::StrCat("the store cannot answer now: ", why));
  }
  if (IsAboutAccess(sqlstate)) return absl::FailedPreconditionError(why);
  // A text that it cannot hold: with a NUL, or too long for a key.
  if (is_of("22021") || is_of("22P05") || is_of("54")) return absl::InvalidArgumentError(why);
  const std::string_view shown = sql.substr(0, kShownSqlBytes);
  return absl::InternalError(
      absl::StrCat(why, " in: ", absl::string_view(shown.data(), shown.size())));
}

absl::Status PostgresConnectError(std::string_view message) {
  // `…FATAL:  28P01: password authentication failed for user "x"`, then where in its source.
  const std::string_view before_code = ":  ";
  for (size_t at = message.find(before_code); at != std::string_view::npos;
       at = message.find(before_code, at + 1)) {
    const size_t begin = at + before_code.size();
    const std::string_view code = message.substr(begin, kSqlstateBytes);
    if (!IsSqlstate(code)) continue;
    const size_t text = std::min(message.size(), begin + kSqlstateBytes + 2);
    const std::string why = OneLine(message.substr(text, message.find('\n', text) - text));
    return IsAboutAccess(code) ? absl::FailedPreconditionError(why) : absl::UnavailableError(why);
  }
  const std::string why = OneLine(message);
  // libpq's own: it was given no password where one is asked for.
  if (why.find("no password supplied") != std::string::npos) {
    return absl::FailedPreconditionError(why);
  }
  return absl::UnavailableError(why);
}

bool EndsPostgresConnection(std::string_view sqlstate) {
  return (sqlstate.starts_with("08") && sqlstate != kProtocolViolation) ||
         sqlstate.starts_with("57P") || sqlstate == "25006" || sqlstate == "25P03" ||
         sqlstate == "26000" || sqlstate == "0A000";
}

}  // namespace corridor::store
