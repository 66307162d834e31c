// The transcoder over a contract that uses all of google.api.http, and contracts that it refuses.
#include "gateway/transcoding/transcoder.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gmock/gmock.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::api::HttpRule;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kPackage = "transcoding.testdata.v1.";

class TranscoderTest : public ::testing::Test {
 protected:
  // The request message as text format, after the method's name: `GetBook name: "x"`; or the error.
  std::string Call(const std::string& verb, const std::string& path, const std::string& query = "",
                   const std::string& body = "") {
    Transcoder::Match match = transcoder_->Route(verb, path);
    if (match.method == nullptr) return "no method";
    const std::string name = match.method->full_name.substr(match.method->full_name.rfind('/') + 1);
    absl::StatusOr<std::string> rpc = transcoder_->ToRpc(match, query, body);
    if (!rpc.ok()) return name + " " + std::string(rpc.status().message());
    std::string dotted = match.method->full_name.substr(1);
    dotted[dotted.find('/')] = '.';
    const auto* method = contract_.pool().FindMethodByName(dotted);
    return name + " " + contract_.Text(method->input_type()->full_name(), *rpc);
  }

  // Creates a transcoder for the contract after `change` has been at the rule of `method`.
  static absl::Status CreateWith(const std::string& method,
                                 const std::function<void(HttpRule&)>& change) {
    google::protobuf::FileDescriptorSet set;
    set.ParseFromString(std::string(LibraryContract()));
    for (auto& declared :
         *set.mutable_file(set.file_size() - 1)->mutable_service(0)->mutable_method()) {
      if (declared.name() == method) {
        change(*declared.mutable_options()->MutableExtension(google::api::http));
      }
    }
    return Transcoder::Create(set.SerializeAsString()).status();
  }

  ContractPool contract_{LibraryContract()};
  std::unique_ptr<Transcoder> transcoder_ = *Transcoder::Create(LibraryContract());
};

TEST_F(TranscoderTest, ServesEveryKindOfBinding) {
  EXPECT_EQ(Call("GET", "/v1/shelves/a"), R"(GetShelf name: "shelves/a")");
  EXPECT_EQ(Call("GET", "/v1/shelves/top"), "GetTopShelf ");
  EXPECT_EQ(Call("GET", "/v1/shelves/top/catalogue"), "GetCatalogue ");
  EXPECT_EQ(Call("GET", "/v1/shelves/top/books"), R"(ListBooks name: "shelves/top")");
  EXPECT_EQ(Call("GET", "/v1/shelves/a/books/b", "depth=2"),
            R"(GetBook name: "shelves/a/books/b" depth: 2)");
  EXPECT_EQ(Call("GET", "/v1/books/a%2Fb"), R"(GetBook name: "a/b")");
  EXPECT_EQ(Call("POST", "/v1/books:get", "", R"({"name":"x","depth":1})"),
            R"(GetBook name: "x" depth: 1)");
  EXPECT_EQ(Call("GET", "/v1/files/a/b%2Fc"), R"(GetFile name: "files/a/b%2Fc")");
  EXPECT_EQ(Call("POST", "/v1/files/a/b:purge"), R"(PurgeFile name: "files/a/b")");
  EXPECT_EQ(Call("PUT", "/v1/shelves/a/books/b/tags", "requestId=r", R"(["x","y"])"),
            R"(TagBook parent: "shelves/a/books/b" tags: "x" tags: "y" request_id: "r")");
  EXPECT_EQ(Call("LINK", "/v1/shelves/a/books/b", "book.title=x"),
            R"(LinkBook parent: "shelves/a/books/b" book { title: "x" })");
  EXPECT_EQ(Call("BREW", "/v1/ping"), "Ping ");
  EXPECT_EQ(Call("GET", "/v1/compare/a:b/-5/7"),
            R"(Compare left: "a:b" right: -5 position { row: 7 })");
  EXPECT_EQ(Call("DELETE", "/v1/shelves/a/books/b"), R"(DeleteBook name: "shelves/a/books/b")");
  EXPECT_EQ(Call("GET", "/transcoding.testdata.v1.Library/Unbound"), "no method");
}

