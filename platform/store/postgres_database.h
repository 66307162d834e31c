// The PostgreSQL engine of database.h, for any number of processes on one database. Its files alone
// name libpq.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/store/database.h"

namespace corridor::store {

struct PostgresOptions {
  // The PostgreSQL schema that holds the tables, made when missing: one a service, so that all
  // services may share a database.
  std::string schema;
  // Snapshots open at one time; one more waits until its deadline. A connection each; the writer
  // takes another one.
  int max_snapshots = 8;
};

// Connects to the server that `conninfo` names (a URI, `postgresql://…`, or keywords of libpq; of
// several servers the one that writes), version 15 or newer. Errors, which name the server:
// FAILED_PRECONDITION (malformed; it does not let us in; there is no such database; its collation
// is not C or its encoding not UTF8; an older version; the schema is another application's),
// UNAVAILABLE (not to be reached now), DEADLINE_EXCEEDED.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       const PostgresOptions& options,
                                                       absl::Time deadline);
// As above, with the schema and what is usual.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo,
                                                       const std::string& schema,
                                                       absl::Time deadline);

}  // namespace corridor::store
