// Two processes of a service on one store and one Redis, in a world whose every step is drawn by
// lot: writes, reads in their steps, feeds that are cut, processes that restart, stores that are
// replaced, a Redis that loses and forges. Whatever comes: no answer is from before its
// corridor-min-version, and none lacks what was committed a quarter of a second before.
// CORRIDOR_SIMULATION_STEPS says how many steps; ./dev soak takes millions.
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "gtest/gtest.h"
#include "platform/cache/fake_commits.h"
#include "platform/cache/fake_shared_tier.h"
#include "platform/cache/read_cache.h"
#include "prometheus/registry.h"

namespace corridor::cache {
namespace {

using std::chrono::milliseconds;

constexpr int kProcesses = 2;
constexpr int kAreas = 4;
constexpr char kGet[] = "/corridor.memberstates.v1.Areas/GetArea";     // LOCAL, one resource
constexpr char kList[] = "/corridor.memberstates.v1.Areas/ListAreas";  // SHARED, the collection

int Steps() {
  int steps = 0;
  const char* const asked = std::getenv("CORRIDOR_SIMULATION_STEPS");
  return asked != nullptr && absl::SimpleAtoi(asked, &steps) ? steps : 250'000;
}

// The store as of one version: of each area, the version that wrote it last; and which resources
// were purged from it by when.
using State = std::vector<int64_t>;

// What a read is about: one area, all at the head, or all at an earlier version.
struct Asked {
  int area = -1;  // Below 0: all.
  int64_t known_at = 0;
  int64_t min_version = 0;
};

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) { ReplaceStore(); }

  void Step() {
    now_ += milliseconds(Draw(12) == 0 ? Draw(300) : Draw(8));
    const int process = Draw(kProcesses);
    switch (Draw(20)) {
      case 0:
      case 1:
        return Write(process);
      case 2:
      case 3:
      case 4:
        return static_cast<void>(processes_[static_cast<size_t>(process)]->CatchUp({}).ok());
      case 5:
        store_->reachable = store_->reachable ? Draw(20) > 0 : Draw(3) == 0;
        return;
      case 6:
        redis_.reachable = redis_.reachable ? Draw(20) > 0 : Draw(3) == 0;
        if (Draw(50) == 0) redis_.values.clear();
        if (Draw(50) == 0) Forge();
        return;
      case 7:
        if (Draw(100) == 0) Restart(process);
        if (Draw(300) == 0) ReplaceStore();
        return;
      case 8:
      case 9:
      case 10:
        return GoOn();
      default:
        return Read(process);
    }
  }

  int64_t served() const { return served_; }
  int64_t from_redis() const { return from_redis_; }
  int64_t filled() const { return filled_; }

 private:
  // A read that waits for the store's answer, or has it and is about to keep it.
  struct Pending {
    int process;
    Asked asked;
    Question question;
    int64_t version = -1;  // Of the answer, once there is one.
    std::string answer = {};
  };

  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void Write(int process) {
    if (!store_->reachable) return;
    std::vector<std::string> touched;
    State state = states_.back();
    const int64_t version = store_->head() + 1;
    const bool in_bulk = Draw(10) == 0, purge = !in_bulk && Draw(20) == 0;
    for (int i = 0; i <= Draw(2); ++i) {
      const int area = Draw(kAreas);
      state[static_cast<size_t>(area)] = version;
      touched.push_back(absl::StrCat("areas/A", area));
    }
    if (in_bulk) {
      store_->CommitInBulk({"areas"});
    } else {
      store_->Commit(std::move(touched), purge);
    }
    if (purge) purged_at_ = version;
    states_.push_back(std::move(state));
    committed_.push_back(now_);
    // The process may die before it hears of its own commit; then nobody was told of it.
    if (Draw(10) == 0) return;
    processes_[static_cast<size_t>(process)]->Wrote(version);
    acknowledged_ = version;
  }

  void Read(int process) {
    ReadCache& cache = *processes_[static_cast<size_t>(process)];
    Asked asked;
    if (Draw(2) == 0) asked.area = Draw(kAreas);
    if (Draw(8) == 0 && store_->head() > 0)
      asked.known_at = 1 + Draw(static_cast<int>(store_->head()));
    if (Draw(3) == 0) asked.min_version = acknowledged_;
    const std::optional<Question> question = Ask(cache, asked);
    if (!question) return;
    EntryPtr entry = cache.FindLocal(*question);
    if (entry == nullptr) {
      entry = cache.FindShared(*question);
      from_redis_ += entry != nullptr;
    }
    if (entry != nullptr) return Check(asked, *entry);
    if (pending_.size() > 8) return;
    pending_.push_back({process, asked, *question});
    cache.Pin(pending_.back().question);
  }

  std::optional<Question> Ask(ReadCache& cache, const Asked& asked) {
    const std::string known_at = asked.known_at > 0 ? absl::StrCat(asked.known_at) : "";
    if (asked.area < 0) {
      memberstates::v1::ListAreasRequest request;
      request.set_known_at(known_at);
      return cache.Ask(kList, request, asked.min_version, absl::UnixEpoch());
    }
    memberstates::v1::GetAreaRequest request;
    request.set_name(absl::StrCat("areas/A", asked.area));
    request.set_known_at(known_at);
    return cache.Ask(kGet, request, asked.min_version, absl::UnixEpoch());
  }