TEST_F(TranscoderTest, VariablesOfOtherTypesAreParsed) {
  EXPECT_EQ(Call("GET", "/v1/compare/a/x/7"), R"(Compare right: "x" is not an integer)");
  EXPECT_EQ(Call("GET", "/v1/compare/a/1/2.5"), R"(Compare position.row: "2.5" is not an integer)");
}

TEST_F(TranscoderTest, ThePathWinsAndABodyThatSaysOtherwiseIsRefused) {
  EXPECT_EQ(Call("PUT", "/v1/shelves/a/books/b", "", R"({"book":{"title":"x"},"tags":["t"]})"),
            R"(ReplaceBook book { name: "shelves/a/books/b" title: "x" } tags: "t")");
  EXPECT_EQ(Call("PUT", "/v1/shelves/a/books/b", "", R"({"book":{"name":"shelves/a/books/b"}})"),
            R"(ReplaceBook book { name: "shelves/a/books/b" })");
  EXPECT_EQ(Call("PUT", "/v1/shelves/a/books/b", "", R"({"book":{"name":""}})"),
            R"(ReplaceBook book { name: "shelves/a/books/b" })");
  EXPECT_EQ(
      Call("PUT", "/v1/shelves/a/books/b", "", R"({"book":{"name":"shelves/a/books/c"}})"),
      R"(ReplaceBook book.name: "shelves/a/books/b" is the value in the path, but the body has another)");
  EXPECT_EQ(
      Call("PATCH", "/v1/shelves/a/books/b", "", R"({"name":"c"})"),
      R"(UpdateBook book.name: "shelves/a/books/b" is the value in the path, but the body has another)");
}

TEST_F(TranscoderTest, ABodyIsOptionalWhereOneIsTakenAndRefusedElsewhere) {
  EXPECT_EQ(Call("POST", "/v1/shelves/a/books"), R"(CreateBook parent: "shelves/a")");
  EXPECT_EQ(Call("POST", "/v1/shelves/a/books", "", " \n"), R"(CreateBook parent: "shelves/a")");
  EXPECT_EQ(Call("POST", "/v1/shelves/a/books", "", "{}"),
            R"(CreateBook parent: "shelves/a" book { })");
  EXPECT_EQ(Call("POST", "/v1/shelves/a/books", "", "null"), R"(CreateBook parent: "shelves/a")");
  EXPECT_EQ(Call("GET", "/v1/shelves/a", "", "x"),
            R"(GetShelf body: "x" is given, but this method takes no body)");
}

TEST_F(TranscoderTest, AnswersOneMemberWhereTheBindingSaysSo) {
  const std::string message =
      contract_.Parse(kPackage + "ListBooksResponse", "books { title: 'a' }")->SerializeAsString();
  EXPECT_THAT(
      transcoder_->ToJson(*transcoder_->Route("GET", "/v1/shelves/a/books").method, message),
      IsOkAndHolds(std::string(R"([{"name":"","title":"a","authors":[]}])")));
  EXPECT_THAT(
      transcoder_->ToJson(*transcoder_->Route("GET", "/v1/shelves/a/books:newest").method, message),
      IsOkAndHolds(std::string("null")));
  EXPECT_THAT(transcoder_->ToJson(*transcoder_->Route("BREW", "/v1/ping").method, ""),
              IsOkAndHolds(std::string("{}")));
}

TEST_F(TranscoderTest, AnswersAreWrittenAsChosen) {
  const Method& list = *transcoder_->Route("GET", "/v1/shelves/a/books").method;
  const std::string message =
      contract_.Parse(kPackage + "ListBooksResponse", "books { title: 'a' }")->SerializeAsString();
  JsonChoices choices;
  choices.omit_defaults = true;
  EXPECT_THAT(transcoder_->ToJson(list, message, choices),
              IsOkAndHolds(std::string(R"([{"title":"a"}])")));
  // Fields are those of what is answered: here of each book.
  choices = {};
  choices.fields = {"name"};
  EXPECT_THAT(transcoder_->ToJson(list, message, choices),
              IsOkAndHolds(std::string(R"([{"name":""}])")));
  choices.fields = {"books.name"};
  EXPECT_THAT(transcoder_->ToJson(list, message, choices),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "fields: \"books.name\" names a field that does not exist; the nearest is "
                       "name"));
  EXPECT_THAT(transcoder_->ToJson(list, message, choices), HasFieldViolation("fields"));
  choices.fields = {"books.name"};
  EXPECT_THAT(transcoder_->ToJson(*transcoder_->FindRpc("/" + kPackage + "Library/ListBooks"),
                                  message, choices),
              IsOkAndHolds(std::string(R"({"books":[{"name":""}]})")));
}

