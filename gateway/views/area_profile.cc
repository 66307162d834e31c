// Asks for each part, takes what comes, and says what is missing.
#include "gateway/views/area_profile.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "corridor/gateway/v1/profile.pb.h"
#include "gateway/http/message.h"
#include "gateway/views/parallel_reads.h"
#include "google/rpc/error_details.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/request/position.h"
#include "platform/request/resource_name.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

using v1::AreaProfile;
namespace ms = ::corridor::memberstates::v1;
namespace in = ::corridor::indicators::v1;
namespace pr = ::corridor::programmes::v1;

constexpr int kPageSize = 1000;
constexpr int kParts = AreaProfile::Part_ARRAYSIZE - 1;  // But for PART_UNSPECIFIED.
constexpr double kShareOfTime = 0.9;

// Who is asked for a part.
struct Source {
  AreaProfile::Part part;
  const char* service;
  const char* method;
  // Path and query that answer the part page by page: $0 is the area's code, $1 the day, $2 the
  // version that the part is of.
  const char* pages = "";
};

constexpr Source kArea = {AreaProfile::AREA, "memberstates",
                          "/corridor.memberstates.v1.Areas/GetArea"};
constexpr Source kGroups = {AreaProfile::GROUPS, "memberstates",
                            "/corridor.memberstates.v1.Areas/ListAreaGroups",
                            "/v1/areas/$0/groups?asOf=$1&knownAt=$2"};
constexpr Source kMembers = {AreaProfile::MEMBERS, "memberstates",
                             "/corridor.memberstates.v1.Areas/ListAreaMembers",
                             "/v1/areas/$0/members?asOf=$1&knownAt=$2"};
constexpr Source kMemberships = {AreaProfile::MEMBERSHIPS, "memberstates",
                                 "/corridor.memberstates.v1.Memberships/ListMemberships",
                                 "/v1/organisations/-/memberships?area=$0&asOf=$1&knownAt=$2"};
constexpr Source kHeadlineObservations = {
    AreaProfile::HEADLINE_INDICATORS, "indicators",
    "/corridor.indicators.v1.Observations/ListObservations",
    "/v1/observations?area=$0&headline=true&latest=true&asOf=$1&knownAt=$2"};
constexpr Source kHeadlineIndicators = {AreaProfile::HEADLINE_INDICATORS, "indicators",
                                        "/corridor.indicators.v1.Indicators/ListIndicators",
                                        "/v1/indicators?filter=headline%20%3D%20true&knownAt=$2"};
constexpr Source kContextNotes = {AreaProfile::CONTEXT_NOTES, "indicators",
                                  "/corridor.indicators.v1.ContextNotes/ListContextNotes",
                                  "/v1/contextNotes?area=$0&asOf=$1&knownAt=$2"};
constexpr Source kTargets = {AreaProfile::TARGETS, "indicators",
                             "/corridor.indicators.v1.Targets/ListTargets",
                             "/v1/targets?area=$0&asOf=$1&knownAt=$2"};
constexpr Source kProjects = {AreaProfile::PROJECTS, "programmes",
                              "/corridor.programmes.v1.Projects/ListProjects",
                              "/v1/projects?area=$0&asOf=$1&knownAt=$2"};

// A request, read.
struct Question {
  std::string name;      // `areas/{code}`.
  std::string code;      // Of the area.
  std::string as_of;     // Never empty: one day for all services, also at midnight.
  std::string known_at;  // As each service reads it.
  std::optional<common::v1::Position> position;  // When `known_at` is one.
};

// Errors: INVALID_ARGUMENT (`area`, `known_at`).
absl::StatusOr<Question> ReadQuestion(const std::string& message, absl::Time now) {
  v1::GetAreaProfileRequest request;
  if (!request.ParseFromString(message)) {
    return absl::InvalidArgumentError("the message is no GetAreaProfileRequest");
  }
  Question question;
  ASSIGN_OR_RETURN(question.code, CodeIn(request.area(), "areas/*", "area"));
  question.name = request.area();
  question.as_of = request.as_of().empty() ? FormatDay(absl::ToCivilDay(now, absl::UTCTimeZone()))
                                           : request.as_of();
  const std::string& known_at = request.known_at();
  if (!known_at.empty() && std::all_of(known_at.begin(), known_at.end(), absl::ascii_isdigit)) {
    return InvalidField("known_at", known_at,
                        "is a version number, and each service has its own: give an RFC 3339 "
                        "timestamp, or the corridor-version of an earlier profile");
  }
  question.known_at = known_at;
  absl::StatusOr<common::v1::Position> position = DecodePosition(known_at, "known_at");
  if (position.ok()) question.position = *std::move(position);
  return question;
}

