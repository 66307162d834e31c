// A key that is the target of a request leads to the slot of what it means, so that who asks the
// same in the same words needs no more than a look.
#include "gateway/response_cache/cached_reads.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gateway/http/http_error.h"
#include "google/rpc/error_details.pb.h"
#include "platform/cache/told_tags.h"
#include "platform/request/position.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr char kByService[] = "origin";
constexpr char kByStale[] = "stale";
// Names the services whose absence is why an answer may be outdated.
constexpr char kStaleHeader[] = "corridor-stale";

bool IsRead(const HttpRequest& request) {
  return (request.method == "GET" || request.method == "HEAD") && request.body.empty() &&
         request.source == nullptr;
}

// What was asked, in the client's words. No target begins so that it could be a CachedRead's key.
void WriteWords(const HttpRequest& request, const AskedForm& form, std::string& words) {
  words.assign(request.path).append("?").append(request.query);
  if (form.json != nullptr) words.append("\njson ").append(*form.json);
  if (form.fields != nullptr) words.append("\nfields ").append(*form.fields);
}

// Of the day that `now` is in, in UTC.
absl::Time EndOfDay(absl::Time now) {
  return absl::FromCivil(absl::ToCivilDay(now, absl::UTCTimeZone()) + 1, absl::UTCTimeZone());
}

// Headers of an answer that are the same whoever gets it, and however.
HttpHeaders KeptHeaders(HttpHeaders headers) {
  std::erase_if(headers, [](const auto& header) {
    return header.first == kCacheHeader || header.first == cache::kTagsMetadata ||
           header.first == "cache-control";
  });
  return headers;
}

// Whether a service is down, hangs, or is none.
bool IsOfAbsence(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || IsGarbage(status);
}

// Which services an error of absence is about; all that the answer is from, if it does not say.
std::string ServicesOf(const absl::Status& status, const Rendered::Content& content) {
  for (const char* name : {"service", "services"}) {
    if (std::string named = ErrorMetadata(status, name); !named.empty()) return named;
  }
  return absl::StrJoin(content.sources, ", ", [](std::string* out, const Rendered::Source& source) {
    out->append(source.service);
  });
}

}  // namespace

// A read under way.
struct CachedReads::Asking {
  Asking(CachedRead r, absl::Time a)
      : read(std::move(r)), arrived(a), form(read.call->request().headers) {}

  const CachedRead read;
  const absl::Time arrived;  // By the steady clock.
  const AskedForm form;
  std::shared_ptr<Slot> slot;  // Null when nothing is to be kept.
  bool is_for_all = false;     // Others may wait for it.
  absl::Time asked;            // Likewise, the services.
  absl::Time day_ends;
  std::map<std::string, StorePoint> heads;  // When it was asked; for a pinned read.
};

bool CachedReads::AnswerAtOnce(Call& call) {
  const HttpRequest& request = call.request();
  if (!cache_.is_on() || !IsRead(request)) return false;
  const AskedForm form(request.headers);
  if (form.is_unusual || form.is_private || form.wants_origin || form.has_timeout) return false;
  thread_local std::string words;
  WriteWords(request, form, words);
  const std::shared_ptr<Slot> slot = cache_.shards().Find(words);
  if (slot == nullptr) return false;
  const std::shared_ptr<const Rendered> kept = slot->kept();
  if (kept == nullptr || !cache_.MayServe(*kept, form, clock_.Now(), call.arrived())) return false;
  call.set_dialect("rest");
  call.set_route(request.method, kept->content().route);
  cache_.Count(ReadResult::kHit);
  Send(call, slot.get(), kept, form, kByGateway);
  return true;
}

void CachedReads::OnWritten(const Headers& metadata) {
  const std::string* token = FindHeader(metadata, kVersionHeader);
  if (token == nullptr) return;
  const auto position = DecodePosition(*token, kVersionHeader);
  if (!position.ok()) return;
  for (const auto& [service, part] : position->parts()) {
    Validity* const validity = cache_.ValidityOf(service);
    if (validity != nullptr) validity->Hear({part.epoch(), part.version()});
  }
}

