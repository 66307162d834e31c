// Where a PostgreSQL is and how to log in: a connection string, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace corridor::store {

// Immutable.
class PostgresAddress {
 public:
  // `conninfo` as in https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING: a URI
  // or keywords, of one server or several. Unless it says otherwise, only a server that writes will
  // do. Errors: FAILED_PRECONDITION (malformed).
  static absl::StatusOr<PostgresAddress> Parse(const std::string& conninfo);

  // The servers, each to be tried by itself: libpq would wait for one that hangs.
  struct Server {
    std::string name;  // For messages; without a password.
    std::vector<std::pair<std::string, std::string>> parameters;  // Keyword and value.
  };
  const std::vector<Server>& servers() const { return servers_; }

 private:
  std::vector<Server> servers_;
};

}  // namespace corridor::store
