#include "platform/areas/area_directory.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/default_data/load_steps.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"
#include "platform/store/backoff.h"

namespace corridor::areas {
namespace {

constexpr absl::Duration kLongestAsk = absl::Seconds(2);
constexpr absl::Duration kLongestTurn = absl::Milliseconds(50);  // That others wait for.
constexpr absl::Duration kSilence = absl::Seconds(1);
constexpr absl::Duration kLongestScrub = absl::Milliseconds(250);  // Writers wait for it.
constexpr absl::Duration kLongestFirstCopy = absl::Seconds(10);    // One attempt.

absl::Status UnknownHere(std::string_view code, std::string_view field, const std::string& why) {
  return ErrorWithReason(absl::StatusCode::kUnavailable, "AREA_UNKNOWN_HERE",
                         absl::StrCat(std::string(field), ": areas/", std::string(code),
                                      " is not known here yet, and memberstates ", why),
                         {{"area", code}, {"service", "memberstates"}});
}

// The message stays here: it names addresses within.
std::string CannotBeAsked(const absl::Status& status) {
  return absl::StrCat("cannot be asked: ", std::string(CodeName(status.code())));
}

absl::Status NoSuchArea(std::string_view text, std::string_view field) {
  return InvalidField(field, text, "is no area that memberstates knows");
}

absl::StatusOr<std::string> CodeOf(std::string_view text, std::string_view field) {
  if (IsCode(text)) return std::string(text);
  return CodeIn(text, "areas/*", field);
}

}  // namespace

absl::Status AreaDirectory::EnsureKnown(std::string_view name, std::string_view field,
                                        absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string code, CodeIn(name, "areas/*", field));
  bool known = false;
  {
    ASSIGN_OR_RETURN(const auto rows, versions_.ReadAt({}, deadline));
    ASSIGN_OR_RETURN(known, Has(*rows, code));
  }
  return known ? absl::OkStatus() : AskFor(code, name, field, deadline);
}

absl::StatusOr<std::string> AreaDirectory::ReadArea(std::string_view text, std::string_view field,
                                                    absl::Time deadline) {
  ASSIGN_OR_RETURN(std::string code, CodeOf(text, field));
  bool known = false;
  {
    ASSIGN_OR_RETURN(const auto rows, versions_.ReadAt({}, deadline));
    ASSIGN_OR_RETURN(known, HasEverHad(*rows, code));
  }
  if (!known) RETURN_IF_ERROR(AskFor(code, text, field, deadline));
  return code;
}

absl::Status AreaDirectory::AskFor(std::string_view code, std::string_view text,
                                   std::string_view field, absl::Time deadline) {
  const store::Turnstile::Pass turn = asking_.Enter(EndOfWait());
  if (!turn) return UnknownHere(code, field, "is being asked by another request");
  if (IsSilent()) return UnknownHere(code, field, "did not answer a moment ago");
  SetAskBegan(absl::Now());
  absl::Status known = AskInTurn(code, text, field, deadline);
  SetAskBegan(absl::InfiniteFuture());
  return known;
}

absl::Status AreaDirectory::AskInTurn(std::string_view code, std::string_view text,
                                      std::string_view field, absl::Time deadline) {
  const absl::Time longest = absl::Now() + kLongestAsk;
  const absl::Time until = std::min(deadline, longest);
  const absl::StatusOr<std::optional<Cursor>> found = source_.Find(code, until);
  if (!found.ok()) {
    // A request in a hurry says nothing about memberstates.
    if (until == longest || !absl::IsDeadlineExceeded(found.status())) NoteSilence();
    return UnknownHere(code, field, CannotBeAsked(found.status()));
  }
  if (!found->has_value()) return NoSuchArea(text, field);
  const absl::StatusOr<Cursor> copied = Copy(Direction::kForward, **found, until, {});
  if (!copied.ok()) return UnknownHere(code, field, CannotBeAsked(copied.status()));

  ASSIGN_OR_RETURN(const auto rows, versions_.ReadAt({}, deadline));
  ASSIGN_OR_RETURN(const bool known, Has(*rows, code));
  return known ? absl::OkStatus() : NoSuchArea(text, field);  // Deleted in between.
}

