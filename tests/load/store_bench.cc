// What known time costs: writes, reads now and as of an earlier version, how soon a watcher hears
// of a commit, and bytes. On SQLite in a temporary folder (TMPDIR says where), as services use it.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/programmes/v1/partner.pb.h"
#include "platform/changes/changes_service.h"
#include "platform/server/unary.h"
#include "platform/store/postgres_database.h"
#include "platform/store/sqlite_database.h"
#include "platform/store/versioned_store.h"
#include "platform/telemetry/telemetry.h"
#include "platform/testing/postgres_server.h"
#include "services/indicators/packed_observations.h"
#include "tests/load/sample_rows.h"
#include "tests/load/scratch.h"
#include "tests/load/timing.h"

namespace corridor::load {
namespace {

constexpr int kRuns = 5;
constexpr size_t kResources = 10'000;  // Partners, and as many series.
constexpr int kEditions = 10;          // Of every one of them.
constexpr size_t kPageSize = 250;
constexpr size_t kBatch = 1000;  // The most that the contracts take.

constexpr double kMostReadRatio = 1.5;
constexpr double kMostBytesRatio = 1.3;
constexpr double kMostFeedDelayMs = 100;

absl::Time Soon() { return absl::Now() + absl::Minutes(1); }

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
  std::exit(1);
}
void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

store::WriteContext Context() {
  static int64_t request = 0;
  return {.actor = "bench",
          .reason = "measured",
          .method = "/corridor.bench/Write",
          .request_id = absl::StrCat("request-", ++request),
          .payload_hash = "0123456789abcdef"};
}

// The editions of rows as they are written by and by; `number` of what is written is any.
class Rows {
 public:
  explicit Rows(store::VersionedStore& store) : store_(store) {}

  void Load() {
    for (size_t first = 0; first < kResources; first += kBatch) {
      Commit([&](store::Writer& writer) { return PutPartners(writer, first, kBatch, edition_); });
      Commit([&](store::Writer& writer) { return PutSeries(writer, first, kBatch, edition_); });
    }
  }
  // All of them in the next edition.
  void Rewrite() {
    ++edition_;
    Load();
  }
  // One commit that gives `count` of the partners the next edition; answers its version.
  int64_t Change(size_t count) {
    ++edition_;
    const size_t first = count == kResources ? 0 : random_() % (kResources - count);
    return Commit(
        [&](store::Writer& writer) { return PutPartners(writer, first, count, edition_); });
  }

 private:
  int64_t Commit(const std::function<absl::Status(store::Writer&)>& body) {
    return Must(store_.Write(Context(), Soon(), body)).version;
  }

  store::VersionedStore& store_;
  std::mt19937 random_;
  int edition_ = 0;
};

// Of several runs, the median of each figure.
class Medians {
 public:
  void Add(const std::string& figure, double value) { values_[figure].push_back(value); }
  double Of(const std::string& figure) const { return Median(values_.at(figure)); }

