// Random histories of every kind of resource against a model that keeps what there was at every
// version, read back whole at every version.
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/resources/message_fields.h"
#include "platform/status/status.h"
#include "services/programmes/classification.h"
#include "services/programmes/partner.h"
#include "services/programmes/programme_area.h"
#include "services/programmes/project.h"
#include "services/programmes/service_fixture.h"

namespace corridor::programmes {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;

constexpr int kSteps = 200;
constexpr const char* kIds[] = {"A", "B", "C"};

// What there is at a version, by name; without what follows from other resources.
using State = std::map<std::string, std::shared_ptr<const Message>>;

// A method of a handler, with its request in text format.
using Method = std::function<absl::StatusOr<std::shared_ptr<const Message>>(const std::string&)>;

// One kind of resource as clients see it.
struct Subject {
  const resources::Kind& kind;
  Method get, list;
  // Of one resource, and of a batch.
  Method create[2], update[2], erase[2];
  // Fields of a resource at random, in text format. What they name need not exist.
  std::function<std::string()> fields;
};

class HistoryTest : public ServiceTest, public ::testing::WithParamInterface<int> {
 protected:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string Id() { return kIds[Below(std::size(kIds))]; }
  int64_t Head() { return store_.versions().Head(absl::InfiniteFuture()).value(); }

  template <typename Handler, typename Request, typename Response>
  Method MethodOf(Handler& handler,
                  absl::StatusOr<Response> (Handler::*method)(const Request&, CallContext&)) {
    return [this, &handler,
            method](const std::string& request) -> absl::StatusOr<std::shared_ptr<const Message>> {
      ASSIGN_OR_RETURN(Response response, Call(handler, method, request));
      return std::make_shared<const Response>(std::move(response));
    };
  }

  std::string Named(const std::string& more = "") {
    return absl::StrCat("display_name: 'Name ", Below(3), "' ", more, kCited);
  }
  // `text`, or nothing.
  std::string Maybe(const std::string& text) { return OneIn(2) ? text : ""; }