TEST_F(TranscoderTest, EveryMethodIsFoundByItsFullName) {
  const std::string name = "/" + kPackage + "Library/Unbound";
  const Method* unbound = transcoder_->FindRpc(name);
  ASSERT_NE(unbound, nullptr);
  EXPECT_EQ(unbound->full_name, name);
  EXPECT_EQ(unbound->route, name);
  EXPECT_EQ(unbound->package, "transcoding.testdata.v1");
  EXPECT_FALSE(unbound->is_read);
  EXPECT_FALSE(unbound->takes_stream);
  EXPECT_EQ(transcoder_->FindRpc(kPackage + "Library/Unbound"), nullptr);
  EXPECT_EQ(transcoder_->FindRpc("/" + kPackage + "Library/None"), nullptr);
  EXPECT_EQ(transcoder_->FindRpc(""), nullptr);
}

TEST_F(TranscoderTest, ARequestOfAMethodIsReadFromJsonAlone) {
  const Method& method = *transcoder_->FindRpc("/" + kPackage + "Library/Unbound");
  const absl::StatusOr<std::string> request =
      transcoder_->RequestFromJson(method, R"({"name":"a","depth":2})");
  ASSERT_OK(request);
  EXPECT_EQ(contract_.Text(kPackage + "GetRequest", *request), R"(name: "a" depth: 2)");
  EXPECT_THAT(transcoder_->RequestFromJson(method, R"({"nam":"a"})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "nam: \"a\" is for a field that does not exist; the nearest is name"));
  EXPECT_THAT(transcoder_->RequestFromJson(method, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("expected a value")));
  // What the path would set is in the message as any other field.
  const Method& bound = *transcoder_->FindRpc("/" + kPackage + "Library/GetShelf");
  EXPECT_OK(transcoder_->RequestFromJson(bound, R"({"name":"shelves/a"})"));
}

TEST_F(TranscoderTest, ReadsAreMethodsWithAGetBindingAndThoseThatSayTheyHaveNoSideEffects) {
  EXPECT_TRUE(transcoder_->Route("GET", "/v1/shelves/a").method->is_read);
  EXPECT_TRUE(transcoder_->FindRpc("/" + kPackage + "Library/GetShelf")->is_read);
  // The POST of a method that has a GET too.
  EXPECT_TRUE(transcoder_->Route("POST", "/v1/everything").method->is_read);
  EXPECT_FALSE(transcoder_->Route("POST", "/v1/shelves/a/books").method->is_read);
  google::protobuf::FileDescriptorSet set;
  set.ParseFromString(std::string(LibraryContract()));
  for (auto& method :
       *set.mutable_file(set.file_size() - 1)->mutable_service(0)->mutable_method()) {
    if (method.name() != "Unbound") continue;
    method.set_client_streaming(true);
    method.mutable_options()->set_idempotency_level(
        google::protobuf::MethodOptions::NO_SIDE_EFFECTS);
  }
  auto transcoder = *Transcoder::Create(set.SerializeAsString());
  const Method* unbound = transcoder->FindRpc("/" + kPackage + "Library/Unbound");
  EXPECT_TRUE(unbound->is_read);
  EXPECT_TRUE(unbound->takes_stream);
  EXPECT_FALSE(unbound->is_streaming);
}