// Whether a service refuses what the client asked of the view: its own fields only, for others are
// the view's doing. Whether there is such an area is for memberstates to say.
bool IsTheClients(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kOutOfRange) return true;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  google::rpc::BadRequest bad;
  if (!payload || !bad.ParseFromString(std::string(*payload))) return false;
  return std::any_of(bad.field_violations().begin(), bad.field_violations().end(),
                     [](const auto& violation) {
                       return violation.field() == "as_of" || violation.field() == "known_at";
                     });
}

bool HasMembers(ms::Area::Kind kind) {
  return kind == ms::Area::WORLD || kind == ms::Area::REGION || kind == ms::Area::GROUP;
}

// As it was when the token was made: with a part missing, so it is missing again.
absl::Status HasNoVersionOf(const std::string& service) {
  return ErrorWithReason(absl::StatusCode::kFailedPrecondition, "NO_VERSION_OF_SERVICE",
                         absl::StrCat("known_at: the token holds no version of ", service),
                         {{"field", "known_at"}, {"service", service}});
}

// One profile in the making. The reads that run keep it alive.
class Profile : public std::enable_shared_from_this<Profile> {
 public:
  using Done = std::function<void(const OwnReply&)>;

  // Reads for `call`.
  Profile(const std::map<std::string, Upstream*>& services, Question question, UnaryCall call,
          Done done)
      : question_(std::move(question)), reads_(services, std::move(call)), done_(std::move(done)) {
    profile_.set_name(question_.name);
  }

  // Calls `done` in the end, unless cancelled before.
  void Make();
  void Cancel();

 private:
  void AskMemberstates();
  void AskMembers();
  void AskIndicators();
  void AskProgrammes();

  // The request for a list, as all lists have it.
  template <typename Request>
  Request ListRequest() const;
  // `take` gets the answer, and may empty it.
  template <typename Response, typename Request>
  void Ask(const Source& source, const Request& request, std::function<void(Response&)> take);
  template <typename Response>
  void Take(const Source& source, const UnaryReply& reply,
            const std::function<void(Response&)>& take);
  void Truncate(const Source& source, const UnaryReply& reply);
  void Miss(const Source& source, const absl::Status& why);

  // Ends when all has come, or nothing that may come can change how it ends.
  void EndIfDecided();
  void End(const OwnReply& reply);
  OwnReply Finished();
  void FinishHeadline();
  absl::Status NoServiceAnswers() const;

  const Question question_;
  AreaProfile profile_;
  std::map<int, AreaProfile::Missing> missing_;      // By part.
  std::set<std::pair<int, std::string>> truncated_;  // Part, and what answers it whole.
  absl::Status refusal_;                             // Why the whole fails; OK when it does not.
  bool is_all_asked_ = false;
  ParallelReads reads_;
  Done done_;  // Null once it has ended.
};

void Profile::Make() {
  AskMemberstates();
  AskIndicators();
  AskProgrammes();
  is_all_asked_ = true;
  EndIfDecided();
}

void Profile::Cancel() {
  done_ = nullptr;
  reads_.Cancel();
}

void Profile::AskMemberstates() {
  ms::GetAreaRequest area;
  area.set_name(question_.name);
  area.set_known_at(question_.known_at);
  area.set_view(ms::FULL);
  Ask<ms::Area>(kArea, area, [this](ms::Area& answer) {
    profile_.mutable_area()->Swap(&answer);
    if (HasMembers(profile_.area().kind())) AskMembers();
  });

  auto groups = ListRequest<ms::ListAreaGroupsRequest>();
  groups.set_parent(question_.name);
  Ask<ms::ListAreaGroupsResponse>(kGroups, groups, [this](auto& answer) {
    profile_.mutable_groups()->Swap(answer.mutable_groups());
    *profile_.mutable_as_of() = answer.as_of();
  });

  auto memberships = ListRequest<ms::ListMembershipsRequest>();
  memberships.set_parent("organisations/-");
  memberships.set_area(question_.name);
  Ask<ms::ListMembershipsResponse>(kMemberships, memberships, [this](auto& answer) {
    profile_.mutable_memberships()->Swap(answer.mutable_memberships());
    *profile_.mutable_as_of() = answer.as_of();
  });
}