absl::Time AreaDirectory::EndOfWait() {
  const std::lock_guard lock(mutex_);
  return std::min(absl::Now(), ask_began_) + kLongestTurn;
}

void AreaDirectory::SetAskBegan(absl::Time began) {
  const std::lock_guard lock(mutex_);
  ask_began_ = began;
}

bool AreaDirectory::IsSilent() {
  const std::lock_guard lock(mutex_);
  return now_() < silent_until_;
}

void AreaDirectory::NoteSilence() {
  const std::lock_guard lock(mutex_);
  silent_until_ = now_() + kSilence;
}

absl::Status AreaDirectory::EnsureLoaded(absl::Time deadline) {
  const auto load = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Cursor position, Position(deadline));
    if (!position.epoch.empty()) return absl::OkStatus();
    return Copy(Direction::kForward, {}, std::min(deadline, absl::Now() + kLongestFirstCopy), {})
        .status();
  };
  store::Backoff backoff;
  while (true) {
    absl::Status loaded = load();
    if (loaded.ok()) return loaded;
    const absl::Duration wait = backoff.Next();
    if (absl::Now() + wait >= deadline) {
      return ErrorWithReason(
          absl::StatusCode::kUnavailable, "AREAS_NOT_COPIED",
          absl::StrCat("the areas could not be copied from memberstates: ", loaded.message()),
          {{"service", "memberstates"}});
    }
    absl::SleepFor(wait);
  }
}

absl::StatusOr<Cursor> AreaDirectory::Position(absl::Time deadline) {
  ASSIGN_OR_RETURN(const auto rows, versions_.ReadAt({}, deadline));
  return ReadCursor(*rows);
}

absl::StatusOr<Cursor> AreaDirectory::CatchUp(const Cursor& target, absl::Time deadline,
                                              const std::stop_token& stop) {
  ASSIGN_OR_RETURN(Cursor position, Position(deadline));
  if (position.Covers(target)) return position;
  ASSIGN_OR_RETURN(position, Copy(Direction::kForward, target, deadline, stop));
  if (position.Covers(target)) return position;
  return absl::UnavailableError(absl::StrCat("memberstates answered from version ",
                                             position.version, " of store ", position.epoch,
                                             ", not from ", target.version, " of ", target.epoch));
}

absl::Status AreaDirectory::Purge(const std::vector<std::string>& resources, absl::Time deadline) {
  const store::WriteContext context = {.actor = kAreaCopyActor, .reason = "Purged by memberstates"};
  ASSIGN_OR_RETURN(const store::Commit commit,
                   versions_.Write(context, deadline, [&resources](store::Writer& rows) {
                     return areas::Purge(resources, rows);
                   }));
  // What readers keep in the log goes when they end.
  if (commit.purge) versions_.Scrub(absl::Now() + kLongestScrub).IgnoreError();
  return absl::OkStatus();
}

absl::StatusOr<Cursor> AreaDirectory::CopyAnew(absl::Time deadline, const std::stop_token& stop) {
  return Copy(Direction::kAny, {}, deadline, stop);
}

absl::StatusOr<Cursor> AreaDirectory::Copy(Direction direction, const Cursor& least,
                                           absl::Time deadline, const std::stop_token& stop) {
  const store::Turnstile::Pass turn = copying_.Enter(deadline);
  if (!turn) return absl::DeadlineExceededError("the areas are being copied for somebody else");
  ASSIGN_OR_RETURN(const AreaSnapshot snapshot, source_.Fetch(least, deadline, stop));

  Cursor position = snapshot.cursor;
  const store::WriteContext context = {
      .actor = kAreaCopyActor,
      .reason = absl::StrCat("Areas of memberstates, version ", snapshot.cursor.version)};
  const auto apply = [&](store::Writer& rows) -> absl::Status {
    ASSIGN_OR_RETURN(Cursor held, ReadCursor(rows));
    if (direction == Direction::kAny || !held.Covers(snapshot.cursor)) return Apply(snapshot, rows);
    position = std::move(held);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(versions_.Write(context, deadline, apply).status());
  return position;
}

}  // namespace corridor::areas
