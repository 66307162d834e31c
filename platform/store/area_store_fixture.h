// A versioned store of two small tables, for the tests of this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/store/versioned_store.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor::store {

inline const Table kAreas = {"areas", {"code"}, {"name", "size"}};
inline const Table kMembers = {"members", {"organisation", "area"}, {}};
inline const Migrations kAreaMigrations = {{"0001_areas.sql", R"sql(-- oldest binary: 1
CREATE TABLE areas (code TEXT NOT NULL PRIMARY KEY, name TEXT UNIQUE, size INTEGER, from_version INTEGER NOT NULL);
CREATE TABLE areas_history (code TEXT NOT NULL, name TEXT, size INTEGER, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL CHECK (to_version > from_version), PRIMARY KEY (code, from_version));
CREATE TABLE members (organisation TEXT NOT NULL, area TEXT NOT NULL, from_version INTEGER NOT NULL,
  PRIMARY KEY (organisation, area));
CREATE TABLE members_history (organisation TEXT NOT NULL, area TEXT NOT NULL, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL CHECK (to_version > from_version), PRIMARY KEY (organisation, area, from_version));
)sql"}};

inline absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

class AreaStore {
 public:
  AreaStore() { Reopen(); }

  void Reopen() {
    store_.reset();
    auto database = database_.Open();
    ASSERT_OK(database);
    auto opened = VersionedStore::Open(*std::move(database), {{kServiceSeries, kAreaMigrations}},
                                       Migrate::kAuto, {kAreas, kMembers}, [this] { return now; });
    ASSERT_OK(opened);
    store_ = *std::move(opened);
  }
  const TestDatabase& database() const { return database_; }
  // SQLite's file.
  std::string path() const { return database_.path(); }
  void Close() { store_.reset(); }
  VersionedStore& operator*() { return *store_; }
  VersionedStore* operator->() { return store_.get(); }

  // One commit that puts one area.
  absl::StatusOr<Commit> Put(std::string_view code, std::string_view name,
                             const WriteContext& context = {}) {
    return store_->Write(context, Soon(),
                         [&](Writer& writer) { return PutArea(writer, code, name); });
  }
  static absl::Status PutArea(Writer& writer, std::string_view code, std::string_view name,
                              Param size = std::monostate()) {
    return writer.Put(kAreas, {code, name, size}, "areas/" + std::string(code));
  }
  static absl::Status DeleteArea(Writer& writer, std::string_view code) {
    return writer.Delete(kAreas, {code}, "areas/" + std::string(code));
  }

  // Every area as `ARM=Armenia@3`, the number being from_version, by code.
  static std::vector<std::string> Areas(Reader& reader) {
    std::vector<std::string> areas;
    EXPECT_OK(reader.Query(
        "SELECT code, name, from_version FROM {areas} ORDER BY code", {}, [&](const Row& row) {
          areas.push_back(absl::StrCat(std::string(row.Text(0)), "=", std::string(row.Text(1)), "@",
                                       row.Int(2)));
          return absl::OkStatus();
        }));
    return areas;
  }
  std::vector<std::string> AreasAt(const KnownAt& known_at) {
    auto reader = store_->ReadAt(known_at, Soon());
    EXPECT_OK(reader);
    return reader.ok() ? Areas(**reader) : std::vector<std::string>();
  }
  // Rows of a table of the file, history tables too.
  int64_t Count(std::string_view table) {
    int64_t count = -1;
    auto reader = store_->ReadAt({}, Soon());
    EXPECT_OK(reader);
    EXPECT_OK(
        (*reader)->Query("SELECT count(*) FROM " + std::string(table), {}, [&](const Row& row) {
          count = row.Int(0);
          return absl::OkStatus();
        }));
    return count;
  }

  absl::Time now = absl::FromUnixSeconds(1'700'000'000);

 private:
  TestDatabase database_;
  std::unique_ptr<VersionedStore> store_;
};

}  // namespace corridor::store
