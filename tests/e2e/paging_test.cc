// Pages stay true while others write: together they are the list as it was when the first was read.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "corridor/memberstates/v1/membership.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {
namespace {

namespace v1 = memberstates::v1;

constexpr char kMembers[] = "/v1/organisations/IOM/memberships";

std::vector<std::string> NamesOf(const v1::ListMembershipsResponse& page) {
  std::vector<std::string> names;
  for (const auto& membership : page.memberships()) {
    names.push_back(absl::StrCat(membership.name(), "@", membership.etag()));
  }
  return names;
}

// Creates and deletes observers between the existing ones until told to stop.
void WriteUntil(const std::atomic<bool>& stop, HttpClient client, std::atomic<int>& writes) {
  for (int i = 0; !stop && i < 100'000; ++i) {
    const std::string id =
        absl::StrCat(std::string(1, static_cast<char>('A' + i % 26)), "_PASSING_", i);
    const HttpResponse created =
        client.SendJson("POST", absl::StrCat(kMembers, "?membershipId=", id),
                        R"({"party":{"kind":"NGO","displayName":"Passing"},
            "spells":[{"status":"OBSERVER","start":{"text":"2001"},"confidence":"LOW",
                       "evidence":[{"source":"TEST","kind":"INFERRED","claimant":"test","title":"t","reasoning":"r"}]}]})");
    ASSERT_EQ(created.status, 200) << created.body;
    if (i % 2 == 0) {
      HttpRequest request;
      request.verb = "DELETE";
      request.target = absl::StrCat(kMembers, "/", id);
      const HttpResponse deleted = client.Send(request);
      ASSERT_EQ(deleted.status, 200) << deleted.body;
    }
    ++writes;
  }
}

TEST(PagingTest, PagesReadWhileOthersWriteAreTheListOfTheirVersion) {
  Suite suite({"memberstates"});
  HttpClient reader = suite.Client();
  std::atomic<bool> stop = false;
  std::atomic<int> writes = 0;
  std::thread writer([&] { WriteUntil(stop, suite.Client(), writes); });

  std::vector<std::string> paged;
  int64_t version = 0;
  std::string token;
  do {
    // Every page follows at least one write.
    const int seen = writes;
    while (writes == seen && !::testing::Test::HasFailure()) std::this_thread::yield();
    const auto page = Answer<v1::ListMembershipsResponse>(
        reader.Get(absl::StrCat(kMembers, "?anyTime=true&pageSize=20&pageToken=", token)));
    if (version == 0) version = page.known_version().version();
    EXPECT_EQ(page.known_version().version(), version);
    for (const std::string& name : NamesOf(page)) paged.push_back(name);
    token = page.next_page_token();
  } while (!token.empty() && !::testing::Test::HasFailure());
  stop = true;
  writer.join();

  const auto whole = Answer<v1::ListMembershipsResponse>(
      reader.Get(absl::StrCat(kMembers, "?anyTime=true&pageSize=1000&knownAt=", version)));
  EXPECT_EQ(paged, NamesOf(whole));
  const auto now = Answer<v1::ListMembershipsResponse>(
      reader.Get(absl::StrCat(kMembers, "?anyTime=true&pageSize=1000")));
  EXPECT_GT(now.known_version().version(), version);
  EXPECT_NE(NamesOf(now), paged);
}

}  // namespace
}  // namespace corridor::e2e
