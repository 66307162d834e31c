// The table of options, and the store's address in its two parts.
#include "services/memberstates/options.h"

#include <cstdio>
#include <string_view>

#include "platform/config/option_table.h"

namespace corridor::memberstates {

std::optional<int> ReadOptions(int argc, char** argv, Options& options) {
  std::string store;
  std::string migrate = "auto";
  config::OptionTable table("memberstates",
                            "Serves areas, organisations and who belonged to them when.");
  options.server.AddTo(table);
  table.Text("store", &store, "Where the records are kept: sqlite:PATH. Required.")
      .Choice("migrate", &migrate, {"auto", "only", "check"},
              "auto: bring the store's schema up to date, then serve; only: do so and exit; check: "
              "refuse to serve an "
              "older one.")
      .Text("default-data", &options.default_data,
            "Folder of the default data set, loaded when the store has no commit. Empty: none.");
  if (const std::optional<int> exit_code = table.Parse(argc, argv)) return exit_code;

  constexpr std::string_view kSqlite = "sqlite:";
  if (!store.starts_with(kSqlite) || store.size() == kSqlite.size()) {
    std::fprintf(stderr, "memberstates: --store: \"%s\" is not sqlite:PATH\n", store.c_str());
    return 2;
  }
  options.sqlite_path = store.substr(kSqlite.size());
  options.migrate = migrate == "only"    ? store::Migrate::kOnly
                    : migrate == "check" ? store::Migrate::kCheck
                                         : store::Migrate::kAuto;
  return std::nullopt;
}

}  // namespace corridor::memberstates
