// What JSON costs the gateway: answers with 60 observations from the wire to JSON and back, by its
// codec and by protobuf's JSON utility.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "corridor/indicators/v1/observation.pb.h"
#include "gateway/transcoding/json_to_wire.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/wire_to_json.h"
#include "google/protobuf/util/json_util.h"
#include "tests/load/timing.h"

namespace corridor::load {
namespace {

using indicators::v1::ListObservationsResponse;

constexpr int kRuns = 7;
constexpr int kObservations = 60;
constexpr double kLeastRatio = 8;

// What observations of a report have in common.
void SayWhere(indicators::v1::Observation& observation) {
  observation.set_value_text("25.3");
  observation.set_unit("PERCENT");
  observation.set_rounded_to("0.1");
  observation.set_low(25.25);
  observation.set_high(25.35);
  observation.set_status("A");
  observation.set_source("sources/UNDP_HDR_2007_2008");
  observation.set_dataset("datasets/UNDP_HDR_2007_2008");
  observation.set_release("2007-2008");
  observation.mutable_released()->set_text("2007/2008");
  observation.mutable_released()->set_earliest("2007-01-01");
  observation.mutable_released()->set_latest("2008-12-31");
  observation.set_note("Marked as estimated because the page calls it an estimate.");
  for (const char* source : {"UNDP_HDR_2007_2008", "IOM_PRAGUE_PAGE"}) {
    common::v1::Citation& citation = *observation.add_citations();
    citation.set_source(source);
    citation.set_kind(common::v1::Citation::OFFICIAL);
    citation.set_claimant("United Nations Development Programme");
    citation.set_title("Human Development Report 2007/2008");
    citation.set_locator("table 3, column 4, as cited by IOM_PRAGUE_PAGE; page not stated");
  }
}

// `fields`: 2 (what a chart asks for), 8, or 24, which are all.
ListObservationsResponse Answer(int fields) {
  ListObservationsResponse answer;
  for (int i = 0; i < kObservations; ++i) {
    indicators::v1::Observation& observation = *answer.add_observations();
    observation.set_period(absl::StrCat(1960 + i));
    observation.set_value(20 + i * 0.37);
    if (fields == 2) continue;
    observation.set_series("series/POV_2USD~GEO~A~UNDP_HDR_2007_2008");
    observation.set_indicator("indicators/POV_2USD");
    observation.set_area("areas/GEO");
    observation.set_frequency("A");
    observation.set_period_start(absl::StrCat(1960 + i, "-01-01"));
    observation.set_period_end(absl::StrCat(1960 + i, "-12-31"));
    if (fields == 24) SayWhere(observation);
  }
  return answer;
}

void Must(bool done, std::string_view what) {
  if (done) return;
  std::fprintf(stderr, "%.*s failed\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

// The codecs, each taking turns, and the medians of what a call of each takes.
class Contest {
 public:
  explicit Contest(absl::Duration time) : time_(time) {}

  void Run(const std::string& title, absl::FunctionRef<void()> ours,
           absl::FunctionRef<void()> protobuf) {
    std::vector<double> ours_us;
    std::vector<double> protobuf_us;
    std::vector<double> ratios;
    for (int run = 0; run < kRuns; ++run) {
      ours_us.push_back(Median(Repeat(time_, ours)));
      protobuf_us.push_back(Median(Repeat(time_, protobuf)));
      ratios.push_back(protobuf_us.back() / ours_us.back());
    }
    const double ratio = Median(ratios);
    absl::PrintF("  %-34s %8.2f µs   protobuf %8.2f µs   %5.1f times as fast; %s\n", title,
                 Median(ours_us), Median(protobuf_us), ratio, AtLeast(kLeastRatio, ratio));
  }

 private:
  absl::Duration time_;
};

class Bench {
 public:
  explicit Bench(absl::Duration time) : contest_(time) {}

  void Run(int fields, bool defaults) {
    const ListObservationsResponse answer = Answer(fields);
    const std::string title = absl::StrCat(fields, " fields", defaults ? ", defaults too" : "");
    Write(title, answer.SerializeAsString(), defaults);
    std::string json;
    Must(google::protobuf::util::MessageToJsonString(answer, &json, Options(defaults)).ok(),
         "MessageToJsonString");
    Read(title, json);
  }

 private:
  static google::protobuf::util::JsonPrintOptions Options(bool defaults) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = defaults;
    return options;
  }

  void Write(const std::string& title, const std::string& wire, bool defaults) {
    gateway::JsonChoices choices;
    choices.omit_defaults = !defaults;
    contest_.Run(
        absl::StrCat("write ", title),
        [&] {
          std::string json;
          Must(gateway::AppendJson(type_, wire, choices, nullptr, json).ok(), "AppendJson");
        },
        [&] {
          ListObservationsResponse message;
          std::string json;
          Must(message.ParseFromString(wire), "ParseFromString");
          Must(google::protobuf::util::MessageToJsonString(message, &json, Options(defaults)).ok(),
               "MessageToJsonString");
        });
  }

  void Read(const std::string& title, const std::string& json) {
    contest_.Run(
        absl::StrCat("read ", title),
        [&] { Must(gateway::JsonToWire(json, type_).ok(), "JsonToWire"); },
        [&] {
          ListObservationsResponse message;
          Must(google::protobuf::util::JsonStringToMessage(json, &message).ok(),
               "JsonStringToMessage");
          Must(!message.SerializeAsString().empty(), "SerializeAsString");
        });
  }

  Contest contest_;
  gateway::ContractPool contract_{gateway::CorridorContract()};
  gateway::MessageTables tables_{contract_.files()};
  const gateway::MessageTable& type_ =
      *tables_.Find("corridor.indicators.v1.ListObservationsResponse");
};

void Run(absl::Duration time) {
  absl::PrintF("JSON of %d observations, from and to the wire; medians of %d runs\n", kObservations,
               kRuns);
  Bench bench(time);
  bench.Run(2, /*defaults=*/false);
  bench.Run(8, /*defaults=*/false);
  bench.Run(2, /*defaults=*/true);
  bench.Run(8, /*defaults=*/true);
  bench.Run(24, /*defaults=*/true);
}

}  // namespace
}  // namespace corridor::load

int main() { corridor::load::Run(absl::Milliseconds(100)); }
