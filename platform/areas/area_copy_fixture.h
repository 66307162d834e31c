// A store with a copy of memberstates' areas, for tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "platform/areas/area_copy.h"
#include "platform/dates/partial_date.h"
#include "platform/store/versioned_store.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor::areas {

inline absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

inline DayRange On(std::string_view days) { return ParsePartialDate(days, "as_of").value(); }

class AreaCopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = database_.Open();
    ASSERT_OK(database);
    auto versions = store::VersionedStore::Open(*std::move(database), {AreaCopySeries()},
                                                store::Migrate::kAuto, AreaCopyTables(), absl::Now);
    ASSERT_OK(versions);
    versions_ = *std::move(versions);
  }

  int64_t Head() { return versions_->Head(Soon()).value(); }
  std::unique_ptr<store::Reader> ReadAt(const store::KnownAt& known_at = {}) {
    return versions_->ReadAt(known_at, Soon()).value();
  }
  bool Knows(std::string_view code) { return Has(*ReadAt(), code).value(); }
  Cursor Position() { return ReadCursor(*ReadAt()).value(); }

  TestDatabase database_;
  std::unique_ptr<store::VersionedStore> versions_;
};

}  // namespace corridor::areas
