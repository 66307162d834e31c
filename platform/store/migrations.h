// Brings the schema of a store to what this binary needs, or refuses a schema that this binary must
// not touch. What was applied is recorded in the table schema_migrations.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/store/database.h"
#include "platform/store/versioned_store.h"

namespace corridor::store {

// Checks every series before it applies anything; then applies what is missing, series by series,
// each migration in a transaction of its own. Errors: FAILED_PRECONDITION (the schema is newer and
// its newer migrations need a newer binary; under kCheck: some are missing), DATA_LOSS (an applied
// migration has another text, or is unknown, or was skipped), INTERNAL (a file of `all` is
// misnamed, out of order or lacks its first line; its SQL fails), RESOURCE_EXHAUSTED (disk full).
absl::Status ApplyMigrations(Database& database, absl::Span<const MigrationSeries> all,
                             Migrate mode, absl::Time now);

}  // namespace corridor::store
