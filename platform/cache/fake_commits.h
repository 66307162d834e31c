// A store of which only the commits are there. For tests.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "platform/store/versioned_store.h"

namespace corridor::cache {

// Not thread-safe.
class FakeCommits final : public store::VersionedStore {
 public:
  explicit FakeCommits(std::string epoch = "0123456789abcdef") : epoch_(std::move(epoch)) {}
  // Restored from a backup of `of` that was made at `version`.
  FakeCommits(std::string epoch, const FakeCommits& of, int64_t version)
      : epoch_(std::move(epoch)), commits_(of.commits_.begin(), of.commits_.begin() + version) {}

  // Answers the version.
  int64_t Commit(std::vector<std::string> resources, bool purge = false) {
    store::Commit commit = {.version = head() + 1, .resources = std::move(resources)};
    commit.purge = purge;
    for (const std::string& resource : commit.resources) {
      commit.collections.push_back(store::CollectionOf(resource));
    }
    commits_.push_back(std::move(commit));
    return head();
  }
  // One that names its collections only.
  int64_t CommitInBulk(std::vector<std::string> collections) {
    store::Commit commit = {.version = head() + 1, .collections = std::move(collections)};
    commit.resources_omitted = true;
    commits_.push_back(std::move(commit));
    return head();
  }
  int64_t head() const { return static_cast<int64_t>(commits_.size()); }

  bool reachable = true;
  int asked = 0;  // How often the head was.

  const std::string& epoch() const override { return epoch_; }
  bool is_remote() const override { return false; }
  absl::StatusOr<int64_t> Head(absl::Time) override {
    ++asked;
    if (!reachable) return absl::UnavailableError("the store is away");
    return head();
  }
  absl::StatusOr<std::vector<store::Commit>> CommitsAfter(int64_t since, int limit,
                                                          absl::Time) override {
    if (!reachable) return absl::UnavailableError("the store is away");
    const int64_t end = std::min(head(), since + limit);
    return std::vector<store::Commit>(commits_.begin() + since, commits_.begin() + end);
  }

  absl::StatusOr<store::Commit> Write(const store::WriteContext&, absl::Time,
                                      absl::FunctionRef<absl::Status(store::Writer&)>) override {
    return absl::UnimplementedError("only commits are here");
  }
  absl::StatusOr<std::unique_ptr<store::Reader>> ReadAt(const store::KnownAt&,
                                                        absl::Time) override {
    return absl::UnimplementedError("only commits are here");
  }
  absl::Status CopyTo(const std::string&, absl::Time) override {
    return absl::UnimplementedError("only commits are here");
  }
  absl::Status Scrub(absl::Time) override { return absl::OkStatus(); }
  void OnReplaced(std::function<void()>) override {}  // It never is.

 private:
  const std::string epoch_;
  std::vector<store::Commit> commits_;
};

}  // namespace corridor::cache
