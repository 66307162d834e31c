// Every fact of IOM Prague's page is answered through the gateway, with the place of the page that
// states it, and by gRPC as by REST.
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "descriptor_set.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/testing/status_matchers.h"
#include "tests/e2e/json_text.h"
#include "tests/e2e/page_rows.h"
#include "tests/e2e/raw_grpc.h"
#include "tests/e2e/suite.h"

namespace corridor::e2e {

void PrintTo(const Row& row, std::ostream* out) {
  *out << "sentence " << row.sentence << " (" << row.fact << "): GET " << row.request;
}

namespace {

using ::testing::ValuesIn;

constexpr int kSentences = 34;
constexpr char kNotes[] = "/v1/contextNotes";
constexpr char kProfile[] = "/profile";

class PageTest : public ::testing::TestWithParam<Row> {
 protected:
  static void SetUpTestSuite() { suite = new Suite; }
  static void TearDownTestSuite() {
    delete suite;
    suite = nullptr;
  }

  std::string Body(const std::string& target) {
    const HttpResponse response = client_.Get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body << response.transport_error;
    return response.body;
  }
  google::protobuf::Value Json(const std::string& target) {
    const auto json = ParseJson(Body(target));
    EXPECT_OK(json) << target;
    return json.value_or(google::protobuf::Value());
  }

  static Suite* suite;
  HttpClient client_ = suite->Client();
};
Suite* PageTest::suite = nullptr;

std::string SentenceOf(const ::testing::TestParamInfo<Row>& row) { return row.param.sentence; }

INSTANTIATE_TEST_SUITE_P(Sentence, PageTest, ValuesIn(PageRows()), SentenceOf);

TEST_P(PageTest, IsAnsweredWithItsSource) {
  const google::protobuf::Value answer = Json(GetParam().request);
  for (const auto& [path, text] : GetParam().answer) {
    EXPECT_THAT(TextAt(answer, path), text) << path;
  }
}

// Rows that one service answers.
std::vector<Row> RowsOfOneService() {
  std::vector<Row> rows;
  for (const Row& row : PageRows()) {
    if (!absl::EndsWith(row.request, kProfile)) rows.push_back(row);
  }
  return rows;
}

class PageByGrpcTest : public PageTest {
 protected:
  std::unique_ptr<gateway::Transcoder> transcoder_ =
      *gateway::Transcoder::Create(descriptor_set.front().contents);
};

INSTANTIATE_TEST_SUITE_P(Sentence, PageByGrpcTest, ValuesIn(RowsOfOneService()), SentenceOf);

TEST_P(PageByGrpcTest, TheServiceAnswersTheSame) {
  const std::vector<std::string> target = absl::StrSplit(GetParam().request, '?');
  const auto match = transcoder_->Route("GET", target.front());
  ASSERT_NE(match.method, nullptr);
  const std::string query = target.size() > 1 ? target[1] : "";
  ASSERT_OK_AND_ASSIGN(const std::string request, transcoder_->ToRpc(match, query, ""));

  // `corridor.memberstates.v1` is served by `memberstates`.
  const std::vector<std::string> package = absl::StrSplit(match.method->package, '.');
  const auto channel =
      grpc::CreateChannel(suite->address(package.at(1)), grpc::InsecureChannelCredentials());
  const std::string answer = CallRaw(channel, match.method->full_name, request);
  ASSERT_OK_AND_ASSIGN(const std::string json, transcoder_->ToJson(*match.method, answer));
  EXPECT_EQ(json, Body(GetParam().request));
}

// Rows of context notes, one a note.
std::vector<Row> NoteRows() {
  std::map<std::string, Row> by_request;
  for (const Row& row : PageRows()) {
    if (absl::StartsWith(row.request, kNotes)) by_request.emplace(row.request, row);
  }
  std::vector<Row> rows;
  rows.reserve(by_request.size());
  for (const auto& [request, row] : by_request) rows.push_back(row);
  return rows;
}

class NoteTest : public PageTest {
 protected:
  // What is said of a group is said of its members.
  std::vector<std::string> AreasOf(const google::protobuf::Value& note) {
    const std::string area = TextAt(note, "area");
    std::vector<std::string> areas = {area};
    if (TextAt(Json(absl::StrCat("/v1/", area)), "kind") == "GROUP") {
      const auto members = Json(absl::StrCat("/v1/", area, "/members"));
      const std::string codes = TextAt(members, "members[*].member");
      for (const auto member : absl::StrSplit(codes, " | ")) areas.emplace_back(member);
    }
    return areas;
  }
};

INSTANTIATE_TEST_SUITE_P(Sentence, NoteTest, ValuesIn(NoteRows()), SentenceOf);

TEST_P(NoteTest, ReachesTheListAndTheProfileOfEveryAreaThatItIsAbout) {
  const auto note = Json(GetParam().request);
  const std::string here = absl::StrCat("contextNotes[name=", TextAt(note, "name"), "]");
  for (const std::string& area : AreasOf(note)) {
    const std::string code = area.substr(area.rfind('/') + 1);
    EXPECT_EQ(TextAt(Json(absl::StrCat(kNotes, "?area=", code)), here), TextAt(note, "")) << area;
    EXPECT_EQ(TextAt(Json(absl::StrCat("/v1/", area, kProfile)), here), TextAt(note, "")) << area;
  }
}

TEST(PageRowsTest, NoSentenceIsLeftOut) {
  std::set<int> sentences;
  for (const Row& row : PageRows()) {
    int sentence = 0;
    if (absl::SimpleAtoi(row.sentence.substr(0, row.sentence.find_first_not_of("0123456789")),
                         &sentence)) {
      sentences.insert(sentence);
    }
  }
  for (int sentence = 1; sentence <= kSentences; ++sentence) {
    EXPECT_EQ(sentences.count(sentence), 1U) << sentence;
  }
}

class WholePageTest : public PageTest {};

TEST_F(WholePageTest, NoNoteIsKnownThatThePageDoesNotState) {
  std::vector<std::string> stated;
  for (const Row& row : NoteRows()) stated.push_back(row.request.substr(sizeof("/v1/") - 1));
  EXPECT_EQ(TextAt(Json(kNotes), "contextNotes[*].name"), absl::StrJoin(stated, " | "));
}

}  // namespace
}  // namespace corridor::e2e
