// What PostgreSQL says of a failure, as the errors that database.h promises. The codes are those of
// https://www.postgresql.org/docs/15/errcodes-appendix.html
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace corridor::store {

// `sql` is shown for what is our mistake. UNAVAILABLE is safe to retry.
absl::Status PostgresError(std::string_view sqlstate, std::string_view message,
                           std::string_view sql);

// Why no connection could be made, from what libpq says with PQERRORS_VERBOSE. Errors:
// FAILED_PRECONDITION (what a retry does not change: credentials, no such database), UNAVAILABLE.
absl::Status PostgresConnectError(std::string_view message);

// Whether a connection on which this was said is of no use any more: it ends, it leads to a server
// that does not write, or what was prepared on it no longer holds.
bool EndsPostgresConnection(std::string_view sqlstate);

}  // namespace corridor::store
