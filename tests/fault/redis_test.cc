// Whatever Redis does while readers and a writer go on: no request fails, and every answer has what
// was acknowledged before it was asked for, and nothing that was not sent.
#include <grpcpp/grpcpp.h>

#include <array>
#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/memberstates/v1/area.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/cache/read_cache.h"
#include "platform/testing/process.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"
#include "tests/e2e/http_client.h"
#include "tests/e2e/suite.h"
#include "tests/fault/redis_process.h"

namespace corridor::e2e {
namespace {

using ::testing::IsEmpty;

namespace v1 = memberstates::v1;

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr int kReaders = 4;
constexpr size_t kGroups = 4;

std::string NameOf(size_t group) { return absl::StrCat("areas/GROUP_", group); }

// memberstates on a store and a Redis of the test's own, without default data.
class Service {
 public:
  Service(std::string folder, std::string redis, std::string more = "--cache-bytes=67108864")
      : folder_(std::move(folder)), redis_(std::move(redis)), more_(std::move(more)) {
    std::ofstream(folder_ + "/key") << "a secret of sixteen bytes and more";
    Start();
  }

  void Start() {
    auto started = ChildProcess::Start(
        Binary("memberstates"),
        {absl::StrCat("--store=sqlite:", folder_, "/store.sqlite"), "--redis=" + redis_,
         absl::StrCat("--cache-key-file=", folder_, "/key"), "--listen=" + address_, more_},
        folder_ + "/memberstates");
    ASSERT_OK(started);
    process_ = *std::move(started);
    const auto ready = process_->WaitReady(absl::Now() + kPatience);
    ASSERT_OK(ready);
    address_ = ready->at("listen");
    admin_ = ready->at("admin");
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    areas_ = v1::Areas::NewStub(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments));
  }
  void Stop() { ASSERT_THAT(process_->Stop(absl::Now() + kPatience), IsOkAndHolds(0)); }
  void WipeStore() const {
    for (const char* end : {"", "-wal", "-shm"}) {
      static_cast<void>(unlink(absl::StrCat(folder_, "/store.sqlite", end).c_str()));
    }
  }

  grpc::Status Create(size_t group) {
    v1::CreateAreaRequest request;
    v1::Area& area = *request.mutable_area();
    area.set_name(NameOf(group));
    area.set_kind(v1::Area::GROUP);
    area.set_display_name("A group");
    area.set_description("0 of " + NameOf(group));
    area.add_citations()->set_source("S");
    area.mutable_citations(0)->set_kind(common::v1::Citation::OFFICIAL);
    const auto context = Context();
    return areas_->CreateArea(&*context, request, &area);
  }
  grpc::Status Describe(size_t group, int64_t number) {
    v1::UpdateAreaRequest request;
    request.mutable_area()->set_name(NameOf(group));
    request.mutable_area()->set_description(absl::StrCat(number, " of ", NameOf(group)));
    request.mutable_update_mask()->add_paths("description");
    const auto context = Context();
    v1::Area area;
    return areas_->UpdateArea(&*context, request, &area);
  }
  grpc::Status List(int page_size, v1::ListAreasResponse& areas, std::string& tier) {
    v1::ListAreasRequest request;
    request.set_view(v1::FULL);
    request.set_page_size(page_size);
    const auto context = Context();
    grpc::Status status = areas_->ListAreas(&*context, request, &areas);
    const auto found = context->GetServerInitialMetadata().find(cache::kCacheHeader);
    if (found != context->GetServerInitialMetadata().end()) {
      tier.assign(found->second.data(), found->second.size());
    }
    return status;
  }

  // A metric's value, by its name and labels as /metrics has them.
  double Metric(const std::string& name) const {
    HttpClient admin(absl::StrCat("http://", admin_));
    double value = -1;
    for (const auto line : absl::StrSplit(admin.Get("/metrics").body, '\n')) {
      if (absl::StartsWith(line, name + " ") &&
          absl::SimpleAtod(line.substr(name.size() + 1), &value)) {
        return value;
      }
    }
    return value;
  }

 private:
  static std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    return context;
  }

  const std::string folder_, redis_, more_;
  std::string address_ = "127.0.0.1:0", admin_;
  std::unique_ptr<ChildProcess> process_;
  std::unique_ptr<v1::Areas::Stub> areas_;
};