TEST_F(TranscoderTest, RefusesWhatIsNotItsOwn) {
  EXPECT_THAT(transcoder_->ToRpc(Transcoder::Match(), "", ""),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transcoder_->ToJson(Method(), ""), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transcoder_->RequestFromJson(Method(), "{}"), StatusIs(absl::StatusCode::kInternal));
  Transcoder::Match rpc;
  rpc.method = transcoder_->FindRpc("/" + kPackage + "Library/Unbound");
  EXPECT_THAT(transcoder_->ToRpc(rpc, "", ""), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(TranscoderTest, ErrorsAreJsonWithTheDetailsThatTheContractKnows) {
  auto transcoder = *Transcoder::Create(CorridorContract());
  absl::Status status = InvalidField("as_of", "x\"y", "is not a date");
  status.SetPayload("type.googleapis.com/no.such.Type", absl::Cord("\x0a\x01x"));
  status.SetPayload("type.googleapis.com/google.rpc.Help", absl::Cord("\xff"));
  const std::string head =
      R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"asOf: \"x\"y\" is not a date","details":[)";
  const std::string json = transcoder->ErrorJson(status);
  EXPECT_THAT(json, StartsWith(head));
  EXPECT_THAT(
      json,
      HasSubstr(R"({"@type":"type.googleapis.com/google.rpc.BadRequest",)"
                R"("fieldViolations":[{"field":"asOf","description":"\"x\"y\" is not a date"}]})"));
  EXPECT_THAT(json, HasSubstr(R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
                              R"("reason":"INVALID_ARGUMENT","domain":"corridor"})"));
  EXPECT_THAT(json, Not(HasSubstr("no.such.Type")));
  EXPECT_THAT(json, Not(HasSubstr("google.rpc.Help")));
  // A contract without google.rpc has no details to give.
  EXPECT_EQ(transcoder_->ErrorJson(status), head + "]}}");
}

TEST_F(TranscoderTest, ErrorsAreJsonWhateverTheirMessageHolds) {
  EXPECT_THAT(transcoder_->ErrorJson(absl::UnavailableError("a\xff\x01\"")),
              R"({"error":{"code":503,"status":"UNAVAILABLE","message":"a)"
              "\xEF\xBF\xBD"
              R"(\u0001\"","details":[]}})");
}

TEST_F(TranscoderTest, RefusesContractsWithBrokenBindings) {
  const struct {
    const char* method;
    std::function<void(HttpRule&)> change;
    const char* error;
  } cases[] = {
      {"GetShelf", [](HttpRule& rule) { rule.set_get("/v1/{name=**}/x"); },
       "transcoding.testdata.v1.Library.GetShelf at \"/v1/{name=**}/x\": path template"},
      {"GetShelf", [](HttpRule& rule) { rule.set_get("/v1/{nme=shelves/*}"); },
       "nme is no single scalar field of transcoding.testdata.v1.GetRequest"},
      {"GetShelf", [](HttpRule& rule) { rule.set_get("/v1/{name.x}"); },
       "name.x is no single scalar field"},
      {"CreateBook", [](HttpRule& rule) { rule.set_post("/v1/{book}"); },
       "book is no single scalar field"},
      {"CreateBook", [](HttpRule& rule) { rule.set_post("/v1/{tags}"); },
       "tags is no single scalar field"},
      {"CreateBook", [](HttpRule& rule) { rule.set_body("bok"); },
       "body: transcoding.testdata.v1.BookRequest has no field bok"},
      {"CreateBook", [](HttpRule& rule) { rule.set_body("book.name"); }, "has no field book.name"},
      {"ListBooks", [](HttpRule& rule) { rule.set_response_body("boks"); },
       "response_body: transcoding.testdata.v1.ListBooksResponse has no field boks"},
      {"GetShelf", [](HttpRule& rule) { rule.clear_get(); }, "the binding has no verb"},
      {"GetShelf",
       [](HttpRule& rule) {
         rule.set_get("/v1/shelves/{name}");
         rule.add_additional_bindings()->set_get("/v1/shelves/*");
       },
       "transcoding.testdata.v1.Library.GetShelf GET /v1/shelves/* collides with "
       "transcoding.testdata.v1.Library.GetShelf GET /v1/shelves/{name}"},
      {"GetTopShelf", [](HttpRule& rule) { rule.set_get("/v1/{name=shelves/*}"); },
       "transcoding.testdata.v1.Library.GetTopShelf GET /v1/{name=shelves/*} collides with "
       "transcoding.testdata.v1.Library.GetShelf GET /v1/{name=shelves/*}"},
      {"GetShelf",
       [](HttpRule& rule) {
         rule.add_additional_bindings()->set_get("/v1/x");
         rule.mutable_additional_bindings(0)->add_additional_bindings()->set_get("/v1/y");
       },
       "additional bindings within an additional binding"},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(CreateWith(test.method, test.change),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.error)));
  }
}

