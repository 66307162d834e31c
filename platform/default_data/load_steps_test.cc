#include "platform/default_data/load_steps.h"

#include <memory>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/store/area_store_fixture.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoadStepsTest : public ::testing::Test {
 protected:
  // A commit of one area.
  absl::Status Put(const std::string& code, const std::string& actor,
                   const std::string& request_id) {
    return store_.Put(code, code, {.actor = actor, .request_id = request_id}).status();
  }

  // Loads steps of these areas, each known by its code.
  absl::StatusOr<int> Load(const std::vector<std::string>& codes) {
    files_read_ = false;
    const auto read_steps = [&]() -> absl::StatusOr<std::vector<Step>> {
      files_read_ = true;
      std::vector<Step> steps;
      for (const std::string& code : codes) {
        steps.push_back(
            {{.request_id = code, .method = "/test/" + code}, [this, code](CallContext& call) {
               if (code == "BAD") return absl::InvalidArgumentError("is bad");
               calls_.push_back(call.actor() + " " + call.method());
               return Put(code, call.actor(), code);
             }});
      }
      return steps;
    };
    return LoadSteps(read_steps, *store_, absl::Now());
  }

  store::AreaStore store_;
  std::vector<std::string> calls_;
  bool files_read_ = false;
};

TEST_F(LoadStepsTest, AnEmptyStoreGetsEveryStepInOrderOnce) {
  EXPECT_THAT(Load({"ARM", "GEO"}), IsOkAndHolds(2));
  EXPECT_THAT(calls_, ElementsAre("default-data /test/ARM", "default-data /test/GEO"));
  EXPECT_THAT(Load({"ARM", "GEO"}), IsOkAndHolds(0));
  EXPECT_EQ(calls_.size(), 2u);
}

TEST_F(LoadStepsTest, AnInterruptedLoadGoesOnWhereItStopped) {
  EXPECT_THAT(Load({"ARM", "BAD", "GEO"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("BAD")));
  EXPECT_THAT(Load({"ARM", "AZE", "GEO"}), IsOkAndHolds(2));
  EXPECT_THAT(store_.AreasAt({}), ElementsAre("ARM=ARM@1", "AZE=AZE@2", "GEO=GEO@3"));
}

TEST_F(LoadStepsTest, TheAreaCopyIsNobodyElse) {
  ASSERT_OK(Put("MDA", kAreaCopyActor, ""));
  EXPECT_THAT(Load({"ARM", "BAD"}), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_OK(Put("UKR", kAreaCopyActor, ""));
  EXPECT_THAT(Load({"ARM", "GEO"}), IsOkAndHolds(1));
  EXPECT_EQ(calls_.size(), 2u);
}

TEST_F(LoadStepsTest, AStoreThatSomebodyElseWroteToIsLeftAloneAndNoFileIsRead) {
  EXPECT_THAT(Load({"ARM"}), IsOkAndHolds(1));
  ASSERT_OK(Put("MDA", "local", ""));
  EXPECT_THAT(Load({"ARM", "GEO"}), IsOkAndHolds(0));
  EXPECT_FALSE(files_read_);
}

TEST_F(LoadStepsTest, AnotherEditionOfTheFilesIsNotMixedIntoALoad) {
  EXPECT_THAT(Load({"ARM", "GEO"}), IsOkAndHolds(2));
  EXPECT_THAT(Load({"ARM", "AZE", "GEO"}), IsOkAndHolds(0));
  EXPECT_EQ(calls_.size(), 2u);
}

// A handler as services have them.
struct Request {
  void set_request_id(const std::string& id) { request_id = id; }
  void set_reason(const std::string& why) { reason = why; }
  std::string request_id, reason;
};
class Handler {
 public:
  absl::StatusOr<int> Write(const Request& request, CallContext&) {
    written = request.request_id + ": " + request.reason;
    return 1;
  }
  std::string written;
};

TEST_F(LoadStepsTest, AStepHandsItsRequestToTheHandlerUnderItsId) {
  Request request;
  Handler handler;
  const Step step = StepOf({.request_id = "default-data/areas", .method = "/test/Write"}, request,
                           handler, &Handler::Write);
  EXPECT_THAT(handler.written, IsEmpty());
  CallContext call(step.id.method, kDefaultDataActor, absl::InfiniteFuture(), absl::Now());
  EXPECT_OK(step.write(call));
  EXPECT_EQ(handler.written, "default-data/areas: Default data set");
}

}  // namespace
}  // namespace corridor
