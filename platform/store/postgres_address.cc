#include "platform/store/postgres_address.h"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace corridor::store {
namespace {

using Parameters = std::map<std::string, std::string>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// The `i`th of a list by commas; the only one of a list of one; empty when there is none.
std::string At(const Parameters& parameters, const char* keyword, size_t i) {
  const auto found = parameters.find(keyword);
  if (found == parameters.end()) return {};
  const std::vector<std::string> values = absl::StrSplit(found->second, ',');
  if (values.size() == 1) return values[0];
  return i < values.size() ? values[i] : "";
}

size_t Length(const Parameters& parameters, const char* keyword) {
  const auto found = parameters.find(keyword);
  if (found == parameters.end()) return 0;
  return std::vector<std::string>(absl::StrSplit(found->second, ',')).size();
}

std::string NameOf(const Parameters& parameters) {
  const auto value = [&parameters](const char* keyword) {
    const auto found = parameters.find(keyword);
    return found == parameters.end() ? std::string() : found->second;
  };
  const std::string host = value("host").empty() ? value("hostaddr") : value("host");
  const std::string port = value("port");
  return absl::StrCat("postgresql://", host, port.empty() ? "" : ":", port, "/", value("dbname"));
}

}  // namespace

absl::StatusOr<PostgresAddress> PostgresAddress::Parse(const std::string& conninfo) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(conninfo.c_str(), &error));
  if (options == nullptr) {
    // It may hold a password.
    const std::string why =
        error == nullptr ? "out of memory" : absl::StrReplaceAll(error, {{conninfo, "…"}});
    PQfreemem(error);
    return absl::FailedPreconditionError(absl::StrCat("it is no connection string of PostgreSQL: ",
                                                      absl::StripAsciiWhitespace(why)));
  }
  Parameters all = {{"target_session_attrs", "read-write"}, {"application_name", "corridor"}};
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) all[option->keyword] = option->val;
  }
  all["client_encoding"] = "UTF8";

  const size_t hosts = Length(all, "host");
  const size_t addresses = Length(all, "hostaddr");
  const size_t ports = Length(all, "port");
  const size_t servers = std::max({hosts, addresses, size_t{1}});
  if ((hosts > 0 && addresses > 0 && hosts != addresses) || (ports > 1 && ports != servers)) {
    return absl::FailedPreconditionError(
        absl::StrCat("it is no connection string of PostgreSQL: it names ", hosts, " host, ",
                     addresses, " hostaddr and ", ports, " port"));
  }
  PostgresAddress address;
  for (size_t i = 0; i < servers; ++i) {
    Parameters one = all;
    for (const char* keyword : {"host", "hostaddr", "port"}) {
      const std::string value = At(all, keyword, i);
      one.erase(keyword);
      if (!value.empty()) one[keyword] = value;
    }
    address.servers_.push_back({NameOf(one), {one.begin(), one.end()}});
  }
  return address;
}

}  // namespace corridor::store
