// Random histories of every kind of resource and of observations against a model that keeps what
// there was at every version, read back whole at every version.
#include <algorithm>
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
#include "services/indicators/context.h"
#include "services/indicators/indicator.h"
#include "services/indicators/series.h"
#include "services/indicators/service_fixture.h"
#include "services/indicators/source.h"
#include "services/indicators/target_assessment.h"

namespace corridor::indicators {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;

constexpr int kSteps = 200;
constexpr const char* kIds[] = {"A", "B", "C"};

// Values of a series in a release, by year.
using Vintage = std::map<int, std::string>;

// What there is at a version, by name; without what follows from other resources.
struct State {
  std::map<std::string, std::shared_ptr<const Message>> resources = {};
  // By series and release. None is empty.
  std::map<std::string, std::map<std::string, Vintage>> observations = {};
};

// A method of a handler, with its request in text format.
using Method = std::function<absl::StatusOr<std::shared_ptr<const Message>>(const std::string&)>;

// One kind of resource as clients see it.
struct Subject {
  const resources::Kind& kind;
  std::vector<std::string> ids;
  Method get, list;
  // Of one resource, and of a batch. Series have none that create.
  Method create[2], update[2], erase[2];
  // Fields of a resource at random, in text format. What they name need not exist.
  std::function<std::string()> fields;
};

class HistoryTest : public AreasTest, public ::testing::WithParamInterface<int> {
 protected:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string Id() { return kIds[Below(std::size(kIds))]; }

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

  std::string IndicatorFields() {
    return Named(absl::StrCat("unit: '", OneIn(8) ? "PERSONS" : "PERCENT", "' "));
  }
  std::string SourceFields() {
    return absl::StrCat("kind: OFFICIAL display_name: 'Name ", Below(3), "' ",
                        Maybe(absl::StrCat("cited_by: 'sources/", Id(), "' ")));
  }
  std::string ReleaseField(const std::string& id) {
    return absl::StrCat("releases { release_id: '", id, "' published { text: '", 2001 + Below(3),
                        "' } } ");
  }
  std::string DatasetFields() {
    return Named(absl::StrCat("source: 'sources/", IdOf("sources"), "' ", ReleaseField("1"),
                              Maybe(ReleaseField("2"))));
  }
  std::string ContextNoteFields() {
    return absl::StrCat("area: 'areas/", OneIn(2) ? "ARM" : "CIS",
                        "' topic: 'POVERTY' text: 'Text ", Below(3), "' ",
                        Maybe("related_areas: 'areas/MDA' "), kCited);
  }
  std::string TargetFields() {
    return Named(absl::StrCat("area: 'areas/ARM' direction: AT_MOST goal_value: ", Below(10),
                              " due { text: '2004' } ",
                              Maybe(absl::StrCat("indicator: 'indicators/", Id(), "' "))));
  }
  std::string SeriesFields() { return absl::StrCat("note: 'Note ", Below(3), "' ", Maybe(kCited)); }

#define CORRIDOR_SUBJECT(handler, Resource, Resources)                   \
  Subject {                                                              \
    Resources(), {std::begin(kIds), std::end(kIds)},                     \
        MethodOf(handler, &Resource##Handler::Get##Resource),            \
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
    std::vector<Subject> subjects = {
        CORRIDOR_SUBJECT(handlers.indicators, Indicator, Indicators),
        CORRIDOR_SUBJECT(handlers.sources, Source, Sources),
        CORRIDOR_SUBJECT(handlers.datasets, Dataset, Datasets),
        CORRIDOR_SUBJECT(handlers.context_notes, ContextNote, ContextNotes),
        CORRIDOR_SUBJECT(handlers.targets, Target, Targets)};
    SeriesHandler& series = handlers.series;
    std::vector<std::string> ids;
    for (const char* indicator : kIds) {
      for (const char* dataset : kIds) {
        ids.push_back(absl::StrCat(indicator, "~ARM~A~", dataset));
      }
    }
    subjects.push_back({AllSeries(),
                        ids,
                        MethodOf(series, &SeriesHandler::GetSeries),
                        MethodOf(series, &SeriesHandler::ListSeries),
                        {},
                        {MethodOf(series, &SeriesHandler::UpdateSeries),
                         MethodOf(series, &SeriesHandler::BatchUpdateSeries)},
                        {MethodOf(series, &SeriesHandler::DeleteSeries),
                         MethodOf(series, &SeriesHandler::BatchDeleteSeries)},
                        [this] { return SeriesFields(); }});
    return subjects;
  }
#undef CORRIDOR_SUBJECT

  // The current etag of a resource, half of the times.
  std::string Etag(const std::string& name) {
    const auto found = state_.resources.find(name);
    if (found == state_.resources.end() || OneIn(2)) return "";
    return absl::StrCat("etag: '", resources::TextOf(*found->second, "etag"), "' ");
  }

  // An error is one of the rules, and leaves everything as it is.
  template <typename Answer>
  void ExpectRefusal(const absl::StatusOr<Answer>& answer, const std::string& request) {
    static const auto* refusals = new std::set<absl::StatusCode>{
        absl::StatusCode::kNotFound, absl::StatusCode::kAlreadyExists,
        absl::StatusCode::kFailedPrecondition, absl::StatusCode::kInvalidArgument};
    EXPECT_TRUE(refusals->contains(answer.status().code())) << answer.status() << "\n" << request;
    EXPECT_EQ(Head(), states_.rbegin()->first) << request;
  }

  // Makes a request of `entries`, alone or as a batch.
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
    if (!answer.ok()) ExpectRefusal(answer, request);
    return answer;
  }