std::optional<std::string> CachedReads::LeastVersion(const std::string& service) const {
  const std::optional<StorePoint> heard = cache_.Heard(service);
  if (!heard) return std::nullopt;
  return EncodePosition(service, heard->epoch, heard->version);
}

void CachedReads::Answer(CachedRead read, absl::Time arrived) {
  const auto asking = std::make_shared<Asking>(std::move(read), arrived);
  const AskedForm& form = asking->form;
  const HttpRequest& request = asking->read.call->request();
  if (!cache_.is_on() || form.is_private) return Ask(asking);
  asking->slot = cache_.shards().FindOrAdd(asking->read.key);
  if (!form.is_unusual) {
    std::string words;
    WriteWords(request, form, words);
    cache_.shards().Alias(words, asking->slot);
  }
  if (form.wants_origin) return Ask(asking);
  const std::shared_ptr<const Rendered> kept = asking->slot->kept();
  Call& call = *asking->read.call;
  if (kept != nullptr && cache_.MayServe(*kept, form, clock_.Now(), absl::Now())) {
    cache_.Count(ReadResult::kHit);
    return Send(call, asking->slot.get(), kept, form, kByGateway);
  }
  if (form.has_timeout || form.min_version != nullptr) return Ask(asking);
  asking->is_for_all = asking->slot->Ask([this, asking](const OutcomePtr& outcome) {
    post_([this, asking, outcome] { OnTold(asking, outcome); });
  });
  if (asking->is_for_all) Ask(asking);
}

void CachedReads::Ask(const std::shared_ptr<Asking>& asking) {
  cache_.Count(ReadResult::kMiss);
  asking->asked = clock_.Now();
  asking->day_ends = EndOfDay(absl::Now());
  if (asking->read.is_pinned) asking->heads = cache_.Heads();
  std::function<void()> cancel =
      asking->read.ask([this, asking](const OwnReply& reply) { OnReply(asking, reply); });
  if (asking->is_for_all) {
    // What others wait for goes on without the one who asked.
    cancel = [slot = asking->slot, cancel = std::move(cancel)] {
      if (slot->Abandon() && cancel) cancel();
    };
  }
  asking->read.call->OnCancel(std::move(cancel));
}

void CachedReads::OnReply(const std::shared_ptr<Asking>& asking, const OwnReply& reply) {
  const OutcomePtr outcome = OutcomeOf(*asking, reply);
  if (asking->is_for_all) asking->slot->Settle(outcome);
  Conclude(*asking, *outcome);
}

void CachedReads::OnTold(const std::shared_ptr<Asking>& asking, const OutcomePtr& outcome) {
  Call& call = *asking->read.call;
  if (call.is_over()) return;
  if (!IsForAll(*asking, *outcome)) return Answer(asking->read, asking->arrived);
  cache_.Count(ReadResult::kJoined);
  Conclude(*asking, *outcome);
}

bool CachedReads::IsForAll(const Asking& asking, const Outcome& outcome) const {
  const bool is_recent = asking.arrived - outcome.asked <= ResponseCache::kTrust;
  if (outcome.rendered == nullptr) return is_recent || IsOfAbsence(outcome.reply->status);
  // Who wrote meanwhile and asks is not to have what was asked for before.
  if (is_recent && !cache_.IsOvertaken(*outcome.rendered)) return true;
  return cache_.MayServe(*outcome.rendered, asking.form, clock_.Now(), absl::Now());
}

OutcomePtr CachedReads::OutcomeOf(const Asking& asking, const OwnReply& reply) {
  bool keep = true;
  std::shared_ptr<const Rendered> rendered = Render(asking, reply, keep);
  if (rendered == nullptr) {
    return std::make_shared<const Outcome>(
        Outcome{asking.asked, nullptr, "", std::make_shared<const OwnReply>(reply)});
  }
  if (keep && asking.slot != nullptr) cache_.Keep(*asking.slot, rendered);
  const std::string* by = FindHeader(reply.headers, kCacheHeader);
  return std::make_shared<const Outcome>(
      Outcome{asking.asked, std::move(rendered), by == nullptr ? kByService : *by, nullptr});
}