void Profile::AskMembers() {
  auto members = ListRequest<ms::ListAreaMembersRequest>();
  members.set_parent(question_.name);
  Ask<ms::ListAreaMembersResponse>(kMembers, members, [this](auto& answer) {
    profile_.mutable_members()->Swap(answer.mutable_members());
    *profile_.mutable_as_of() = answer.as_of();
  });
}

void Profile::AskIndicators() {
  auto observations = ListRequest<in::ListObservationsRequest>();
  observations.set_area(question_.name);
  observations.set_headline(true);
  observations.set_latest(true);
  Ask<in::ListObservationsResponse>(kHeadlineObservations, observations, [this](auto& answer) {
    profile_.mutable_headline_observations()->Swap(answer.mutable_observations());
  });

  // All of them at once, since they are few: FinishHeadline leaves out those without observations.
  in::ListIndicatorsRequest indicators;
  indicators.set_filter("headline = true");
  indicators.set_page_size(kPageSize);
  indicators.set_known_at(question_.known_at);
  Ask<in::ListIndicatorsResponse>(kHeadlineIndicators, indicators, [this](auto& answer) {
    profile_.mutable_headline_indicators()->Swap(answer.mutable_indicators());
  });

  auto notes = ListRequest<in::ListContextNotesRequest>();
  notes.set_area(question_.name);
  Ask<in::ListContextNotesResponse>(kContextNotes, notes, [this](auto& answer) {
    profile_.mutable_context_notes()->Swap(answer.mutable_context_notes());
  });

  auto targets = ListRequest<in::ListTargetsRequest>();
  targets.set_area(question_.name);
  Ask<in::ListTargetsResponse>(kTargets, targets, [this](auto& answer) {
    profile_.mutable_targets()->Swap(answer.mutable_targets());
  });
}

void Profile::AskProgrammes() {
  auto projects = ListRequest<pr::ListProjectsRequest>();
  projects.set_area(question_.name);
  Ask<pr::ListProjectsResponse>(kProjects, projects, [this](auto& answer) {
    profile_.mutable_projects()->Swap(answer.mutable_projects());
  });
}

template <typename Request>
Request Profile::ListRequest() const {
  Request request;
  request.set_as_of(question_.as_of);
  request.set_known_at(question_.known_at);
  request.set_page_size(kPageSize);
  return request;
}

template <typename Response, typename Request>
void Profile::Ask(const Source& source, const Request& request,
                  std::function<void(Response&)> take) {
  if (question_.position && !question_.position->parts().contains(source.service)) {
    return Miss(source, HasNoVersionOf(source.service));
  }
  reads_.Ask(source.service, source.method, request,
             [self = shared_from_this(), &source, take = std::move(take)](const UnaryReply& reply) {
               self->Take<Response>(source, reply, take);
               self->EndIfDecided();
             });
}

template <typename Response>
void Profile::Take(const Source& source, const UnaryReply& reply,
                   const std::function<void(Response&)>& take) {
  if (!reply.status.ok()) return Miss(source, reply.status);
  Response response;
  if (!response.ParseFromString(reply.message)) {
    return Miss(source, absl::InternalError(absl::StrCat(source.service, " answered what is no ",
                                                         response.GetDescriptor()->full_name())));
  }
  if constexpr (requires { response.next_page_token(); }) {
    if (!response.next_page_token().empty()) Truncate(source, reply);
  }
  take(response);
}

void Profile::Truncate(const Source& source, const UnaryReply& reply) {
  const std::string* version = FindHeader(reply.headers, kVersionHeader);
  truncated_.emplace(source.part, absl::Substitute(source.pages, question_.code, question_.as_of,
                                                   version == nullptr ? "" : *version));
}

