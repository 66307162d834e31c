// What tests of engines ask of a database, and write to it.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "platform/status/status.h"
#include "platform/store/database.h"

namespace corridor::store {

inline absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

// In one transaction.
inline absl::Status RunScript(Database& database, std::string_view script) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(Soon()));
  RETURN_IF_ERROR(transaction->ExecuteScript(script));
  return transaction->Commit();
}

// Two areas, and nothing that belongs to them.
inline absl::Status MakeAreas(Database& database) {
  return RunScript(database,
                   "CREATE TABLE areas (code TEXT PRIMARY KEY, name TEXT, size INTEGER, map BLOB);"
                   "CREATE TABLE spells (area TEXT NOT NULL REFERENCES areas (code));"
                   "INSERT INTO areas VALUES ('ARM', 'Armenia', 29743, NULL),"
                   " ('GEO', 'Georgia', 69700, NULL);");
}

// The number in the last row; -1 for none.
inline absl::StatusOr<int64_t> Number(Snapshot& snapshot, std::string_view sql,
                                      absl::Span<const Param> params = {}) {
  int64_t number = -1;
  RETURN_IF_ERROR(snapshot.Query(sql, params, [&](const Row& row) {
    number = row.Int(0);
    return absl::OkStatus();
  }));
  return number;
}

inline absl::StatusOr<int64_t> Number(Database& database, std::string_view sql,
                                      absl::Time deadline = Soon()) {
  ASSIGN_OR_RETURN(const auto snapshot, database.Read(deadline));
  return Number(*snapshot, sql);
}

}  // namespace corridor::store
