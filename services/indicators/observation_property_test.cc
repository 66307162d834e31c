// Random writes over releases and periods against a model of plain maps, read back with random
// filters at every version that there was.
#include <map>
#include <optional>
#include <random>
#include <set>

#include "services/indicators/service_fixture.h"

namespace corridor::indicators {
namespace {

using Year = int;
// A series by area and dataset; what a release of it has, by year.
using Key = std::pair<std::string, std::string>;
using Vintage = std::map<Year, std::string>;
using Model = std::map<Key, std::map<std::string, Vintage>>;

constexpr Year kFirstYear = 2000;
constexpr Year kYears = 8;

// The releases of each dataset, the one to take first; and the year by whose end each is out.
const std::map<std::string, std::vector<std::pair<std::string, int>>>& Releases() {
  static const auto* releases = new std::map<std::string, std::vector<std::pair<std::string, int>>>{
      {"ATLAS", {{"2010", 2010}, {"2008", 2008}, {"draft", 9999}}}, {"BOOK", {{"1", 2009}}}};
  return *releases;
}

struct Question {
  std::set<std::string> areas = {};  // Codes; empty: any.
  std::string dataset = {};          // Empty: any.
  std::string release = {};
  std::optional<int> released_by;
  std::optional<Year> first, last;
  bool latest = false;
};

bool MayAnswer(const Question& question, const std::string& release, int out) {
  if (!question.release.empty() && question.release != release) return false;
  return !question.released_by || out <= *question.released_by;
}

// What one series answers: its values in short.
std::vector<std::string> Answer(const Question& question, const Key& key,
                                const std::map<std::string, Vintage>& vintages) {
  for (const auto& [release, out] : Releases().at(key.second)) {
    const auto vintage = vintages.find(release);
    if (vintage == vintages.end() || !MayAnswer(question, release, out)) continue;
    std::vector<std::string> values;
    for (const auto& [year, value] : vintage->second) {
      if (question.first.value_or(year) > year || question.last.value_or(year) < year) continue;
      if (question.latest && value == "-") continue;
      if (question.latest) values.clear();
      values.push_back(absl::StrCat(key.first, " ", year, " ", value));
    }
    return values;
  }
  return {};
}

std::vector<std::string> Answer(const Question& question, const Model& model) {
  std::vector<std::string> values;
  for (const auto& [key, vintages] : model) {
    if (!question.areas.empty() && !question.areas.contains(key.first)) continue;
    if (!question.dataset.empty() && question.dataset != key.second) continue;
    const std::vector<std::string> of_series = Answer(question, key, vintages);
    values.insert(values.end(), of_series.begin(), of_series.end());
  }
  return values;
}

class ObservationPropertyTest : public ServiceTest {
 protected:
  int Random(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  bool OneIn(int n) { return Random(n) == 0; }
  Year RandomYear() { return kFirstYear + Random(kYears); }
  template <typename List>
  auto AnyOf(const List& list) {
    return *std::next(std::begin(list), Random(static_cast<int>(std::size(list))));
  }

  // Writes some of a series to a release, in the store and in the model.
  void WriteSome() {
    const auto& [dataset, releases] = AnyOf(Releases());
    const std::string release = AnyOf(releases).first;
    const std::string area = AnyOf(kAreas);
    const bool replace = OneIn(4);
    std::map<std::string, Vintage>& vintages = model_[{area, dataset}];
    const bool is_new = vintages.empty() && !made_.contains({area, dataset});
    Vintage& vintage = vintages[release];
    if (replace) vintage.clear();
    std::string observations;
    for (Year year = kFirstYear; year < kFirstYear + kYears; ++year) {
      const bool left_out = !OneIn(3) && !(is_new && year == kFirstYear);
      if (left_out) continue;
      vintage[year] = OneIn(4) ? "-" : absl::StrCat(Random(100), ".", Random(10), "0");
      absl::StrAppend(&observations, "observations { period: '", year, "' ",
                      vintage[year] == "-" ? "missing_reason: 'none'"
                                           : absl::StrCat("value_text: '", vintage[year], "'"),
                      " } ");
    }
    if (vintage.empty()) vintages.erase(release);
    made_.insert({area, dataset});
    ASSERT_OK(Write(absl::StrCat(dataset, "/", release),
                    absl::StrCat(replace ? "replace: true " : "",
                                 SeriesOf(absl::StrCat("area: 'areas/", area, "' frequency: 'A'"),
                                          observations))));
  }
  void DeleteSome() {
    const Key key = AnyOf(made_);
    ASSERT_OK(Call(handlers_.series, &SeriesHandler::DeleteSeries,
                   absl::StrCat("name: 'series/POV~", key.first, "~A~", key.second, "'")));
    model_.erase(key);
    made_.erase(key);
  }

  // A question, and the request that asks it.
  std::pair<Question, std::string> Ask() {
    Question question;
    std::string request = "indicator: 'POV' as_of: '2020' ";
    if (OneIn(2)) {
      const std::string area = AnyOf(kAreas);
      question.areas = {area};
      if (area == "CAUCASUS") question.areas.insert({"ARM", "GEO"});
      absl::StrAppend(&request, "area: '", area, "' ");
    }
    if (OneIn(3)) {
      question.dataset = AnyOf(Releases()).first;
      absl::StrAppend(&request, "filter: 'dataset = \"datasets/", question.dataset, "\"' ");
    }
    if (OneIn(5)) {
      question.release = AnyOf(Releases().at("ATLAS")).first;
      absl::StrAppend(&request, "release: '", question.release, "' ");
    }
    if (OneIn(3)) {
      question.released_by = 2007 + Random(4);
      absl::StrAppend(&request, "released_by: '", *question.released_by, "' ");
    }
    if (OneIn(2)) {
      question.first = RandomYear();
      absl::StrAppend(&request, "start_period: '", *question.first, "' ");
    }
    if (OneIn(2)) {
      question.last = question.first.value_or(kFirstYear) + Random(kYears);
      absl::StrAppend(&request, "end_period: '", *question.last, "' ");
    }
    if (OneIn(4)) {
      question.latest = true;
      absl::StrAppend(&request, "latest: true ");
    }
    return {question, request};
  }

  // The whole list, in pages of a random size.
  std::vector<std::string> Pages(const std::string& text) {
    auto request = Proto<v1::ListObservationsRequest>(text);
    request.set_page_size(1 + Random(12));
    std::vector<std::string> values;
    do {
      const auto page =
          Call(handlers_.observations, &ObservationHandler::ListObservations, request);
      EXPECT_OK(page) << text;
      if (!page.ok()) return values;
      for (const v1::Observation& one : page->observations()) values.push_back(InShort(one));
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return values;
  }

  static constexpr const char* kAreas[] = {"ARM", "CAUCASUS", "GEO", "MDA"};
  std::mt19937 random_{20240301};
  Model model_;
  std::set<Key> made_;                // Series that there are, if without an observation.
  std::map<int64_t, Model> history_;  // By version.
};

TEST_F(ObservationPropertyTest, EveryVersionAnswersWhatHadBeenWrittenByThen) {
  for (int write = 0; write < 150; ++write) {
    if (!made_.empty() && OneIn(12)) {
      DeleteSome();
    } else {
      WriteSome();
    }
    history_[Head()] = model_;
  }
  for (const auto& [version, model] : history_) {
    for (int i = 0; i < 8; ++i) {
      const auto [question, request] = Ask();
      const std::string text = absl::StrCat(request, "known_at: '", version, "' ");
      EXPECT_EQ(Pages(text), Answer(question, model)) << text;
    }
  }
}

}  // namespace
}  // namespace corridor::indicators
