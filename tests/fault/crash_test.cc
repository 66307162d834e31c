// kill -9 of a service, or of the PostgreSQL that its store is on, while clients write to it, again
// and again: every write that was
// acknowledged is there at its version, every one that was not is made by its repetition and once,
// and no version shows half of a commit.
//
// CORRIDOR_CRASHES is how often each service is killed (5 without it).
#include <atomic>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/suite.h"
#include "tests/fault/author.h"
#include "tests/fault/commits.h"
#include "tests/fault/number_of.h"
#include "tests/fault/resources.h"

namespace corridor::e2e {
namespace {

using changes::v1::Commit;
using ::testing::ElementsAreArray;
using ::testing::UnorderedElementsAreArray;

constexpr int kWriters = 3;
constexpr unsigned kMostWritesBetweenCrashes = 40;
constexpr int kPageSize = 1000;

absl::Time TimeOf(const Commit& commit) {
  return absl::FromUnixSeconds(commit.commit_time().seconds()) +
         absl::Nanoseconds(commit.commit_time().nanos());
}

class CrashTest : public ::testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    if (subject_.service == "memberstates") return;
    ASSERT_OK(CreateGeorgia(suite_.address("memberstates")));
  }

  void KillAndRestart() {
    suite_.Kill(subject_.service);
    suite_.Restart(subject_.service);
  }

  // Writes until told to stop.
  void WriteUntilStopped(Author author) {
    while (!stop_) {
      Write write = author.Next();
      if (const absl::Status status = Acknowledge(resources_, write); !status.ok()) {
        ADD_FAILURE() << status;
        return ledger_.Close();
      }
      ledger_.Add(std::move(write));
    }
  }

  // Kills the service at some moment while writers write, and starts it again.
  void Crash() {
    const size_t goal = ledger_.size() + 1 + random_() % kMostWritesBetweenCrashes;
    ASSERT_TRUE(ledger_.WaitFor(goal, Soon()));
    // No condition says that a commit is half done: some moment within the length of a few writes.
    const absl::Time moment = absl::Now() + absl::Microseconds(random_() % 3000);
    while (absl::Now() < moment) std::this_thread::yield();
    if (suite_.postgres() != nullptr && random_() % 2 == 0) {
      KillTheStore();
    } else {
      KillAndRestart();
    }
  }
  void KillTheStore() {
    suite_.postgres()->Kill();
    ASSERT_OK(suite_.postgres()->Restart());
    ++store_kills_;
  }

  // The commits are those of the ledger and the service's own, each once and as it was answered.
  void ExpectEveryWriteOnce(const std::vector<Write>& writes, const std::vector<Commit>& commits) {
    std::map<std::string, const Commit*> by_request;
    for (const Commit& commit : commits) {
      if (commit.request_id().empty()) continue;  // Of the service itself, which copies areas.
      EXPECT_TRUE(by_request.emplace(commit.request_id(), &commit).second)
          << commit.request_id() << " was committed twice";
    }
    EXPECT_EQ(by_request.size(), writes.size());
    for (const Write& write : writes) {
      const auto found = by_request.find(write.request_id);
      ASSERT_NE(found, by_request.end()) << write.request_id << " is lost";
      const Commit& commit = *found->second;
      EXPECT_EQ(commit.version(), write.version) << write.request_id;
      EXPECT_EQ(commit.reason(), "test");
      std::vector<std::string> names;
      for (const auto& [name, text] : write.after) names.push_back(name);
      EXPECT_THAT(commit.resources(), UnorderedElementsAreArray(names));
      if (write.tries == 1) continue;
      ++repeated_;
      if (TimeOf(commit) < write.last_try) ++committed_before_;
    }
  }

  // Every version holds what the writes up to it make, and nothing else.
  void ExpectEveryVersionWhole(const std::vector<Write>& writes, int64_t head) {
    std::map<int64_t, const Write*> by_version;
    for (const Write& write : writes) by_version[write.version] = &write;
    State expected;
    for (int64_t version = 1; version <= head; ++version) {
      const auto made = by_version.find(version);
      if (made == by_version.end()) continue;
      made->second->ApplyTo(expected);
      ExpectList(version, expected);
      ExpectReadable(*made->second);
      if (HasFailure()) return;
    }
    ExpectList(/*version=*/0, expected);
  }
  void ExpectList(int64_t version, const State& expected) {
    ASSERT_OK_AND_ASSIGN(const auto listing, resources_.List(version, kPageSize));
    EXPECT_THAT(listing.texts, ElementsAreArray(expected.begin(), expected.end()))
        << "at version " << version;
  }
  void ExpectReadable(const Write& write) {
    for (const auto& [name, text] : write.after) {
      const absl::StatusOr<std::string> read = resources_.Get(name, write.version);
      if (text.has_value()) {
        EXPECT_THAT(read, IsOkAndHolds(*text)) << name << " at version " << write.version;
      } else {
        EXPECT_THAT(read, StatusIs(absl::StatusCode::kNotFound)) << name;
      }
    }
  }

  const Subject& subject_ = GetParam();
  Suite suite_{{"memberstates", subject_.service}, {.gateway = false, .default_data = false}};
  Resources resources_{subject_, suite_.address(subject_.service)};
  std::mt19937 random_{std::random_device()()};
  std::atomic<bool> stop_ = false;
  Ledger ledger_;
  int store_kills_ = 0;
  int repeated_ = 0;          // Writes that were sent more than once,
  int committed_before_ = 0;  // and of these those that an earlier try had committed.
};

INSTANTIATE_TEST_SUITE_P(, CrashTest, ::testing::ValuesIn(Subjects()),
                         [](const auto& subject) { return subject.param.service; });

TEST_P(CrashTest, WhatWasAcknowledgedIsThereOnceAndWhole) {
  std::vector<std::thread> writers;
  writers.reserve(kWriters);
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([this, author = Author(subject_, absl::StrCat("W", i), random_())] {
      WriteUntilStopped(author);
    });
  }
  const int crashes = NumberOf("CORRIDOR_CRASHES", 5);
  for (int i = 0; i < crashes && !HasFailure(); ++i) Crash();
  if (suite_.postgres() != nullptr && !HasFailure()) KillTheStore();
  stop_ = true;
  for (std::thread& writer : writers) writer.join();
  ASSERT_FALSE(HasFailure());

  KillAndRestart();  // What is read from now on is what the files hold.
  const std::vector<Write> writes = ledger_.Writes();
  const std::vector<Commit> commits = AllCommits(*ChangesOf(suite_.address(subject_.service)));
  ASSERT_NO_FATAL_FAILURE(ExpectEveryWriteOnce(writes, commits));
  ExpectEveryVersionWhole(writes, static_cast<int64_t>(commits.size()));
  std::set<std::string> epochs;
  for (const Write& write : writes) epochs.insert(write.epoch);
  EXPECT_EQ(epochs.size(), 1u);
  EXPECT_GT(repeated_, 0) << "no write was under way when the service was killed";
  std::cout << crashes << " crashes, " << store_kills_ << " of the store, " << writes.size()
            << " writes, " << repeated_ << " repeated, of which " << committed_before_
            << " had been committed\n";
}

}  // namespace
}  // namespace corridor::e2e