// Readers and a writer without pause, and what went wrong.
class Load {
 public:
  explicit Load(Service& service) : service_(service) {
    for (size_t group = 0; group < kGroups; ++group) {
      EXPECT_TRUE(service_.Create(group).ok());
    }
    for (int i = 0; i < kReaders; ++i) threads_.emplace_back([this, i] { Read(i); });
    threads_.emplace_back([this] { Write(); });
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns after `count` more answers of a tier; of any for the empty one.
  void Await(const std::string& tier, int count) {
    const int until = Answered(tier) + count;
    const absl::Time limit = absl::Now() + kPatience;
    while (Answered(tier) < until && absl::Now() < limit) std::this_thread::yield();
    EXPECT_GE(Answered(tier), until) << "answers of " << tier;
  }
  std::map<std::string, int> Failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  int Answered(const std::string& tier) const {
    const std::lock_guard lock(mutex_);
    const auto found = answered_.find(tier);
    return found == answered_.end() ? 0 : found->second;
  }
  void Fail(const std::string& what) {
    const std::lock_guard lock(mutex_);
    ++failures_[what];
  }

  void Read(int reader) {
    while (!stop_) {
      std::array<int64_t, kGroups> before;
      for (size_t i = 0; i < kGroups; ++i) before[i] = acknowledged_[i];
      v1::ListAreasResponse areas;
      std::string tier;
      // Two questions, so that readers meet in some and not in others.
      const grpc::Status status = service_.List(100 + reader % 2, areas, tier);
      if (!status.ok()) {
        Fail(absl::StrCat("read: ", status.error_code(), " ", status.error_message()));
        continue;
      }
      Check(areas, before);
      const std::lock_guard lock(mutex_);
      ++answered_[tier];
      ++answered_[""];
    }
  }

  void Check(const v1::ListAreasResponse& areas, const std::array<int64_t, kGroups>& before) {
    if (areas.areas_size() != static_cast<int>(kGroups)) {
      return Fail(absl::StrCat(areas.areas_size(), " areas"));
    }
    for (size_t i = 0; i < kGroups; ++i) {
      const v1::Area& area = areas.areas(static_cast<int>(i));
      int64_t number = -1;
      const std::vector<std::string> parts = absl::StrSplit(area.description(), " of ");
      if (parts.size() != 2 || parts[1] != NameOf(i) || !absl::SimpleAtoi(parts[0], &number)) {
        Fail("malformed: " + area.description());
      } else if (number < before[i] || number > sent_[i]) {
        Fail(absl::StrCat("not between ", before[i], " and ", sent_[i].load(), ": ", number));
      }
    }
  }

  void Write() {
    for (int64_t number = 1; !stop_; ++number) {
      const size_t group = static_cast<size_t>(number) % kGroups;
      sent_[group] = number;
      const grpc::Status status = service_.Describe(group, number);
      if (status.ok()) {
        acknowledged_[group] = number;
      } else {
        Fail(absl::StrCat("write: ", status.error_code(), " ", status.error_message()));
      }
      // Readers find something kept now and then.
      const absl::Time until = absl::Now() + absl::Milliseconds(5);
      while (absl::Now() < until && !stop_) std::this_thread::yield();
    }
  }

  Service& service_;
  std::array<std::atomic<int64_t>, kGroups> sent_ = {}, acknowledged_ = {};
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;  // Guards the next two.
  std::map<std::string, int> answered_, failures_;
  std::vector<std::thread> threads_;
};

// Next to nothing is kept in the process, so that reads go to Redis.
constexpr char kHardlyAnything[] = "--cache-bytes=1";

class RedisTest : public ::testing::Test {
 protected:
  // Under load: Redis answers, something happens to it, reads go on, and once it is over Redis
  // answers again.
  template <typename Fault, typename Cure>
  void Survives(Fault fault, Cure cure) {
    Service service(folder_.path(), redis_.address(), kHardlyAnything);
    Load load(service);
    load.Await(cache::kFromRedis, 20);
    fault(service, load);
    load.Await("", 200);
    cure();
    load.Await(cache::kFromRedis, 20);
    EXPECT_THAT(load.Failures(), IsEmpty());
  }

