// What tests of a service's handlers stand on: a store of their own, and calls as clients
// make them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "platform/request/call_context.h"
#include "platform/store/versioned_store.h"
#include "platform/testing/proto_text.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor {

// Tests ask at noon of 1 March 2024.
inline absl::Time TestNow() {
  return absl::FromCivil(absl::CivilSecond(2024, 3, 1, 12, 0, 0), absl::UTCTimeZone());
}

// A store, of the type that a service's main makes, in a database of its own; opened anew by
// Reopen().
template <typename SqlStore>
class TestStore {
 public:
  // As SqlStore and store::VersionedStore::Open take them.
  TestStore(std::string service, std::vector<store::MigrationSeries> series,
            std::vector<store::Table> tables)
      : service_(std::move(service)), series_(std::move(series)), tables_(std::move(tables)) {
    Open();
  }

  void Reopen() {
    store_.reset();
    versions_.reset();
    Open();
  }
  store::VersionedStore& versions() { return *versions_; }
  SqlStore& operator*() { return *store_; }
  SqlStore* operator->() { return store_.get(); }

 private:
  void Open() {
    auto database = database_.Open();
    ASSERT_OK(database);
    auto versions = store::VersionedStore::Open(*std::move(database), series_,
                                                store::Migrate::kAuto, tables_, absl::Now);
    ASSERT_OK(versions);
    versions_ = *std::move(versions);
    store_ = std::make_unique<SqlStore>(*versions_, service_);
  }

  const std::string service_;
  const std::vector<store::MigrationSeries> series_;
  const std::vector<store::Table> tables_;
  TestDatabase database_;
  std::unique_ptr<store::VersionedStore> versions_;
  std::unique_ptr<SqlStore> store_;
};

// A base of fixtures: calls handlers, and keeps the position that the last answer was made from.
class HandlerCaller {
 protected:
  // Calls `method` of `handler`, as a client of a method named as the request is would.
  template <typename Handler, typename Request, typename Response>
  absl::StatusOr<Response> Call(Handler& handler,
                                absl::StatusOr<Response> (Handler::*method)(const Request&,
                                                                            CallContext&),
                                const Request& request) {
    CallContext call("/test/" + Request::descriptor()->name(), "tester",
                     absl::Now() + absl::Minutes(1), now_);
    absl::StatusOr<Response> response = (handler.*method)(request, call);
    answered_version_ = call.version();
    answered_epoch_ = call.epoch();
    return response;
  }
  // With the request in text format.
  template <typename Handler, typename Request, typename Response>
  absl::StatusOr<Response> Call(Handler& handler,
                                absl::StatusOr<Response> (Handler::*method)(const Request&,
                                                                            CallContext&),
                                std::string_view request) {
    return Call(handler, method, Proto<Request>(request));
  }

  absl::Time now_ = TestNow();
  int64_t answered_version_ = 0;
  std::string answered_epoch_;
};

}  // namespace corridor
