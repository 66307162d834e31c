// Any order of commits, reads, fills, news of the feed, cuts of it and new stores: no answer that
// the cache gives is older than it may be.
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gateway/response_cache/response_cache.h"
#include "gtest/gtest.h"
#include "platform/request/position.h"
#include "prometheus/registry.h"

namespace corridor::gateway {
namespace {

constexpr int kRuns = 4000;
constexpr int kSteps = 300;
constexpr int kTags = 4;

std::string Tag(int i) { return absl::StrCat("areas/A", i); }

// One service with its store, a feed of it that is late and breaks, and a cache behind that.
class World {
 public:
  explicit World(uint32_t seed) : random_(seed) {}

  void Step() {
    now_ += absl::Milliseconds(Below(is_busy_ ? 60 : 12));
    if (Below(50) == 0) is_busy_ = !is_busy_;
    switch (Below(is_busy_ ? 11 : 10)) {
      case 0:
      case 1:
        return AskHead();
      case 2:
      case 3:
        return Deliver();
      case 4:
        return BeginFill();
      case 5:
        return EndFill();
      case 6:
        if (Below(30) == 0) return CutFeed();
        return Below(4) == 0 ? Commit() : BeginFill();
      case 7:
        if (Below(100) == 0) return Wipe();
        return Deliver();
      case 10:
        return Commit();
      default:
        return Read();
    }
  }
  int served() const { return served_; }

 private:
  struct Event {  // Of the feed.
    std::string epoch;
    std::vector<Validity::Commit> commits;
    int64_t head;
    absl::Time asked;
  };
  struct Question {
    std::vector<std::string> tags;  // Empty: all.
    std::shared_ptr<Slot> slot;
  };
  struct Fill {
    Question question;
    std::shared_ptr<const Rendered> answer;
  };
  struct Change {
    int64_t version;
    std::vector<std::string> tags;
    absl::Time at;
    bool is_all;
  };

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  Question Any() {
    const int which = Below(kTags + 2);
    Question question;
    if (which < kTags) question.tags = {Tag(which)};
    if (which == kTags) question.tags = {Tag(0), Tag(1)};
    question.slot = cache_.shards().FindOrAdd(absl::StrCat("q", which));
    return question;
  }

  void Commit() {
    const bool is_all = Below(20) == 0;
    changes_.push_back({++version_, {Tag(Below(kTags))}, now_, is_all});
    written_ = {epoch_, version_};
  }

  // The service looks, and sends what is new to who follows.
  void AskHead() {
    if (!follows_) return Follow();
    Event event{epoch_, {}, version_, now_};
    for (const Change& change : changes_) {
      if (change.version > sent_) {
        event.commits.push_back({change.version, change.tags, change.is_all});
      }
    }
    sent_ = version_;
    on_its_way_.push_back(std::move(event));
  }
  void Deliver() {
    if (on_its_way_.empty()) return;
    const Event event = std::move(on_its_way_.front());
    on_its_way_.pop_front();
    for (const auto& commit : event.commits) validity_.Add(commit);
    position_ = {event.epoch, event.head};
    validity_.KnowAt(event.asked);
  }
  // What is on its way is lost.
  void CutFeed() {
    on_its_way_.clear();
    follows_ = false;
  }
  // Goes on where it was, or anew when that is another store's.
  void Follow() {
    follows_ = true;
    if (position_ && position_->epoch == epoch_) {
      sent_ = position_->version;
      return;
    }
    position_ = {epoch_, version_};
    sent_ = version_;
    validity_.Begin(*position_);
  }
  void Wipe() {
    CutFeed();
    epoch_ = absl::StrCat("e", ++stores_);
    wiped_ = now_;
    version_ = Below(10);
    changes_.clear();
  }

  void BeginFill() {
    Fill fill{Any(), nullptr};
    Rendered::Content content;
    content.body = "answer";
    content.sources = {{"s", &validity_, {epoch_, version_}, fill.question.tags}};
    content.asked = now_;
    content.day_ends = absl::InfiniteFuture();
    fill.answer = std::make_shared<const Rendered>(std::move(content));
    fills_.push_back(std::move(fill));
  }
  void EndFill() {
    if (fills_.empty()) return;
    const auto fill = fills_.begin() + Below(static_cast<int>(fills_.size()));
    cache_.Keep(*fill->question.slot, fill->answer);
    fills_.erase(fill);
  }

  void Read() {
    const Question question = Any();
    const std::shared_ptr<const Rendered> kept = question.slot->kept();
    if (kept == nullptr) return;
    HttpHeaders headers;
    if (written_ && Below(2) == 0) {
      headers.emplace_back(kMinVersionHeader,
                           EncodePosition("s", written_->epoch, written_->version));
    }
    const AskedForm form(headers);
    if (!cache_.MayServe(*kept, form, now_, absl::UnixEpoch())) return;
    ++served_;
    const StorePoint& point = kept->content().sources[0].point;
    const absl::Time bound = now_ - ResponseCache::kTrust;
    if (point.epoch != epoch_) {
      ASSERT_GT(wiped_, bound) << "from a store that was replaced long ago";
    } else {
      for (const Change& change : changes_) {
        const bool concerns = question.tags.empty() || change.is_all ||
                              std::find(question.tags.begin(), question.tags.end(),
                                        change.tags[0]) != question.tags.end();
        ASSERT_FALSE(concerns && change.version > point.version && change.at < bound)
            << "version " << point.version << " without " << change.version;
      }
    }
    if (!headers.empty()) {
      ASSERT_EQ(point.epoch, written_->epoch);
      ASSERT_GE(point.version, written_->version);
    }
  }

  std::mt19937 random_;
  bool is_busy_ = false;  // Much is written, and much takes long.
  absl::Time now_ = absl::FromUnixSeconds(1000);
  // The store.
  int stores_ = 0;
  std::string epoch_ = "e0";
  int64_t version_ = 3;
  std::vector<Change> changes_;
  absl::Time wiped_ = absl::InfinitePast();
  std::optional<StorePoint> written_;
  // The feed.
  bool follows_ = false;
  int64_t sent_ = 0;
  std::deque<Event> on_its_way_;
  std::optional<StorePoint> position_;  // Of who follows.
  // The cache.
  prometheus::Registry registry_;
  ResponseCache cache_{{1 << 20}, {"s"}, registry_};
  Validity& validity_ = *cache_.ValidityOf("s");
  std::vector<Fill> fills_;
  int served_ = 0;
};

TEST(FreshnessPropertyTest, NoAnswerIsOlderThanTheRuleAllows) {
  int64_t served = 0;
  for (uint32_t seed = 0; seed < kRuns; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int step = 0; step < kSteps; ++step) {
      world.Step();
      if (HasFatalFailure()) return;
    }
    served += world.served();
  }
  // Else it would hold because nothing is ever served.
  EXPECT_GT(served, kRuns * 3);
}

}  // namespace
}  // namespace corridor::gateway