  // One of the pending reads does its next step: the store answers, or the answer is kept.
  void GoOn() {
    if (pending_.empty()) return;
    const auto read = pending_.begin() + Draw(static_cast<int>(pending_.size()));
    if (read->version < 0) {
      if (!store_->reachable) return;
      read->version = read->asked.known_at > 0 ? read->asked.known_at : store_->head();
      read->answer = AnswerAt(read->asked, read->version, purged_at_);
      return;
    }
    ReadCache& cache = *processes_[static_cast<size_t>(read->process)];
    const EntryPtr kept = cache.Keep(read->question, read->version, std::move(read->answer));
    if (kept != nullptr) {
      ++filled_;
      cache.Share(read->question, *kept);
      // A caller who waited for it.
      if (cache.Answers(*kept, read->question)) Check(read->asked, *kept);
    }
    pending_.erase(read);
  }

  // What the store answers. That of an earlier version changes when something is purged.
  std::string AnswerAt(const Asked& asked, int64_t version, int64_t purged_at) const {
    const State& state = states_[static_cast<size_t>(version)];
    std::string answer = asked.known_at > 0 ? absl::StrCat("purged at ", purged_at, ":") : "";
    for (int area = 0; area < kAreas; ++area) {
      if (asked.area < 0 || asked.area == area) {
        absl::StrAppend(&answer, state[static_cast<size_t>(area)], " ");
      }
    }
    return absl::StrCat(epoch_, " ", answer);
  }

  // The entry must be what the store would have answered at some time within kTrusted, and not from
  // before the version asked for.
  void Check(const Asked& asked, const Entry& entry) {
    ++served_;
    int64_t oldest = 0;  // The last commit that is older than kTrusted.
    for (int64_t version = store_->head(); version > 0; --version) {
      if (committed_[static_cast<size_t>(version)] + kTrusted < now_) {
        oldest = version;
        break;
      }
    }
    oldest = std::max(oldest, asked.min_version);
    if (asked.known_at == 0) {
      EXPECT_GE(entry.stamp.version, asked.min_version);
      for (int64_t version = oldest; version <= store_->head(); ++version) {
        if (AnswerAt(asked, version, 0) == entry.answer) return;
      }
    } else {
      if (AnswerAt(asked, asked.known_at, purged_at_) == entry.answer) return;
      // Not yet purged there: then the purge is new.
      if (purged_at_ > oldest && entry.answer.starts_with(epoch_)) return;
    }
    ADD_FAILURE() << "answered \"" << entry.answer << "\" from version " << entry.stamp.version
                  << " where " << oldest << " to " << store_->head() << " may be answered";
  }

  void Forge() {
    if (redis_.values.empty()) return;
    std::string& value = redis_.values.begin()->second;
    if (Draw(2) == 0 && !value.empty()) {
      value[static_cast<size_t>(Draw(static_cast<int>(value.size())))] ^= 1;
    } else {
      value = redis_.values.rbegin()->second;  // The answer to another question.
    }
  }

  void Restart(int process) {
    std::erase_if(pending_, [&](const Pending& read) { return read.process == process; });
    processes_[static_cast<size_t>(process)] = NewProcess();
  }

  // The store is restored from a backup, under another epoch; Redis keeps what it has.
  void ReplaceStore() {
    pending_.clear();
    processes_.clear();
    epoch_ = absl::StrCat("epoch", ++epochs_);
    const int64_t kept = std::max<int64_t>(store_->head() - Draw(5), 0);
    store_ = std::make_unique<FakeCommits>(epoch_, *store_, kept);
    states_.resize(static_cast<size_t>(kept) + 1);
    committed_.resize(static_cast<size_t>(kept) + 1);
    purged_at_ = std::min(purged_at_, kept);
    acknowledged_ = std::min(acknowledged_, kept);
    for (int i = 0; i < kProcesses; ++i) processes_.push_back(NewProcess());
  }

  std::unique_ptr<ReadCache> NewProcess() {
    return std::make_unique<ReadCache>(
        ReadCacheOptions{.origin = {"test", "memberstates", epoch_, "1.0"},
                         .secret = "sixteen bytes it is",
                         .most_names = kAreas - 1,
                         .max_bytes = 1 << 20,
                         .now = [this] { return now_; }},
        *store_, &redis_, metrics_);
  }

  std::mt19937_64 random_;
  SteadyTime now_ = SteadyTime() + std::chrono::hours(1);
  int epochs_ = 0;
  std::string epoch_;
  std::unique_ptr<FakeCommits> store_ = std::make_unique<FakeCommits>();
  std::vector<State> states_ = {State(kAreas, 0)};  // By version.
  std::vector<SteadyTime> committed_ = {now_};      // When.
  int64_t purged_at_ = 0;
  int64_t acknowledged_ = 0;  // The last version that a client knows of.
  FakeSharedTier redis_;
  prometheus::Registry registry_;
  CacheMetrics metrics_{registry_};
  std::vector<std::unique_ptr<ReadCache>> processes_;
  std::vector<Pending> pending_;

  int64_t served_ = 0, from_redis_ = 0, filled_ = 0;
};

TEST(FreshnessSimulationTest, NothingIsAnsweredThatIsTooOld) {
  constexpr int kStepsOfAWorld = 50'000;
  int64_t served = 0, from_redis = 0, filled = 0;
  for (int steps = Steps(), seed = 0; steps > 0; steps -= kStepsOfAWorld, ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    World world(static_cast<uint64_t>(seed));
    for (int i = 0; i < std::min(steps, kStepsOfAWorld); ++i) {
      world.Step();
      ASSERT_FALSE(::testing::Test::HasFailure()) << "step " << i;
    }
    served += world.served();
    from_redis += world.from_redis();
    filled += world.filled();
  }
  // It has tried what it is about.
  EXPECT_GT(served, Steps() / 50);
  EXPECT_GT(filled, Steps() / 200);
  EXPECT_GT(from_redis, Steps() / 5000);
  RecordProperty("served", std::to_string(served));
  std::printf("%d steps: %ld answers kept, %ld given again, %ld of them from Redis\n", Steps(),
              filled, served, from_redis);
}

}  // namespace
}  // namespace corridor::cache
