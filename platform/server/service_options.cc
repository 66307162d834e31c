// The table of options, and the store's address in its two parts.
#include "platform/server/service_options.h"

#include <cstdio>

namespace corridor::server {

std::optional<int> ReadServiceOptions(std::string_view name, std::string_view purpose, int argc,
                                      char** argv, ServiceOptions& options,
                                      absl::FunctionRef<void(config::OptionTable&)> add_own) {
  std::string address;
  std::string migrate = "auto";
  std::string epoch = "keep";
  config::OptionTable table(name, purpose);
  options.server.AddTo(table);
  options.cache.AddTo(table);
  table
      .Text("store", &address,
            "Where the records are kept: sqlite:PATH, or postgresql://… as libpq takes it, for any "
            "number of processes. Required.")
      .Choice("migrate", &migrate, {"auto", "only", "check"},
              "auto: bring the store's schema up to date, then serve; only: do so and exit; check: "
              "refuse to serve an older one.")
      .Text("default-data", &options.default_data,
            "Folder of the default data set, loaded when the store has no commit. Empty: none.")
      .Text("restore", &options.restore,
            "A backup: make the store of it, where there is none, and exit. Empty: none.")
      .Text("copy-from", &options.copy_from,
            "A file of SQLite, which no process has open: move its records with their history into "
            "--store=postgresql://…, where there is none, and exit. Empty: none.")
      .Choice(
          "epoch", &epoch, {"keep", "renew"},
          "renew: what a store needs that PostgreSQL restored or promoted with commits missing: "
          "make what was known of it before invalid, and exit.");
  add_own(table);
  if (const std::optional<int> exit_code = table.Parse(argc, argv)) return exit_code;

  constexpr std::string_view kSqlite = "sqlite:";
  if (address.starts_with("postgresql://") || address.starts_with("postgres://")) {
    options.postgres = address;
  } else if (address.starts_with(kSqlite) && address.size() > kSqlite.size()) {
    options.sqlite_path = address.substr(kSqlite.size());
  } else {
    std::fprintf(stderr, "%s: --store: \"%s\" is not sqlite:PATH or postgresql://…\n",
                 std::string(name).c_str(), address.c_str());
    return 2;
  }
  if (!options.postgres.empty() && !options.restore.empty()) {
    std::fprintf(stderr,
                 "%s: --restore makes a file of SQLite; PostgreSQL is restored by pg_restore, then "
                 "--epoch=renew\n",
                 std::string(name).c_str());
    return 2;
  }
  if (options.postgres.empty() && !options.copy_from.empty()) {
    std::fprintf(stderr, "%s: --copy-from needs --store=postgresql://…\n",
                 std::string(name).c_str());
    return 2;
  }
  options.new_epoch = epoch == "renew";
  options.migrate = migrate == "only"    ? store::Migrate::kOnly
                    : migrate == "check" ? store::Migrate::kCheck
                                         : store::Migrate::kAuto;
  return std::nullopt;
}

}  // namespace corridor::server