  TempDir folder_;
  RedisProcess redis_{folder_.path()};
};

TEST_F(RedisTest, AProcessFindsWhatAnotherKept) {
  Service service(folder_.path(), redis_.address());
  ASSERT_TRUE(service.Create(0).ok());
  v1::ListAreasResponse areas;
  std::string tier;
  for (const char* expected : {cache::kFilled, cache::kFromProcess}) {
    ASSERT_TRUE(service.List(10, areas, tier).ok());
    EXPECT_EQ(tier, expected);
  }
  // What is put there is put after the answer.
  const absl::Time limit = absl::Now() + kPatience;
  while (redis_.Ask("DBSIZE") != ":1\r\n" && absl::Now() < limit) std::this_thread::yield();
  service.Stop();
  service.Start();
  for (const char* expected : {cache::kFromRedis, cache::kFromProcess}) {
    ASSERT_TRUE(service.List(10, areas, tier).ok());
    EXPECT_EQ(tier, expected);
  }
}

TEST_F(RedisTest, AnswersOfAStoreThatWasWipedAreNotGiven) {
  Service service(folder_.path(), redis_.address());
  ASSERT_TRUE(service.Create(0).ok());
  v1::ListAreasResponse areas;
  std::string tier;
  ASSERT_TRUE(service.List(10, areas, tier).ok());
  const absl::Time limit = absl::Now() + kPatience;
  while (redis_.Ask("DBSIZE") != ":1\r\n" && absl::Now() < limit) std::this_thread::yield();
  service.Stop();
  service.WipeStore();
  service.Start();
  ASSERT_TRUE(service.Create(1).ok());  // As many commits as before.
  ASSERT_TRUE(service.List(10, areas, tier).ok());
  EXPECT_EQ(tier, cache::kFilled);
  ASSERT_EQ(areas.areas_size(), 1);
  EXPECT_EQ(areas.areas(0).name(), NameOf(1));
}

TEST_F(RedisTest, ItMayStop) {
  Survives([&](auto&, auto&) { redis_.Stop(); }, [&] { redis_.Start(); });
}

TEST_F(RedisTest, ItMayBeKilled) {
  Survives([&](auto&, auto&) { redis_.Kill(); }, [&] { redis_.Start(); });
}

TEST_F(RedisTest, ItMayHang) {
  Survives(
      [&](Service& service, auto&) {
        redis_.Suspend();
        const std::string breaker =
            absl::StrCat("corridor_cache_breaker_state{address=\"", redis_.address(), "\"}");
        const absl::Time limit = absl::Now() + kPatience;
        while (service.Metric(breaker) < 1 && absl::Now() < limit) std::this_thread::yield();
        EXPECT_GE(service.Metric(breaker), 1);
      },
      [&] { redis_.Resume(); });
}

TEST_F(RedisTest, ItMayBeFull) {
  Survives(
      [&](Service& service, auto&) {
        EXPECT_EQ(redis_.Ask("CONFIG SET maxmemory-policy noeviction maxmemory 1"), "+OK\r\n");
        const absl::Time limit = absl::Now() + kPatience;
        const char* const failed = "corridor_cache_redis_failures_total{command=\"set\"}";
        while (service.Metric(failed) < 1 && absl::Now() < limit) std::this_thread::yield();
        EXPECT_GE(service.Metric(failed), 1);
      },
      [&] { EXPECT_EQ(redis_.Ask("CONFIG SET maxmemory 0"), "+OK\r\n"); });
}

TEST_F(RedisTest, ItMayForgetEverything) {
  Survives([&](auto&, auto&) { EXPECT_EQ(redis_.Ask("FLUSHALL"), "+OK\r\n"); }, [] {});
}

TEST_F(RedisTest, WhatItHoldsMayBeAnything) {
  Survives(
      [&](Service& service, Load&) {
        const absl::Time limit = absl::Now() + kPatience;
        while (service.Metric("corridor_cache_refused_total") < 3 && absl::Now() < limit) {
          redis_.CorruptEverything();
        }
        EXPECT_GE(service.Metric("corridor_cache_refused_total"), 3);
      },
      [] {});
}

TEST_F(RedisTest, OfSeveralOneMayBeLost) {
  TempDir other_folder;
  RedisProcess other(other_folder.path());
  Service service(folder_.path(), absl::StrCat(redis_.address(), ",", other.address()),
                  kHardlyAnything);
  Load load(service);
  load.Await(cache::kFromRedis, 20);
  other.Kill();
  load.Await("", 200);
  other.Start();
  load.Await("", 100);
  EXPECT_THAT(load.Failures(), IsEmpty());
}

TEST_F(RedisTest, ItMayBeMissingFromTheStart) {
  redis_.Kill();
  Service service(folder_.path(), redis_.address(), kHardlyAnything);
  Load load(service);
  load.Await(cache::kFilled, 20);
  redis_.Start();
  load.Await(cache::kFromRedis, 20);
  EXPECT_THAT(load.Failures(), IsEmpty());
}

}  // namespace
}  // namespace corridor::e2e
