#include "platform/cache/read_cache.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace corridor::cache {
namespace {

// Catching up after a commit takes one read of the store.
constexpr absl::Duration kLongestCatchUp = absl::Milliseconds(250);
// Larger answers would hold up the connection for others.
constexpr size_t kMostSharedBytes = 1 << 20;

}  // namespace

ReadCache::ReadCache(ReadCacheOptions options, store::VersionedStore& store, SharedTier* shared,
                     CacheMetrics& metrics)
    : options_(std::move(options)),
      shared_(shared),
      metrics_(metrics),
      methods_(options_.origin),
      validity_(options_.most_names),
      local_(options_.max_bytes),
      feed_(
          store, validity_, [this] { local_.Clear(); }, options_.now) {
  // What cannot be asked now is asked soon; until then the store answers.
  feed_.CatchUp(absl::Now() + kLongestCatchUp).IgnoreError();
}

std::optional<Question> ReadCache::Ask(std::string_view method,
                                       const google::protobuf::Message& request,
                                       int64_t min_version, absl::Time now) {
  const KeptMethod* const kept = methods_.Find(method);
  if (kept == nullptr) return std::nullopt;
  std::optional<Question> question = kept->Ask(request, now);
  if (!question || min_version > validity_.version()) return std::nullopt;
  question->min_version = min_version;
  return question;
}

EntryPtr ReadCache::FindLocal(const Question& question) {
  EntryPtr entry = local_.Find(question.key);
  if (entry == nullptr || !Answers(*entry, question)) return nullptr;
  return entry;
}

bool ReadCache::Answers(const Entry& entry, const Question& question) const {
  return validity_.Holds(entry.stamp, question.min_version, options_.now());
}

EntryPtr ReadCache::FindShared(const Question& question) {
  if (!MayShare(question)) return nullptr;
  const std::optional<std::string> sealed = shared_->Get(SharedName(question));
  if (!sealed) return nullptr;
  std::optional<Entry> unsealed = Unseal(*sealed, question.key, options_.secret);
  if (!unsealed) {
    metrics_.Refused();
    return nullptr;
  }
  auto entry = std::make_shared<const Entry>(*std::move(unsealed));
  if (!Answers(*entry, question)) return nullptr;
  local_.Put(question.key, entry);
  metrics_.LocalBytes(local_.bytes());
  return entry;
}

EntryPtr ReadCache::Keep(const Question& question, int64_t version, std::string answer) {
  // The store is ahead of what is known here.
  if (!question.is_fixed && version > validity_.version()) {
    feed_.CatchUp(absl::Now() + kLongestCatchUp).IgnoreError();
  }
  // A read that is not fixed sees all commits up to the version that it answers from.
  const int64_t position = question.is_fixed ? question.pinned : std::max(question.pinned, version);
  Entry entry = {.stamp = {.position = position,
                           .version = version,
                           .is_fixed = question.is_fixed,
                           .tags = question.tags},
                 .answer = std::move(answer)};
  if (!validity_.Holds(entry.stamp, 0, options_.now())) return nullptr;
  auto kept = std::make_shared<const Entry>(std::move(entry));
  local_.Put(question.key, kept);
  metrics_.LocalBytes(local_.bytes());
  return kept;
}

void ReadCache::Share(const Question& question, const Entry& entry) {
  if (!MayShare(question) || SizeOf(entry) > kMostSharedBytes) return;
  shared_->Put(SharedName(question), Seal(entry, question.key, options_.secret));
}

void ReadCache::Wrote(int64_t version) {
  validity_.Expect(version);
  if (validity_.version() < version) {
    feed_.CatchUp(absl::Now() + kLongestCatchUp).IgnoreError();
  }
}

// Readable as far as operators grant rights by it.
std::string ReadCache::SharedName(const Question& question) const {
  const Origin& origin = options_.origin;
  return absl::StrCat("corridor:", origin.environment, ":", origin.service, ":",
                      absl::BytesToHexString({question.key.data(), question.key.size()}));
}

}  // namespace corridor::cache
