// Reads of one loop through the cache: answered from what is kept, or by asking the services, once
// for all who ask the same at the same time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/call.h"
#include "gateway/changes/alarm_clock.h"
#include "gateway/dialects/dialect.h"
#include "gateway/own_method.h"
#include "gateway/response_cache/response_cache.h"

namespace corridor::gateway {

// A read as REST understood it. All that it calls is called on its loop.
struct CachedRead {
  std::shared_ptr<Call> call;
  // What is asked, with everything that the answer's body depends on but the day: equal keys, equal
  // answers.
  std::string key;
  std::string route;  // Template, for metrics and logs.
  // The version that the answer names says nothing of how recent it is: the question is about an
  // earlier one, or the answer is put together from several. It is as of when it was asked for.
  bool is_pinned = false;
  // Asks the services; what it returns cancels that. `done` may be called at once.
  std::function<std::function<void()>(std::function<void(const OwnReply&)> done)> ask;
  // Writes an answer that went well, with all of its headers.
  std::function<absl::StatusOr<HttpResponse>(const OwnReply&)> write;
  // Answers the call with what cannot be kept: errors, and what names no version.
  std::function<void(const OwnReply&)> answer;
};

// Belongs to one loop, and outlives its calls; `cache` and `clock` outlive it.
//
// A read that names a corridor-min-version or a time limit of its own, or wants what is kept to be
// passed by, asks for itself when it cannot be answered at once; others wait together.
class CachedReads {
 public:
  // `post` runs a task on this loop, and may be called from any thread.
  CachedReads(ResponseCache& cache, const AlarmClock& clock,
              std::function<void(std::function<void()>)> post)
      : cache_(cache), clock_(clock), post_(std::move(post)) {}

  // Answers the call if the same request was answered before and that holds still.
  bool AnswerAtOnce(Call& call);
  // A write was answered with this metadata: what is kept from before it waits for the feed, so
  // that who writes through this gateway and reads sees what was written.
  void OnWritten(const Headers& metadata);
  // The token of a version that the service has reached by such writes, and whose commits are not
  // known here yet: who reads now is to be answered from no earlier one.
  std::optional<std::string> LeastVersion(const std::string& service) const;
  // Answers in the end.
  void Answer(CachedRead read) { Answer(std::move(read), clock_.Now()); }

 private:
  struct Asking;

  // `arrived`: the read, by the clock.
  void Answer(CachedRead read, absl::Time arrived);
  void Ask(const std::shared_ptr<Asking>& asking);
  void OnReply(const std::shared_ptr<Asking>& asking, const OwnReply& reply);
  void OnTold(const std::shared_ptr<Asking>& asking, const OutcomePtr& outcome);
  // Whether others may have it who asked later.
  bool IsForAll(const Asking& asking, const Outcome& outcome) const;
  OutcomePtr OutcomeOf(const Asking& asking, const OwnReply& reply);
  std::shared_ptr<const Rendered> Render(const Asking& asking, const OwnReply& reply, bool& keep);
  void Conclude(const Asking& asking, const Outcome& outcome);
  bool AnswerStale(const Asking& asking, const OwnReply& reply);
  void Send(Call& call, Slot* slot, const std::shared_ptr<const Rendered>& rendered,
            const AskedForm& form, std::string_view by, HttpHeaders more = {});

  ResponseCache& cache_;
  const AlarmClock& clock_;
  const std::function<void(std::function<void()>)> post_;
};

// Answers what it can at once, before anybody looks at what is asked, and passes on all else.
class CachedAnswers : public Dialect {
 public:
  // Both outlive it.
  CachedAnswers(CachedReads& reads, Dialect& others) : reads_(reads), others_(others) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override {
    return others_.TakesBodyAsItComes(head);
  }
  void Serve(const std::shared_ptr<Call>& call) override {
    if (!reads_.AnswerAtOnce(*call)) others_.Serve(call);
  }
  HttpResponse Refusal(const HttpRequest& head, const HttpError& error) const override {
    return others_.Refusal(head, error);
  }

 private:
  CachedReads& reads_;
  Dialect& others_;
};

}  // namespace corridor::gateway
