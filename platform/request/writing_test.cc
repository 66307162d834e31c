#include "platform/request/writing.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/area.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"

namespace corridor {
namespace {

using ::corridor::memberstates::v1::DeleteAreaRequest;
using ::testing::ElementsAre;

DeleteAreaRequest Request(const std::string& name, const std::string& request_id,
                          const std::string& reason = "") {
  DeleteAreaRequest request;
  request.set_name(name);
  request.set_request_id(request_id);
  request.set_reason(reason);
  return request;
}

absl::StatusOr<store::WriteContext> Context(const DeleteAreaRequest& request) {
  const CallContext call("/test/DeleteArea", "tester", absl::InfiniteFuture(), absl::UnixEpoch());
  return WriteContextOf(request, call);
}

TEST(WritingTest, ACommitKnowsWhoWritesAndWhy) {
  ASSERT_OK_AND_ASSIGN(const store::WriteContext context,
                       Context(Request("areas/ARM", "r1", "Withdrawn.")));
  EXPECT_EQ(context.actor, "tester");
  EXPECT_EQ(context.method, "/test/DeleteArea");
  EXPECT_EQ(context.request_id, "r1");
  EXPECT_EQ(context.reason, "Withdrawn.");
}

TEST(WritingTest, ThePayloadIsTheRequestButForItsId) {
  const auto hash = [](const DeleteAreaRequest& request) { return Context(request)->payload_hash; };
  EXPECT_EQ(hash(Request("areas/ARM", "r1")), hash(Request("areas/ARM", "r2")));
  EXPECT_NE(hash(Request("areas/ARM", "r1")), hash(Request("areas/GEO", "r1")));
}

TEST(WritingTest, IdAndReasonHaveALongestLengthInCharacters) {
  std::string sixty_four;
  for (int i = 0; i < 64; ++i) sixty_four += "ä";
  EXPECT_OK(Context(Request("areas/ARM", sixty_four)));
  EXPECT_THAT(Context(Request("areas/ARM", sixty_four + "ä")),
              Refuses("request_id", "has 65 characters; at most 64 are allowed"));
  EXPECT_THAT(Context(Request("areas/ARM", "", std::string(1001, 'x'))),
              Refuses("reason", "has 1001 characters; at most 1000 are allowed"));
}

TEST(WritingTest, AnotherEtagThanTheCurrentOneIsAborted) {
  EXPECT_OK(CheckEtag("", "e-1", "areas/ARM"));
  EXPECT_OK(CheckEtag("e-1", "e-1", "areas/ARM"));
  EXPECT_THAT(CheckEtag("e-0", "e-1", "areas/ARM"),
              StatusIs(absl::StatusCode::kAborted,
                       "areas/ARM has changed: its etag is \"e-1\", not \"e-0\""));
}

TEST(WritingTest, ANewNameComesFromAnIdOrANameThatAgree) {
  const auto name = [](const char* id, const char* given) {
    return NewName("areas/", id, "area_id", given, "area.name");
  };
  EXPECT_THAT(name("ARM", ""), IsOkAndHolds(std::string("areas/ARM")));
  EXPECT_THAT(name("", "areas/ARM"), IsOkAndHolds(std::string("areas/ARM")));
  EXPECT_THAT(name("ARM", "areas/ARM"), IsOkAndHolds(std::string("areas/ARM")));
  EXPECT_THAT(name("", ""), Refuses("area_id", "is required"));
  EXPECT_THAT(name("", "groups/ARM"), Refuses("area.name", "does not begin with areas/"));
  EXPECT_THAT(name("ARM", "areas/GEO"),
              Refuses("area.name", "\"areas/GEO\" is not the new resource, areas/ARM"));
}

TEST(WritingTest, EntriesOfABatchHaveNoIdOrReasonOfTheirOwn) {
  EXPECT_EQ(EntryPath(2), "requests[2].");
  DeleteAreaRequest entry;
  EXPECT_OK(RefuseOfBatch(entry));
  entry.set_validate_only(true);
  EXPECT_THAT(RefuseOfBatch(entry),
              Refuses("validate_only", "\"true\" belongs to the whole batch"));
  entry.set_reason("why");
  EXPECT_THAT(RefuseOfBatch(entry), Refuses("reason", "\"why\" belongs to the whole batch"));
  entry.set_request_id("r");
  EXPECT_THAT(RefuseOfBatch(entry), Refuses("request_id", "\"r\" belongs to the whole batch"));
  EXPECT_THAT(AlreadyExists("areas/ARM"),
              StatusIs(absl::StatusCode::kAlreadyExists, "there is a \"areas/ARM\" already"));
}

TEST(WritingTest, AnErrorOfABatchNamesItsEntry) {
  const std::vector<int> entries = {7, 8, 9};
  std::vector<int> seen;
  EXPECT_THAT(ForEachEntry(entries,
                           [&](int entry) {
                             seen.push_back(entry);
                             return entry == 8 ? InvalidField("name", "8", "is bad")
                                               : absl::OkStatus();
                           }),
              Refuses("requests[1].name", "\"8\" is bad"));
  EXPECT_THAT(seen, ElementsAre(7, 8));
}

TEST(WritingTest, ABatchNamesAResourceOnce) {
  std::set<std::string> seen;
  EXPECT_OK(RefuseTwice("areas/ARM", "name", seen));
  EXPECT_OK(RefuseTwice("areas/GEO", "name", seen));
  EXPECT_THAT(RefuseTwice("areas/ARM", "name", seen),
              Refuses("name", "\"areas/ARM\" is in the batch twice"));
}

}  // namespace
}  // namespace corridor