 private:
  std::map<std::string, std::vector<double>> values_;
};

void BenchWrites(Rows& rows, absl::Duration time) {
  Medians medians;
  const std::vector<size_t> sizes = {1, 100, kResources};
  for (int run = 0; run < kRuns; ++run) {
    for (const size_t size : sizes) {
      medians.Add(absl::StrCat(size), PerSecond(Repeat(time, [&] { rows.Change(size); })));
    }
  }
  absl::PrintF("\nWrites: changes of rows, each commit on the disk before it is answered\n");
  for (const size_t size : sizes) {
    const double commits = medians.Of(absl::StrCat(size));
    absl::PrintF("  %6d rows a commit  %9.1f commits/s  %9.0f rows/s\n", size, commits,
                 commits * static_cast<double>(size));
  }
}

programmes::v1::Partner PartnerOf(std::string_view body) {
  programmes::v1::Partner partner;
  if (!partner.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    Must(absl::DataLossError("a partner cannot be read"));
  }
  return partner;
}

// One read as a service makes it: a reader of its own, at a version or at the head, the row, and
// what is packed in it.
size_t ReadOne(store::VersionedStore& store, const store::KnownAt& known_at, size_t number) {
  const auto reader = Must(store.ReadAt(known_at, Soon()));
  const std::string id = PartnerId(number);
  size_t bytes = 0;
  Must(reader->Query("SELECT body, from_version FROM {partners} WHERE id = ?1",
                     {std::string_view(id)}, [&](const store::Row& row) {
                       bytes += PartnerOf(row.Text(0)).display_name().size();
                       return absl::OkStatus();
                     }));
  return bytes;
}
size_t ReadPage(store::VersionedStore& store, const store::KnownAt& known_at, size_t number) {
  const auto reader = Must(store.ReadAt(known_at, Soon()));
  const std::string after = PartnerId(number);
  size_t rows = 0;
  Must(reader->Query(
      "SELECT t.id, t.body, t.from_version FROM {partners} t WHERE t.id > ?1 "
      "ORDER BY t.id LIMIT ?2",
      {std::string_view(after), static_cast<int64_t>(kPageSize)}, [&](const store::Row& row) {
        rows += PartnerOf(row.Text(1)).display_name().empty() ? 0 : 1;
        return absl::OkStatus();
      }));
  return rows;
}
size_t ReadSeries(store::VersionedStore& store, const store::KnownAt& known_at, size_t number) {
  const auto reader = Must(store.ReadAt(known_at, Soon()));
  const std::string id = SeriesId(number);
  size_t observations = 0;
  Must(reader->Query("SELECT body FROM {series} WHERE id = ?1", {std::string_view(id)},
                     [&](const store::Row& row) {
                       observations += Must(indicators::UnpackObservations(row.Text(0))).size();
                       return absl::OkStatus();
                     }));
  return observations;
}

void BenchReads(store::VersionedStore& store, int64_t halfway, absl::Duration time) {
  struct Read {
    std::string name;
    size_t (*read)(store::VersionedStore&, const store::KnownAt&, size_t);
    size_t among;
  };
  struct Version {
    std::string name;
    store::KnownAt known_at;
  };
  const int64_t head = Must(store.Head(Soon()));
  const std::vector<Read> reads = {{"a resource", &ReadOne, kResources},
                                   {"a series", &ReadSeries, kResources},
                                   {"a page of 250", &ReadPage, kResources - kPageSize - 1}};
  // Just behind the head is where a page token points when somebody wrote since the first page.
  const std::vector<Version> versions = {{"now", std::monostate()},
                                         {absl::StrCat("known_at=", head - 1), head - 1},
                                         {absl::StrCat("known_at=", halfway), halfway}};
  std::mt19937 random;
  Medians p50, p99;
  for (int run = 0; run < kRuns; ++run) {
    for (const Read& read : reads) {
      for (const Version& version : versions) {
        const auto took_us = Repeat(time, [&] {
          if (read.read(store, version.known_at, random() % read.among) == 0) {
            Must(absl::DataLossError("a row is not there"));
          }
        });
        p50.Add(read.name + version.name, Percentile(took_us, 0.5));
        p99.Add(read.name + version.name, Percentile(took_us, 0.99));
      }
    }
  }
  absl::PrintF("\nReads: p50 and p99; the head is version %d\n", head);
  for (const Read& read : reads) {
    const double now = p50.Of(read.name + versions.front().name);
    for (const Version& version : versions) {
      const double median = p50.Of(read.name + version.name);
      absl::PrintF("  %-14s %-13s %8.1f %8.1f µs", read.name, version.name, median,
                   p99.Of(read.name + version.name));
      if (&version != &versions.front()) {
        absl::PrintF("   ratio %.2f (%s)", median / now, AtMost(kMostReadRatio, median / now));
      }
      absl::PrintF("\n");
    }
  }
}

// From the answer to a commit until a watcher has it, over gRPC within this process.
void BenchFeed(store::VersionedStore& store, Rows& rows, absl::Duration time) {
  telemetry::Telemetry telemetry("store_bench");
  server::UnaryCalls calls("store_bench", {}, store, telemetry);
  changes::ChangesService service(store, calls);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  const auto stub = changes::v1::Changes::NewStub(server->InProcessChannel({}));

  grpc::ClientContext context;
  changes::v1::WatchRequest request;
  request.set_since(Must(store.Head(Soon())));
  request.set_epoch(store.epoch());
  const auto watch = stub->Watch(&context, request);
  changes::v1::WatchResponse event;
  std::vector<double> delays_ms;
  std::mt19937 random;
  watch->Read(&event);  // The head, at once.
  for (const absl::Time end = absl::Now() + time; absl::Now() < end;) {
    // At any moment between two looks at the store.
    absl::SleepFor(absl::Microseconds(random() % 50'000));
    const int64_t version = rows.Change(1);
    const absl::Time committed = absl::Now();
    while (event.commit().version() < version) {
      if (!watch->Read(&event)) Must(absl::UnavailableError("the watch ended"));
    }
    delays_ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - committed));
  }
  context.TryCancel();
  while (watch->Read(&event)) {
  }
  watch->Finish();
  service.Shutdown();
  calls.StopWaiting();
  server->Shutdown();

  const double p50 = Percentile(delays_ms, 0.5);
  absl::PrintF("\nChange feed: from a commit's answer to a watcher, %d commits\n",
               delays_ms.size());
  absl::PrintF("  p50 %.1f ms, p99 %.1f ms (p50 %s)\n", p50, Percentile(delays_ms, 0.99),
               AtMost(kMostFeedDelayMs, p50));
}

// Bytes of a closed database.
double BytesOf(const std::string& path) {
  return static_cast<double>(std::filesystem::file_size(path));
}

void BenchStorage(const Scratch& scratch) {
  const std::string versioned = scratch.File("versioned"), plain = scratch.File("plain");
  {
    const auto store = OpenRows(Must(store::OpenSqlite(versioned)));
    Rows(*store).Load();
  }
  {
    const auto database = Must(store::OpenSqlite(plain));
    auto transaction = Must(database->Write(Soon()));
    Must(MakePlainTables(*transaction));
    for (size_t first = 0; first < kResources; first += kBatch) {
      Must(InsertPlain(*transaction, first, kBatch));
    }
    Must(transaction->Commit());
  }
  const double ratio = BytesOf(versioned) / BytesOf(plain);
  absl::PrintF("\nStorage: %d partners of %d bytes and as many series of %d, each written once\n",
               kResources, PartnerBody(0, 0).size(), SeriesBody(0, 0).size());
  absl::PrintF("  with versions and commits %.2f MB, plain tables %.2f MB   ratio %.2f (%s)\n",
               BytesOf(versioned) / 1e6, BytesOf(plain) / 1e6, ratio,
               AtMost(kMostBytesRatio, ratio));
}

// What it costs that deleted rows are overwritten.
void BenchSecureDelete(const Scratch& scratch, absl::Duration time) {
  struct Setting {
    std::string name;
    std::unique_ptr<store::VersionedStore> store = {};
    std::unique_ptr<Rows> rows = {};
  };
  std::vector<Setting> settings;
  settings.push_back({"ON"});
  settings.push_back({"OFF"});
  for (Setting& setting : settings) {
    auto database = Must(store::OpenSqlite(scratch.File("secure_delete_" + setting.name)));
    auto transaction = Must(database->Write(Soon()));
    Must(transaction->ExecuteScript("PRAGMA secure_delete = " + setting.name));
    Must(transaction->Commit());
    transaction.reset();
    setting.store = OpenRows(std::move(database));
    setting.rows = std::make_unique<Rows>(*setting.store);
    setting.rows->Load();
  }
  Medians medians;
  for (int run = 0; run < kRuns; ++run) {
    for (Setting& setting : settings) {
      medians.Add(setting.name, PerSecond(Repeat(time, [&] { setting.rows->Change(100); })));
    }
  }
  absl::PrintF("\nsecure_delete, 100 rows a commit\n  on %.1f commits/s, off %.1f   off/on %.2f\n",
               medians.Of("ON"), medians.Of("OFF"), medians.Of("OFF") / medians.Of("ON"));
}

// What every engine is measured by.
void BenchStore(store::VersionedStore& store, const std::string& engine, absl::Duration part) {
  Rows rows(store);
  rows.Load();
  int64_t halfway = 0;
  for (int edition = 1; edition < kEditions; ++edition) {
    if (edition == kEditions / 2) halfway = Must(store.Head(Soon()));
    rows.Rewrite();
  }
  absl::PrintF("%s; %d partners and %d series in %d versions each; medians of %d runs\n", engine,
               kResources, kResources, kEditions, kRuns);
  BenchReads(store, halfway, part);
  BenchWrites(rows, part);
  BenchFeed(store, rows, part * 10);
}

int RunPostgres(int seconds) {
  // Removed by exit() too.
  static const auto server = Must(PostgresServer::Start(PostgresServer::Sync::kAlways));
  const auto store = OpenRows(Must(store::OpenPostgres(server->Uri(), "bench", Soon())));
  BenchStore(*store, "PostgreSQL", absl::Seconds(seconds) / 100);
  return 0;
}

int RunSqlite(int seconds) {
  // Parts of the time; what is done as often as it takes comes on top, some seconds.
  const absl::Duration part = absl::Seconds(seconds) / 100;
  static const Scratch scratch;  // Removed by exit() too.
  const auto store = OpenRows(Must(store::OpenSqlite(scratch.File("store"))));
  BenchStore(*store, "SQLite", part);
  BenchStorage(scratch);
  BenchSecureDelete(scratch, part);
  return 0;
}

}  // namespace
}  // namespace corridor::load

int main(int argc, char** argv) {
  int seconds = 60;
  bool postgres = false;
  for (int i = 1; i < argc; ++i) {
    absl::string_view option = argv[i];
    if (option == "--store=sqlite" || option == "--store=postgres") {
      postgres = option == "--store=postgres";
      continue;
    }
    if (!absl::ConsumePrefix(&option, "--seconds=") || !absl::SimpleAtoi(option, &seconds) ||
        seconds < 1) {
      std::fprintf(stderr, "store_bench: \"%s\" is not --seconds=N or --store=sqlite|postgres\n",
                   argv[i]);
      return 2;
    }
  }
  return postgres ? corridor::load::RunPostgres(seconds) : corridor::load::RunSqlite(seconds);
}