void Profile::Miss(const Source& source, const absl::Status& why) {
  const bool is_no_area =
      source.part == AreaProfile::AREA && why.code() == absl::StatusCode::kNotFound;
  // That there is no such area goes before what else is wrong.
  if (is_no_area || (refusal_.ok() && IsTheClients(why))) refusal_ = why;
  AreaProfile::Missing missing;
  missing.set_part(source.part);
  missing.set_service(source.service);
  missing.set_reason(std::string(why.message()));
  missing.set_code(std::string(CodeName(why.code())));
  missing_.try_emplace(source.part, std::move(missing));
}

void Profile::EndIfDecided() {
  if (done_ == nullptr || !is_all_asked_) return;
  const bool is_area_settled = profile_.has_area() || missing_.count(AreaProfile::AREA) > 0;
  if (!refusal_.ok() && is_area_settled) return End({{refusal_, "", {}}, 200});
  if (reads_.running() == 0) End(Finished());
}

void Profile::End(const OwnReply& reply) {
  const Done done = std::exchange(done_, nullptr);
  reads_.Cancel();
  done(reply);
}

OwnReply Profile::Finished() {
  if (const auto area = missing_.find(AreaProfile::AREA); area != missing_.end()) {
    AreaProfile::Missing members = area->second;
    members.set_part(AreaProfile::MEMBERS);
    missing_.try_emplace(AreaProfile::MEMBERS, std::move(members));
  }
  if (missing_.size() == kParts) return {{NoServiceAnswers(), "", {}}, 200};
  FinishHeadline();
  for (auto& [part, missing] : missing_) profile_.add_missing()->Swap(&missing);
  for (const auto& [part, rest] : truncated_) {
    AreaProfile::Truncated& truncated = *profile_.add_truncated();
    truncated.set_part(static_cast<AreaProfile::Part>(part));
    truncated.set_rest(rest);
  }
  OwnReply reply{{absl::OkStatus(), profile_.SerializeAsString(), {}}, 200};
  reply.is_whole = profile_.missing().empty();
  if (!reads_.position().parts().empty()) {
    reply.headers.emplace_back(kVersionHeader, EncodePosition(reads_.position()));
  }
  return reply;
}

// Two answers make this part: without either it is missing whole.
void Profile::FinishHeadline() {
  if (missing_.count(AreaProfile::HEADLINE_INDICATORS) > 0) {
    profile_.clear_headline_observations();
    profile_.clear_headline_indicators();
    std::erase_if(truncated_, [](const auto& truncated) {
      return truncated.first == AreaProfile::HEADLINE_INDICATORS;
    });
    return;
  }
  std::set<std::string> observed;
  for (const auto& observation : profile_.headline_observations()) {
    observed.insert(observation.indicator());
  }
  auto& indicators = *profile_.mutable_headline_indicators();
  indicators.erase(std::remove_if(indicators.begin(), indicators.end(),
                                  [&](const in::Indicator& indicator) {
                                    return observed.count(indicator.name()) == 0;
                                  }),
                   indicators.end());
}

absl::Status Profile::NoServiceAnswers() const {
  std::map<std::string, std::string> reasons;  // By service.
  for (const auto& [part, missing] : missing_) {
    reasons.try_emplace(missing.service(), missing.reason());
  }
  const std::string services = absl::StrJoin(
      reasons, ", ", [](std::string* out, const auto& reason) { out->append(reason.first); });
  return ErrorWithReason(
      absl::StatusCode::kUnavailable, "SERVICE_UNAVAILABLE",
      absl::StrCat("no service answers: ", absl::StrJoin(reasons, "; ", absl::PairFormatter(": "))),
      {{"services", services}});
}

}  // namespace

std::function<void()> AreaProfileView::Answer(UnaryCall call,
                                              std::function<void(const OwnReply&)> done) {
  const absl::Time now = absl::Now();
  absl::StatusOr<Question> question = ReadQuestion(call.message, now);
  if (!question.ok()) {
    done({{question.status(), "", {}}, 200});
    return [] {};
  }
  call.deadline = now + (call.deadline - now) * kShareOfTime;
  const auto profile =
      std::make_shared<Profile>(services_, *std::move(question), std::move(call), std::move(done));
  profile->Make();
  return [weak = std::weak_ptr<Profile>(profile)] {
    if (const std::shared_ptr<Profile> cancelled = weak.lock()) cancelled->Cancel();
  };
}

}  // namespace corridor::gateway