// Null for what names no version. `keep` is made false for what is of that version for sure, but
// may not be compared with what is known of the services.
std::shared_ptr<const Rendered> CachedReads::Render(const Asking& asking, const OwnReply& reply,
                                                    bool& keep) {
  const std::string* token = FindHeader(reply.headers, kVersionHeader);
  if (asking.form.is_private || !reply.status.ok() || !reply.is_whole || reply.http_status != 200 ||
      token == nullptr) {
    return nullptr;
  }
  const auto position = DecodePosition(*token, kVersionHeader);
  if (!position.ok()) return nullptr;
  absl::StatusOr<HttpResponse> response = asking.read.write(reply);
  if (!response.ok()) return nullptr;
  Rendered::Content content{asking.read.route,
                            KeptHeaders(std::move(response->headers)),
                            std::move(response->body),
                            {},
                            asking.asked,
                            asking.day_ends};
  keep = absl::Now() < asking.day_ends;
  // Told by a service of its own answer; without it, that depends on all that the service has.
  const std::string* tags = FindHeader(reply.headers, cache::kTagsMetadata);
  const auto told = tags == nullptr ? std::nullopt : cache::ReadToldTags(*tags);
  for (const auto& [service, part] : position->parts()) {
    Rendered::Source source{
        service, cache_.ValidityOf(service), {part.epoch(), part.version()}, {}, part.version()};
    if (told) {
      source.point.version = std::max(source.point.version, told->version);
      source.tags = told->tags;
    }
    if (asking.read.is_pinned) {
      const auto head = asking.heads.find(service);
      keep = keep && head != asking.heads.end() && head->second.epoch == part.epoch();
      if (head != asking.heads.end()) source.point.version = source.reached = head->second.version;
    }
    keep = keep && source.validity != nullptr;
    content.sources.push_back(std::move(source));
  }
  return std::make_shared<const Rendered>(std::move(content));
}

void CachedReads::Conclude(const Asking& asking, const Outcome& outcome) {
  Call& call = *asking.read.call;
  if (outcome.rendered == nullptr) {
    if (!AnswerStale(asking, *outcome.reply)) asking.read.answer(*outcome.reply);
    return;
  }
  Send(call, asking.slot.get(), outcome.rendered, asking.form, outcome.by);
}

bool CachedReads::AnswerStale(const Asking& asking, const OwnReply& reply) {
  if (asking.slot == nullptr || !IsOfAbsence(reply.status)) return false;
  const std::shared_ptr<const Rendered> kept = asking.slot->kept();
  if (kept == nullptr) return false;
  const auto age = cache_.StaleAge(*kept, asking.form, clock_.Now());
  if (!age) return false;
  cache_.Count(ReadResult::kStale);
  Send(*asking.read.call, asking.slot.get(), kept, asking.form, kByStale,
       {{"age", absl::StrCat(absl::ToInt64Seconds(*age))},
        {"warning", "111 - \"Revalidation Failed\""},
        {kStaleHeader, ServicesOf(reply.status, kept->content())}});
  return true;
}

void CachedReads::Send(Call& call, Slot* slot, const std::shared_ptr<const Rendered>& rendered,
                       const AskedForm& form, std::string_view by, HttpHeaders more) {
  const size_t before = rendered->bytes();
  HttpResponse response = AnswerWith(rendered, call.request(), form, by);
  for (auto& header : more) response.headers.push_back(std::move(header));
  if (slot != nullptr && rendered->bytes() != before) cache_.Account(*slot, *rendered);
  if (response.status == 304) cache_.CountUnchanged();
  const std::string_view code = CodeNameOf(response.status);
  call.Answer(std::move(response), code);
}

}  // namespace corridor::gateway