TEST_F(TranscoderTest, RefusesBytesThatAreNoContract) {
  EXPECT_THAT(
      Transcoder::Create("\xff").status(),
      StatusIs(absl::StatusCode::kInvalidArgument, "the descriptor set is no FileDescriptorSet"));
  google::protobuf::FileDescriptorSet set;
  set.add_file()->set_name("a.proto");
  set.mutable_file(0)->add_dependency("missing.proto");
  EXPECT_THAT(Transcoder::Create(set.SerializeAsString()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("missing.proto")));
}

TEST_F(TranscoderTest, BindsMethodsThatAnswerWithAStreamNotThoseThatTakeOne) {
  google::protobuf::FileDescriptorSet set;
  set.ParseFromString(std::string(LibraryContract()));
  google::protobuf::MethodDescriptorProto& method =
      *set.mutable_file(set.file_size() - 1)->mutable_service(0)->mutable_method(0);
  method.set_server_streaming(true);
  const auto transcoder = Transcoder::Create(set.SerializeAsString());
  ASSERT_OK(transcoder);
  EXPECT_TRUE((*transcoder)->Route("GET", "/v1/shelves/1").method->is_streaming);
  method.set_client_streaming(true);
  EXPECT_THAT(Transcoder::Create(set.SerializeAsString()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a method that takes a stream cannot be bound")));
}

TEST_F(TranscoderTest, SaysWhatIsRawBytesOutsideOfMessages) {
  const struct {
    const char* verb;
    const char* path;
    std::optional<int> raw_body;
    std::optional<int> raw_answer;
    bool takes_stream;
    bool is_streaming;
  } rows[] = {
      {"GET", "/v1/covers/a", {}, 0, false, false},
      {"PUT", "/v1/covers/a", 2, {}, false, false},
      {"POST", "/v1/covers:scan", 0, 1, false, false},
      {"GET", "/v1/scans/a:download", {}, 0, false, true},
      {"POST", "/v1/scans/a:upload", 2, {}, true, false},
      {"POST", "/v1/scans:convert", 0, 0, true, true},
      {"GET", "/v1/shelves/a/books:watch", {}, {}, false, true},
      {"POST", "/v1/shelves/a/books", {}, {}, false, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.path);
    const Method* method = transcoder_->Route(row.verb, row.path).method;
    ASSERT_NE(method, nullptr);
    EXPECT_EQ(method->raw_body, row.raw_body);
    EXPECT_EQ(method->raw_answer, row.raw_answer);
    EXPECT_EQ(method->takes_stream, row.takes_stream);
    EXPECT_EQ(method->is_streaming, row.is_streaming);
  }
  EXPECT_TRUE(transcoder_->Route("GET", "/v1/shelves/a/books:watch").method->has_fields_parameter);
  EXPECT_FALSE(transcoder_->Route("GET", "/v1/shelves/a").method->has_fields_parameter);
}

TEST_F(TranscoderTest, ARawBodyIsNoParameterAndLeavesRoomForOthers) {
  EXPECT_EQ(Call("PUT", "/v1/covers/a", "checksum=c"),
            R"(PutCover name: "covers/a" checksum: "c")");
  EXPECT_EQ(
      Call("PUT", "/v1/covers/a", "file.contentType=x"),
      R"(PutCover file.contentType: "x" is given as a parameter, but the body of the request )"
      "sets this field");
  EXPECT_EQ(Call("POST", "/v1/scans/a%2Fb:upload", "checksum=c"),
            R"(Upload name: "scans/a%2Fb" checksum: "c")");
}

}  // namespace
}  // namespace corridor::gateway
