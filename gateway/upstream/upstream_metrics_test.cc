#include "gateway/upstream/upstream_metrics.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/registry.h"

namespace corridor::gateway {
namespace {

using ::testing::UnorderedElementsAre;

class UpstreamMetricsTest : public ::testing::Test {
 protected:
  // `name{labels} value` of every series.
  std::vector<std::string> Series() const {
    std::vector<std::string> series;
    for (const auto& family : registry_.Collect()) {
      for (const auto& metric : family.metric) {
        std::string text = family.name.substr(std::string("corridor_upstream_").size());
        for (const auto& label : metric.label) text += " " + label.value;
        const double value = metric.gauge.value + metric.counter.value;
        series.push_back(text + " " + std::to_string(static_cast<int>(value)));
      }
    }
    return series;
  }

  prometheus::Registry registry_;
  UpstreamMetrics metrics_{registry_};
};

TEST_F(UpstreamMetricsTest, LoopsShareTheSeriesOfAnEndpoint) {
  const auto first = metrics_.Of("indicators", "127.0.0.1:1");
  const auto second = metrics_.Of("indicators", "127.0.0.1:1");
  first->CountEjection();
  second->CountEjection();
  first->CountReturn();
  second->CountRetry();
  metrics_.CountRefusedRetry("indicators");
  EXPECT_THAT(Series(), UnorderedElementsAre("endpoint_ejected 127.0.0.1:1 indicators 1",
                                             "endpoint_ejections_total 127.0.0.1:1 indicators 2",
                                             "endpoint_retries_total 127.0.0.1:1 indicators 1",
                                             "retries_refused_total indicators 1"));
}

TEST_F(UpstreamMetricsTest, TheSeriesOfAnEndpointEndWithItsLastHolder) {
  auto first = metrics_.Of("indicators", "127.0.0.1:1");
  auto second = metrics_.Of("indicators", "127.0.0.1:1");
  const auto other = metrics_.Of("indicators", "127.0.0.1:2");
  first.reset();
  EXPECT_EQ(Series().size(), 3u + 3u + 1u);
  second.reset();
  EXPECT_EQ(Series().size(), 3u + 1u);
  metrics_.Of("indicators", "127.0.0.1:1")->CountRetry();
  EXPECT_EQ(Series().size(), 3u + 1u);
}

}  // namespace
}  // namespace corridor::gateway