  std::string ProgrammeAreaFields() {
    return Named(
        Maybe(absl::StrCat("statements { topic: 'T' text: 'Text ", Below(2), "'", kCited, "}")));
  }
  std::string ActivityTypeFields() {
    return Named(absl::StrCat("programme_area: 'programmeAreas/", Id(), "' "));
  }
  std::string ClassificationFields() {
    return Named(absl::StrCat("classes { class_id: '1' display_name: 'One' } ",
                              Maybe("classes { class_id: '2' display_name: 'Two' parent: '1' } "),
                              Maybe(absl::StrCat("programme_area: 'programmeAreas/", Id(), "' "))));
  }
  std::string CrosswalkFields() {
    return absl::StrCat("from_edition: 'classifications/", Id(), "' to_edition: 'classifications/",
                        Id(), "' entries { from_class: '", 1 + Below(2), "' reasoning: 'R' } ",
                        kCited);
  }
  std::string OfficeFields() {
    return Named(absl::StrCat("organisation: 'organisations/IOM' area: 'areas/",
                              OneIn(2) ? "CZE" : "ROU", "' "));
  }
  std::string PartnerFields() {
    return Named(
        absl::StrCat("kind: ", OneIn(2) ? "NGO" : "ACADEMIC", " ", Maybe("area: 'areas/EUROPE' ")));
  }
  std::string ProjectFields() {
    return Named(absl::StrCat(
        Maybe(absl::StrCat("participants { participant: 'partners/", Id(), "' role: FUNDING } ")),
        Maybe(absl::StrCat("participants { participant: 'offices/", Id(), "' } ")),
        Maybe(absl::StrCat("programme_areas: 'programmeAreas/", Id(), "' ")),
        Maybe(absl::StrCat("classes: 'classifications/", Id(), "/classes/", 1 + Below(2), "' ")),
        Maybe(absl::StrCat("activity_types: 'activityTypes/", Id(), "' ")),
        Maybe("countries { area: 'areas/ROU' percentage: 50 } "),
        Maybe("dates { actual_start { text: '2004' } } ")));
  }

#define CORRIDOR_SUBJECT(handler, Resource, Resources)                   \
  Subject {                                                              \
    Resources(), MethodOf(handler, &Resource##Handler::Get##Resource),   \
        MethodOf(handler, &Resource##Handler::List##Resources),          \
        {MethodOf(handler, &Resource##Handler::Create##Resource),        \
         MethodOf(handler, &Resource##Handler::BatchCreate##Resources)}, \
        {MethodOf(handler, &Resource##Handler::Update##Resource),        \
         MethodOf(handler, &Resource##Handler::BatchUpdate##Resources)}, \
        {MethodOf(handler, &Resource##Handler::Delete##Resource),        \
         MethodOf(handler, &Resource##Handler::BatchDelete##Resources)}, \
        [this] { return Resource##Fields(); }                            \
  }
  std::vector<Subject> SubjectsOf(Handlers& handlers) {
    return {CORRIDOR_SUBJECT(handlers.programme_areas, ProgrammeArea, ProgrammeAreas),
            CORRIDOR_SUBJECT(handlers.activity_types, ActivityType, ActivityTypes),
            CORRIDOR_SUBJECT(handlers.classifications, Classification, Classifications),
            CORRIDOR_SUBJECT(handlers.crosswalks, Crosswalk, Crosswalks),
            CORRIDOR_SUBJECT(handlers.offices, Office, Offices),
            CORRIDOR_SUBJECT(handlers.partners, Partner, Partners),
            CORRIDOR_SUBJECT(handlers.projects, Project, Projects)};
  }
#undef CORRIDOR_SUBJECT

  // The current etag of a resource, half of the times.
  std::string Etag(const std::string& name) {
    const auto found = state_.find(name);
    if (found == state_.end() || OneIn(2)) return "";
    return absl::StrCat("etag: '", resources::TextOf(*found->second, "etag"), "' ");
  }

  // Makes a request of `entries`, alone or as a batch. An error leaves everything as it is.
  absl::StatusOr<std::shared_ptr<const Message>> Make(const Method (&methods)[2],
                                                      const std::vector<std::string>& entries,
                                                      bool batch) {
    std::string request = entries[0];
    if (batch) {
      request.clear();
      for (const std::string& entry : entries)
        absl::StrAppend(&request, "requests { ", entry, "} ");
    }
    const auto answer = methods[batch ? 1 : 0](request);
    if (!answer.ok()) {
      static const auto* refusals = new std::set<absl::StatusCode>{
          absl::StatusCode::kNotFound, absl::StatusCode::kAlreadyExists,
          absl::StatusCode::kFailedPrecondition, absl::StatusCode::kInvalidArgument};
      EXPECT_TRUE(refusals->contains(answer.status().code())) << answer.status() << "\n" << request;
      EXPECT_EQ(Head(), states_.rbegin()->first) << request;
    }
    return answer;
  }

  void Keep(const resources::Kind& kind, const Message& resource) {
    std::shared_ptr<Message> kept(resource.New());
    kept->CopyFrom(resource);
    for (const std::string& field : kind.output_only) {
      if (field != "etag") resources::ClearField(*kept, field);
    }
    state_[resources::TextOf(resource, "name")] = std::move(kept);
  }
  void KeepAll(const resources::Kind& kind, const Message& answer, bool batch) {
    if (!batch) return Keep(kind, answer);
    const auto& list = resources::ListOf(answer, *kind.prototype->GetDescriptor());
    for (int i = 0; i < answer.GetReflection()->FieldSize(answer, &list); ++i) {
      Keep(kind, answer.GetReflection()->GetRepeatedMessage(answer, &list, i));
    }
  }

  // Mostly one that can be created, or is there, and not among `names` of the same request.
  std::string Pick(const resources::Kind& kind, bool creates, const std::set<std::string>& names) {
    std::string id;
    for (int tries = 0; tries < 4; ++tries) {
      id = Id();
      const std::string name = kind.Name(id);
      if (state_.contains(name) != creates && !names.contains(name)) break;
    }
    return id;
  }

  // One write of one to three resources of a kind; those that the rules allow are kept.
  void Step(const Subject& subject) {
    const resources::Kind& kind = subject.kind;
    const bool batch = OneIn(3);
    const int what = Below(10);
    const bool creates = what < 5;
    const bool erases = what >= 8;
    std::vector<std::string> entries;
    std::set<std::string> names;
    bool twice = false;
    size_t there = 0;
    for (int i = batch ? 1 + Below(3) : 1; i > 0; --i) {
      const std::string id = Pick(kind, creates, names);
      const std::string name = kind.Name(id);
      twice |= !names.insert(name).second;
      there += state_.contains(name) ? 1 : 0;
      if (creates) {
        entries.push_back(absl::StrCat(kind.field, "_id: '", id, "' ", kind.field, " { ",
                                       subject.fields(), "} "));
      } else if (!erases) {
        entries.push_back(
            absl::StrCat(kind.field, " { name: '", name, "' ", Etag(name), subject.fields(), "} "));
      } else {
        entries.push_back(absl::StrCat("name: '", name, "' ", Etag(name)));
      }
    }
    const auto& methods = creates ? subject.create : erases ? subject.erase : subject.update;
    const auto answer = Make(methods, entries, batch);
    if (!answer.ok()) return;
    EXPECT_FALSE(twice);
    EXPECT_EQ(there, creates ? 0 : entries.size());
    if (!erases) KeepAll(kind, **answer, batch);
    for (const std::string& name : names) {
      if (erases) state_.erase(name);
    }
  }

  // What a resource is answered as at a version.
  static std::string Expected(const State& state, const Message& resource) {
    if (resource.GetDescriptor() != v1::ProgrammeArea::descriptor()) return resource.DebugString();
    v1::ProgrammeArea area;
    area.CopyFrom(resource);
    for (const auto& [name, other] : state) {
      if (const auto* one = dynamic_cast<const v1::Classification*>(other.get())) {
        if (one->programme_area() == area.name()) area.add_classifications(name);
      } else if (const auto* type = dynamic_cast<const v1::ActivityType*>(other.get())) {
        if (type->programme_area() == area.name()) area.add_activity_types(name);
      }
    }
    return area.DebugString();
  }

  // The whole list, in pages.
  static std::vector<std::string> List(const Subject& subject, const std::string& known_at) {
    std::vector<std::string> all;
    std::string token;
    do {
      const auto page = subject.list(
          absl::StrCat("page_size: 2 page_token: '", token, "' known_at: '", known_at, "'"));
      EXPECT_OK(page);
      if (!page.ok()) return all;
      const auto& list = resources::ListOf(**page, *subject.kind.prototype->GetDescriptor());
      const auto& reflection = *(*page)->GetReflection();
      for (int i = 0; i < reflection.FieldSize(**page, &list); ++i) {
        all.push_back(reflection.GetRepeatedMessage(**page, &list, i).DebugString());
      }
      token = resources::TextOf(**page, "next_page_token");
    } while (!token.empty());
    return all;
  }

  void ExpectEqualAt(int64_t version, const State& state, const Subject& subject) {
    const std::string known_at = absl::StrCat(version);
    std::vector<std::string> expected;
    for (const char* id : kIds) {
      const std::string name = subject.kind.Name(id);
      const auto answer =
          subject.get(absl::StrCat("name: '", name, "' known_at: '", known_at, "'"));
      const auto found = state.find(name);
      if (found == state.end()) {
        ASSERT_THAT(answer, StatusIs(absl::StatusCode::kNotFound, HasSubstr(name)))
            << "at version " << version;
        continue;
      }
      ASSERT_OK(answer) << name << " at version " << version;
      expected.push_back(Expected(state, *found->second));
      ASSERT_EQ((*answer)->DebugString(), expected.back()) << "at version " << version;
    }
    ASSERT_EQ(List(subject, known_at), expected) << "at version " << version;
  }

  void ExpectHistory(Handlers& handlers) {
    for (const Subject& subject : SubjectsOf(handlers)) {
      for (const auto& [version, state] : states_) {
        ASSERT_NO_FATAL_FAILURE(ExpectEqualAt(version, state, subject));
      }
      const std::string before = "known_at: '1999-01-01T00:00:00Z'";
      const auto out_of_range = StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("first commit"));
      EXPECT_THAT(subject.get(absl::StrCat("name: '", subject.kind.Name("A"), "' ", before)),
                  out_of_range);
      EXPECT_THAT(subject.list(before), out_of_range);
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  State state_;
  std::map<int64_t, State> states_;  // By version, from that of the copy of areas.
};

TEST_P(HistoryTest, EveryReadAtEveryVersionIsWhatItWasThroughARestart) {
  states_[Head()] = state_;
  const std::vector<Subject> subjects = SubjectsOf(handlers_);
  for (int step = 0; step < kSteps; ++step) {
    const int64_t last = states_.rbegin()->first;
    Step(subjects[static_cast<size_t>(Below(static_cast<int>(subjects.size())))]);
    const int64_t head = Head();
    if (head > last) states_[head] = state_;
    ASSERT_LE(head, last + 1) << "a write is one commit";
  }
  EXPECT_GT(states_.size(), size_t{kSteps / 4}) << "too much was refused to say anything";
  ASSERT_NO_FATAL_FAILURE(ExpectHistory(handlers_));

  store_.Reopen();
  areas::AreaDirectory areas(store_.versions(), source_);
  ASSERT_OK(areas.EnsureLoaded(absl::InfiniteFuture()));
  Handlers handlers({*store_, AllKinds(), areas});
  ExpectHistory(handlers);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoryTest, ::testing::Range(1, 7));

}  // namespace
}  // namespace corridor::programmes