  void Keep(const resources::Kind& kind, const Message& resource) {
    std::shared_ptr<Message> kept(resource.New());
    kept->CopyFrom(resource);
    for (const std::string& field : kind.output_only) {
      if (field != "etag") resources::ClearField(*kept, field);
    }
    state_.resources[resources::TextOf(resource, "name")] = std::move(kept);
  }
  void KeepAll(const resources::Kind& kind, const Message& answer, bool batch) {
    if (!batch) return Keep(kind, answer);
    const auto& list = resources::ListOf(answer, *kind.prototype->GetDescriptor());
    for (int i = 0; i < answer.GetReflection()->FieldSize(answer, &list); ++i) {
      Keep(kind, answer.GetReflection()->GetRepeatedMessage(answer, &list, i));
    }
  }

  // Mostly one that can be created, or is there, and not among `names` of the same request.
  std::string Pick(const Subject& subject, bool creates, const std::set<std::string>& names) {
    std::string id;
    for (int tries = 0; tries < 4; ++tries) {
      id = subject.ids[static_cast<size_t>(Below(static_cast<int>(subject.ids.size())))];
      const std::string name = subject.kind.Name(id);
      if (state_.resources.contains(name) != creates && !names.contains(name)) break;
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
    if (creates && !subject.create[0]) return WriteSome();
    std::vector<std::string> entries;
    std::set<std::string> names;
    size_t there = 0;
    for (int i = batch ? 1 + Below(3) : 1; i > 0; --i) {
      const std::string id = Pick(subject, creates, names);
      const std::string name = kind.Name(id);
      names.insert(name);
      there += state_.resources.contains(name) ? 1 : 0;
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
    EXPECT_EQ(names.size(), entries.size());
    EXPECT_EQ(there, creates ? 0 : entries.size());
    if (!erases) KeepAll(kind, **answer, batch);
    for (const std::string& name : names) {
      if (!erases) continue;
      state_.resources.erase(name);
      state_.observations.erase(name);
    }
  }

  // Mostly of one that is there.
  std::string IdOf(const std::string& collection) {
    std::string id;
    for (int tries = 0; tries < 4; ++tries) {
      id = Id();
      if (state_.resources.contains(collection + "/" + id)) break;
    }
    return id;
  }

  // One write of observations to a release of one or two series of a dataset.
  void WriteSome() {
    const std::string dataset = IdOf("datasets");
    const std::string release = absl::StrCat(1 + Below(2));
    const bool replace = OneIn(4);
    const int count = 1 + Below(2);
    std::vector<Vintage> given;
    std::string request = absl::StrCat("dataset: 'datasets/", dataset, "' release: '", release,
                                       "' replace: ", replace ? "true " : "false ");
    for (int i = 0; i < count; ++i) {
      Vintage& vintage = given.emplace_back();
      absl::StrAppend(&request, "series { series { indicator: 'indicators/", IdOf("indicators"),
                      "' area: 'areas/ARM' frequency: 'A' ",
                      Maybe(absl::StrCat("note: 'Note ", Below(3), "' ")), "} ");
      for (int year = 2001; year < 2005; ++year) {
        if (OneIn(2)) continue;
        vintage[year] = absl::StrCat(Below(10), ".", Below(10), "0");
        absl::StrAppend(&request, "observations { period: '", year, "' value_text: '",
                        vintage[year], "' } ");
      }
      absl::StrAppend(&request, "} ");
    }
    const auto answer =
        Call(handlers_.observations, &ObservationHandler::WriteObservations, request);
    if (!answer.ok()) return ExpectRefusal(answer, request);
    ASSERT_EQ(answer->series_size(), count);
    for (int i = 0; i < count; ++i) {
      v1::Series series = answer->series(i);
      if (const auto old = state_.resources.find(series.name()); old != state_.resources.end()) {
        // Not answered, and not given.
        *series.mutable_citations() = static_cast<const v1::Series&>(*old->second).citations();
      }
      Keep(AllSeries(), series);
      auto& vintages = state_.observations[series.name()];
      if (replace) vintages.erase(release);
      for (const auto& [year, value] : given[static_cast<size_t>(i)]) {
        vintages[release][year] = value;
      }
    }
  }

  template <typename Resource>
  static const Resource& Find(const State& state, const std::string& name) {
    return static_cast<const Resource&>(*state.resources.at(name));
  }

  // The releases that have observations of a series, the one to take first.
  static std::vector<v1::Dataset::Release> ReleasesOf(const State& state,
                                                      const v1::Series& series) {
    std::vector<v1::Dataset::Release> releases;
    const auto vintages = state.observations.find(series.name());
    if (vintages == state.observations.end()) return releases;
    for (const auto& release : Find<v1::Dataset>(state, series.dataset()).releases()) {
      if (vintages->second.contains(release.release_id())) releases.push_back(release);
    }
    std::sort(releases.begin(), releases.end(), [](const auto& a, const auto& b) {
      return std::pair(a.published().latest(), a.release_id()) >
             std::pair(b.published().latest(), b.release_id());
    });
    return releases;
  }

  // The observations that are answered at a version, each in a line.
  static std::vector<std::string> ExpectedObservations(const State& state) {
    std::vector<std::string> lines;
    for (const auto& [name, vintages] : state.observations) {
      const auto& series = Find<v1::Series>(state, name);
      const std::vector<v1::Dataset::Release> releases = ReleasesOf(state, series);
      if (releases.empty()) continue;
      for (const auto& [year, value] : vintages.at(releases[0].release_id())) {
        lines.push_back(absl::StrCat(name, " ", year, " ", value, " ", releases[0].release_id(),
                                     " ", releases[0].published().text(), " ", series.source(), " ",
                                     series.unit()));
      }
    }
    return lines;
  }
  // All that are answered, in pages.
  static std::vector<v1::Observation> AllObservations(const Method& list,
                                                      const std::string& known_at) {
    std::vector<v1::Observation> all;
    std::string token;
    do {
      const auto page = list(absl::StrCat("filter: 'frequency = \"A\"' page_size: 3 page_token: '",
                                          token, "' known_at: '", known_at, "'"));
      EXPECT_OK(page);
      if (!page.ok()) return all;
      const auto& response = static_cast<const v1::ListObservationsResponse&>(**page);
      all.insert(all.end(), response.observations().begin(), response.observations().end());
      token = response.next_page_token();
    } while (!token.empty());
    return all;
  }
  void ExpectEqualObservations(int64_t version, const State& state, const Method& list) {
    std::vector<std::string> lines;
    observations_ = AllObservations(list, absl::StrCat(version));
    for (const v1::Observation& one : observations_) {
      lines.push_back(absl::StrCat(one.series(), " ", one.period(), " ", one.value_text(), " ",
                                   one.release(), " ", one.released().text(), " ", one.source(),
                                   " ", one.unit()));
    }
    ASSERT_EQ(lines, ExpectedObservations(state)) << "at version " << version;
  }

  // What a resource is answered as at a version, whose observations are `observations_`.
  std::string Expected(const State& state, const Message& resource) const {
    if (resource.GetDescriptor() == v1::Series::descriptor()) {
      v1::Series series;
      series.CopyFrom(resource);
      for (const v1::Dataset::Release& release : ReleasesOf(state, series)) {
        series.add_releases(release.release_id());
      }
      if (series.releases_size() > 0) {
        const Vintage& vintage = state.observations.at(series.name()).at(series.releases(0));
        series.set_first_period(absl::StrCat(vintage.begin()->first));
        series.set_last_period(absl::StrCat(vintage.rbegin()->first));
      }
      return series.DebugString();
    }
    if (resource.GetDescriptor() == v1::Target::descriptor()) {
      v1::Target target;
      target.CopyFrom(resource);
      std::vector<v1::Observation> of_target;
      for (const v1::Observation& one : observations_) {
        if (one.indicator() == target.indicator()) of_target.push_back(one);
      }
      const auto assessment = AssessTarget(target, of_target);
      EXPECT_OK(assessment);
      *target.mutable_assessment() = *assessment;
      return target.DebugString();
    }
    return resource.DebugString();
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
    for (const std::string& id : subject.ids) {
      const std::string name = subject.kind.Name(id);
      const auto answer =
          subject.get(absl::StrCat("name: '", name, "' known_at: '", known_at, "'"));
      const auto found = state.resources.find(name);
      if (found == state.resources.end()) {
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
    const std::vector<Subject> subjects = SubjectsOf(handlers);
    const Method observations =
        MethodOf(handlers.observations, &ObservationHandler::ListObservations);
    for (const auto& [version, state] : states_) {
      ASSERT_NO_FATAL_FAILURE(ExpectEqualObservations(version, state, observations));
      for (const Subject& subject : subjects) {
        ASSERT_NO_FATAL_FAILURE(ExpectEqualAt(version, state, subject));
      }
    }
    const std::string before = "known_at: '1999-01-01T00:00:00Z'";
    const auto out_of_range = StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("first commit"));
    for (const Subject& subject : subjects) {
      EXPECT_THAT(
          subject.get(absl::StrCat("name: '", subject.kind.Name(subject.ids[0]), "' ", before)),
          out_of_range);
      EXPECT_THAT(subject.list(before), out_of_range);
    }
    EXPECT_THAT(observations("indicator: 'A' " + before), out_of_range);
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  State state_;
  std::vector<v1::Observation> observations_;  // Of the version that is looked at.
  std::map<int64_t, State> states_;            // By version, from that of the copy of areas.
};

TEST_P(HistoryTest, EveryReadAtEveryVersionIsWhatItWasThroughARestart) {
  states_[Head()] = state_;
  const std::vector<Subject> subjects = SubjectsOf(handlers_);
  for (int step = 0; step < kSteps; ++step) {
    const int64_t last = states_.rbegin()->first;
    if (OneIn(4)) {
      WriteSome();
    } else {
      Step(subjects[static_cast<size_t>(Below(static_cast<int>(subjects.size())))]);
    }
    const int64_t head = Head();
    if (head > last) states_[head] = state_;
    ASSERT_LE(head, last + 1) << "a write is one commit";
  }
  EXPECT_GT(states_.size(), size_t{kSteps / 4}) << "too much was refused to say anything";
  EXPECT_TRUE(std::any_of(states_.begin(), states_.end(), [](const auto& at) {
    return ExpectedObservations(at.second).size() > 3;
  })) << "too few observations to say anything";
  ASSERT_NO_FATAL_FAILURE(ExpectHistory(handlers_));

  store_.Reopen();
  areas::AreaDirectory areas(store_.versions(), source_);
  ASSERT_OK(areas.EnsureLoaded(absl::InfiniteFuture()));
  Handlers handlers({*store_, AllKinds(), areas});
  ExpectHistory(handlers);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HistoryTest, ::testing::Range(1, 7));

}  // namespace
}  // namespace corridor::indicators
