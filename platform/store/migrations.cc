#include "platform/store/migrations.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "platform/status/status.h"
#include "platform/text/fnv.h"

namespace corridor::store {
namespace {

constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (series TEXT NOT NULL, number INTEGER NOT NULL,"
    " name TEXT NOT NULL, hash TEXT NOT NULL, oldest_binary INTEGER NOT NULL,"
    " applied_at_us INTEGER NOT NULL, PRIMARY KEY (series, number))";
constexpr absl::string_view kFirstLine = "-- oldest binary: ";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

struct Migration {
  int64_t number = 0;
  std::string name;
  std::string hash;
  int64_t oldest_binary = 0;
  std::string_view sql;
};

struct Applied {
  std::string name;
  std::string hash;
  int64_t oldest_binary = 0;
};

absl::StatusOr<Migration> Parse(const EmbeddedFile& file) {
  Migration migration;
  migration.name = std::string(file.name);
  migration.hash = absl::StrFormat("%016x", Fnv1a(file.contents));
  migration.sql = file.contents;
  const absl::string_view name = migration.name;
  if (name.size() < 10 || name[4] != '_' || !absl::EndsWith(name, ".sql") ||
      !absl::SimpleAtoi(name.substr(0, 4), &migration.number) || migration.number < 1) {
    return absl::InternalError(absl::StrCat("migration ", name, " is not named NNNN_name.sql"));
  }
  absl::string_view line = View(file.contents.substr(0, file.contents.find('\n')));
  if (!absl::ConsumePrefix(&line, kFirstLine) ||
      !absl::SimpleAtoi(line, &migration.oldest_binary) || migration.oldest_binary < 1 ||
      migration.oldest_binary > migration.number) {
    return absl::InternalError(absl::StrCat("migration ", name, " does not begin with `",
                                            kFirstLine, "N`, N from 1 to ", migration.number));
  }
  return migration;
}

absl::StatusOr<std::vector<Migration>> ParseAll(const Migrations& files) {
  std::vector<Migration> migrations;
  for (const EmbeddedFile& file : files) {
    ASSIGN_OR_RETURN(Migration migration, Parse(file));
    if (!migrations.empty() && migration.number <= migrations.back().number) {
      return absl::InternalError(
          absl::StrCat("migration ", migration.name, " comes after ", migrations.back().name));
    }
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

absl::StatusOr<std::map<int64_t, Applied>> ReadApplied(Snapshot& snapshot,
                                                       std::string_view series) {
  std::map<int64_t, Applied> applied;
  RETURN_IF_ERROR(snapshot.Query(
      "SELECT number, name, hash, oldest_binary FROM schema_migrations WHERE series = ?1", {series},
      [&](const Row& row) {
        applied[row.Int(0)] = {std::string(row.Text(1)), std::string(row.Text(2)), row.Int(3)};
        return absl::OkStatus();
      }));
  return applied;
}

// Refuses newer migrations that need a newer binary.
absl::Status CheckNewer(const std::map<int64_t, Applied>& applied, int64_t newest) {
  for (auto it = applied.upper_bound(newest); it != applied.end(); ++it) {
    if (it->second.oldest_binary <= newest) continue;
    return absl::FailedPreconditionError(
        absl::StrFormat("the store's schema is newer than this program: %s needs one with "
                        "migration %d, this one ends at %d",
                        it->second.name, it->second.oldest_binary, newest));
  }
  return absl::OkStatus();
}

// Answers those that are missing, or why this schema is not to be touched.
absl::StatusOr<std::vector<Migration>> Missing(const std::vector<Migration>& known,
                                               const std::map<int64_t, Applied>& applied) {
  std::vector<Migration> missing;
  for (const Migration& migration : known) {
    const auto it = applied.find(migration.number);
    if (it == applied.end()) {
      missing.push_back(migration);
      continue;
    }
    if (it->second.hash != migration.hash) {
      return absl::DataLossError(absl::StrCat(
          "migration ", it->second.name, " was applied with another text than this program has"));
    }
    if (!missing.empty()) {
      return absl::DataLossError(absl::StrCat("migration ", missing.front().name,
                                              " was skipped: ", migration.name, " is applied"));
    }
  }
  const int64_t newest = known.empty() ? 0 : known.back().number;
  for (const auto& [number, row] : applied) {
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [n = number](const Migration& m) { return m.number == n; });
    if (number <= newest && !is_known) {
      return absl::DataLossError(
          absl::StrCat("migration ", row.name, " is applied and unknown to this program"));
    }
  }
  RETURN_IF_ERROR(CheckNewer(applied, newest));
  if (!missing.empty() && applied.upper_bound(newest) != applied.end()) {
    return absl::DataLossError(absl::StrCat("migration ", missing.front().name, " was skipped: ",
                                            applied.rbegin()->second.name, " is applied"));
  }
  return missing;
}

absl::Status Apply(Database& database, std::string_view series, const Migration& migration,
                   absl::Time now) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  // Another process on the same database may have been faster.
  ASSIGN_OR_RETURN(const auto applied, ReadApplied(*transaction, series));
  if (applied.contains(migration.number)) return absl::OkStatus();
  if (const absl::Status status = transaction->ExecuteScript(migration.sql); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(migration.name, ": ", status.message()));
  }
  RETURN_IF_ERROR(transaction
                      ->Execute("INSERT INTO schema_migrations VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                {series, migration.number, std::string_view(migration.name),
                                 std::string_view(migration.hash), migration.oldest_binary,
                                 absl::ToUnixMicros(now)})
                      .status());
  return transaction->Commit();
}

struct Plan {
  std::string_view series;
  std::vector<Migration> missing;
};

// Leaves an empty schema_migrations behind only when something will be applied.
absl::StatusOr<std::vector<Plan>> MakePlan(Database& database,
                                           absl::Span<const MigrationSeries> all, Migrate mode) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(absl::InfiniteFuture()));
  RETURN_IF_ERROR(transaction->ExecuteScript(kTable));
  std::vector<Plan> plans;
  for (const MigrationSeries& series : all) {
    ASSIGN_OR_RETURN(const auto known, ParseAll(series.migrations));
    ASSIGN_OR_RETURN(const auto applied, ReadApplied(*transaction, series.name));
    ASSIGN_OR_RETURN(auto missing, Missing(known, applied));
    if (mode == Migrate::kCheck && !missing.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("the store's schema lacks migration ", missing.front().name,
                       ": it is applied when started with --migrate=auto or --migrate=only"));
    }
    plans.push_back({series.name, std::move(missing)});
  }
  if (mode != Migrate::kCheck) RETURN_IF_ERROR(transaction->Commit());
  return plans;
}

}  // namespace

absl::Status ApplyMigrations(Database& database, absl::Span<const MigrationSeries> all,
                             Migrate mode, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<Plan> plans, MakePlan(database, all, mode));
  for (const Plan& plan : plans) {
    for (const Migration& migration : plan.missing) {
      RETURN_IF_ERROR(Apply(database, plan.series, migration, now));
    }
  }
  return absl::OkStatus();
}

}  // namespace corridor::store
