// What clients see of a service while many write to it: a watcher every version, once and in order,
// also across a reconnection; a reader of pages one version, whatever is written between two pages.
//
// CORRIDOR_COMMITS is how many commits each of the writers makes (100 without it).
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/changes/v1/changes.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/server/grpc_status.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"
#include "tests/fault/author.h"
#include "tests/fault/commits.h"
#include "tests/fault/number_of.h"
#include "tests/fault/resources.h"

namespace corridor::e2e {
namespace {

constexpr int kWriters = 8;
constexpr int kReaders = 4;
constexpr int kPageSize = 7;
constexpr int kWholeInOnePage = 1000;

// Beyond the length of the longest soak.
absl::Time EndOfWatch() { return absl::Now() + absl::Hours(24); }

// One caller of Watch.
class Watch {
 public:
  // Of what comes after `last`, an answer to an earlier Watch; after the beginning without it.
  Watch(changes::v1::Changes::Stub& changes, const changes::v1::WatchResponse& last) {
    context_.set_deadline(absl::ToChronoTime(EndOfWatch()));
    context_.set_wait_for_ready(true);
    changes::v1::WatchRequest request;
    request.set_since(last.position());
    request.set_epoch(last.epoch());
    reader_ = changes.Watch(&context_, request);
  }
  ~Watch() {
    if (ended_) return;
    context_.TryCancel();
    changes::v1::WatchResponse response;
    while (reader_->Read(&response)) {
    }
    reader_->Finish();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The next event. Fails the test when the watch ends instead.
  bool Next(changes::v1::WatchResponse& event) {
    if (reader_->Read(&event)) return true;
    ended_ = true;
    ADD_FAILURE() << "the watch ended: " << server::FromGrpcStatus(reader_->Finish());
    return false;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<changes::v1::WatchResponse>> reader_;
  bool ended_ = false;
};

class OrderTest : public ::testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    if (subject_.service == "memberstates") return;
    ASSERT_OK(CreateGeorgia(suite_.address("memberstates")));
  }

  // Makes one write and answers its version; 0 when it fails.
  int64_t WriteOnce(Author& author) {
    Write write = author.Next();
    const absl::Status status = Acknowledge(resources_, write);
    EXPECT_OK(status);
    const int64_t version = status.ok() ? write.version : 0;
    ledger_.Add(std::move(write));
    return version;
  }

  // Hears of commits until that of `last_request` comes, over one connection until `reconnect_at`
  // commits were heard of and another one after that.
  void WatchUntil(const std::string& last_request, size_t reconnect_at) {
    const auto changes = ChangesOf(suite_.address(subject_.service));
    changes::v1::WatchResponse event;
    const auto go_on = [&](size_t most) {
      Watch watch(*changes, event);
      while (heard_.size() < most && watch.Next(event)) {
        if (!event.has_commit()) continue;
        heard_.push_back(event.commit().version());
        EXPECT_GE(event.head(), event.commit().version());
        EXPECT_EQ(event.position(), event.commit().version());
        if (event.commit().request_id() == last_request) return;
      }
    };
    go_on(reconnect_at);
    go_on(SIZE_MAX);
  }

  // Reads all resources in small pages, with commits between them, and holds them against the
  // same version in one page; again and again until nobody writes any more.
  void ReadUntilWritten() {
    do {
      const size_t before = ledger_.size();
      ASSERT_OK_AND_ASSIGN(const auto listing, resources_.List(/*version=*/0, kPageSize, [this] {
        ledger_.WaitFor(ledger_.size() + 1, Soon());
      }));
      if (listing.texts.size() > kPageSize && ledger_.size() > before) ++overlapped_;
      if (listing.version == 0) continue;  // Before the first commit.
      ASSERT_OK_AND_ASSIGN(const auto whole, resources_.List(listing.version, kWholeInOnePage));
      ASSERT_EQ(listing.texts, whole.texts) << "at version " << listing.version;
      EXPECT_EQ(listing.version, whole.version);
    } while (!written_);
  }

  const Subject& subject_ = GetParam();
  Suite suite_{{"memberstates", subject_.service}, {.gateway = false, .default_data = false}};
  Resources resources_{subject_, suite_.address(subject_.service)};
  Ledger ledger_;
  std::atomic<bool> written_ = false;
  std::atomic<int> overlapped_ = 0;  // Listings between whose pages something was committed.
  std::vector<int64_t> heard_;       // Versions, by the watcher.
};

INSTANTIATE_TEST_SUITE_P(, OrderTest, ::testing::ValuesIn(Subjects()),
                         [](const auto& subject) { return subject.param.service; });

TEST_P(OrderTest, AWatcherSeesEveryVersionOnceAndPagesAreOfOneVersionWhileManyWrite) {
  const int commits = NumberOf("CORRIDOR_COMMITS", 100);
  std::thread watcher(
      [this, commits] { WatchUntil("LAST-1", static_cast<size_t>(kWriters * commits / 2)); });
  std::vector<std::thread> readers, writers;
  for (int i = 0; i < kWriters; ++i) {
    Author author(subject_, absl::StrCat("W", i), static_cast<unsigned>(i));
    writers.emplace_back([this, commits, author]() mutable {
      for (int written = 0; written < commits && WriteOnce(author) > 0; ++written) {
      }
    });
  }
  for (int i = 0; i < kReaders; ++i) readers.emplace_back([this] { ReadUntilWritten(); });
  for (std::thread& writer : writers) writer.join();
  written_ = true;
  Author last(subject_, "LAST", 0);
  const int64_t head = WriteOnce(last);
  ledger_.Close();
  for (std::thread& reader : readers) reader.join();
  watcher.join();
  ASSERT_FALSE(HasFailure());

  ASSERT_EQ(heard_.size(), static_cast<size_t>(head));
  for (int64_t version = 1; version <= head; ++version) {
    ASSERT_EQ(heard_[static_cast<size_t>(version) - 1], version);
  }
  EXPECT_GE(AllCommits(*ChangesOf(suite_.address(subject_.service))).size(), heard_.size());
  std::vector<int64_t> answered;
  for (const Write& write : ledger_.Writes()) answered.push_back(write.version);
  std::sort(answered.begin(), answered.end());
  EXPECT_EQ(std::adjacent_find(answered.begin(), answered.end()), answered.end())
      << "two writes are answered from one version";
  EXPECT_GT(overlapped_, 0);
  std::cout << head << " versions heard of in order, " << overlapped_
            << " listings while others wrote\n";
}

// Not by a later commit, nor by the heartbeat that comes every four seconds.
TEST_P(OrderTest, AWatcherHearsOfACommitAfterWhichNothingHappens) {
  constexpr int kCommits = 9;
  const auto changes = ChangesOf(suite_.address(subject_.service));
  Author author(subject_, "W", 0);
  WriteOnce(author);
  changes::v1::WatchResponse event;
  Watch watch(*changes, event);
  std::vector<absl::Duration> delays;
  for (int i = 0; i < kCommits; ++i) {
    const int64_t version = WriteOnce(author);
    const absl::Time committed = absl::Now();
    do {
      ASSERT_TRUE(watch.Next(event));
    } while (event.commit().version() < version);
    delays.push_back(absl::Now() - committed);
  }
  std::sort(delays.begin(), delays.end());
  EXPECT_LT(delays[kCommits / 2], absl::Seconds(1));
  std::cout << "median " << delays[kCommits / 2] << "\n";
}

}  // namespace
}  // namespace corridor::e2e
