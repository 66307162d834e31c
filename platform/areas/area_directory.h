// The areas that a service knows: those of its copy, and where the copy lacks one, those that
// memberstates is asked for.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "platform/areas/area_copy.h"
#include "platform/areas/area_source.h"
#include "platform/store/turnstile.h"
#include "platform/store/versioned_store.h"

namespace corridor::areas {

// Thread-safe. Its methods read and write the store, so call them neither within a commit nor while
// holding a reader: what a commit names is made known first, and checked by areas::Has within.
class AreaDirectory {
 public:
  // `versions`, opened with what area_copy.h names, and `source` must outlive this. `now` tells how
  // long ago memberstates did not answer.
  AreaDirectory(store::VersionedStore& versions, AreaSource& source,
                std::function<absl::Time()> now = absl::Now)
      : versions_(versions), source_(source), now_(std::move(now)) {}

  // Makes sure that the copy has the area `name`, `areas/{code}`: where it has not, asks
  // memberstates, for two seconds at most, and brings the copy up to date. An ask holds a thread
  // that answers requests, so there is one at a time: it is waited for until it is 50 ms old. For a
  // second after memberstates did not answer it is not asked. Errors: INVALID_ARGUMENT naming
  // `field` (memberstates has no such area, or it is no name of one); UNAVAILABLE
  // (AREA_UNKNOWN_HERE, naming the code: memberstates cannot be asked, or not now); those of the
  // store.
  absl::Status EnsureKnown(std::string_view name, std::string_view field, absl::Time deadline);

  // The code that the field of a read names as `areas/{code}` or the code alone. An area that the
  // copy had once will do: records and earlier versions may name it. Errors: as EnsureKnown.
  absl::StatusOr<std::string> ReadArea(std::string_view text, std::string_view field,
                                       absl::Time deadline);

  // Waits until the copy was made once, trying again until `deadline`. Errors: UNAVAILABLE
  // (AREAS_NOT_COPIED, with why).
  absl::Status EnsureLoaded(absl::Time deadline);

  // What the copy was made from; no epoch before the first time.
  absl::StatusOr<Cursor> Position(absl::Time deadline);

  // Makes sure that the copy covers the commit `target` of memberstates, and answers what it was
  // made from. Errors: those of AreaSource::Fetch, UNAVAILABLE (memberstates answered from before
  // `target`), those of the store.
  absl::StatusOr<Cursor> CatchUp(const Cursor& target, absl::Time deadline,
                                 const std::stop_token& stop);

  // Erases from the copy's earlier versions, and from the files, what memberstates purged. The copy
  // must cover that. Errors: those of the store.
  absl::Status Purge(const std::vector<std::string>& resources, absl::Time deadline);

  // Makes the copy what memberstates has now, even if it was made from a later version: for when
  // memberstates was restored. Errors: as CatchUp.
  absl::StatusOr<Cursor> CopyAnew(absl::Time deadline, const std::stop_token& stop);

 private:
  enum class Direction {
    kForward,  // A snapshot that the copy covers already is left.
    kAny,
  };
  // Of a snapshot at `least` or later. One at a time: the later of two snapshots is the one that
  // stays.
  absl::StatusOr<Cursor> Copy(Direction direction, const Cursor& least, absl::Time deadline,
                              const std::stop_token& stop);
  // The copy has no such area: see EnsureKnown. `text` is the name as it was given.
  absl::Status AskFor(std::string_view code, std::string_view text, std::string_view field,
                      absl::Time deadline);
  // What AskFor does in its turn.
  absl::Status AskInTurn(std::string_view code, std::string_view text, std::string_view field,
                         absl::Time deadline);

  // Until when a request that comes now waits for its turn to ask.
  absl::Time EndOfWait();
  void SetAskBegan(absl::Time began);
  bool IsSilent();
  void NoteSilence();

  store::VersionedStore& versions_;
  AreaSource& source_;
  const std::function<absl::Time()> now_;
  store::Turnstile asking_{1};
  store::Turnstile copying_{1};

  std::mutex mutex_;                               // Guards the rest.
  absl::Time ask_began_ = absl::InfiniteFuture();  // Of the one under way.
  absl::Time silent_until_ = absl::InfinitePast();
};

}  // namespace corridor::areas
