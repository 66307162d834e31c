#include "gateway/docs/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/docs/responses.h"
#include "gateway/docs/testdata/contracts.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;

// A contract as operations, and what they refer to.
class Documented {
 public:
  explicit Documented(std::string_view contract, std::vector<Example> examples = {})
      : contract_(contract),
        comments_(contract_.files()),
        bindings_(*ReadBindings(contract_.files())),
        examples_(std::move(examples)),
        learnt_(contract_.files()),
        schemas_(comments_),
        operations_(comments_, bindings_, examples_, learnt_, schemas_, errors_),
        paths_(operations_.Paths()) {}

  const absl::StatusOr<Json>& paths() const { return paths_; }
  const Json& Operation(const std::string& path, const std::string& verb) const {
    const Json* item = paths_->Find(path);
    EXPECT_NE(item, nullptr) << path;
    const Json* operation = item == nullptr ? nullptr : item->Find(verb);
    EXPECT_NE(operation, nullptr) << verb << " " << path;
    return operation == nullptr ? nothing_ : *operation;
  }
  Json Tags() const { return operations_.Tags(); }
  Json Responses() const { return errors_.Components(); }

 private:
  const Json nothing_ = Json::Object();
  const ContractPool contract_;
  const Comments comments_;
  const std::vector<Binding> bindings_;
  const std::vector<Example> examples_;
  LearntValues learnt_;
  Schemas schemas_;
  ErrorResponses errors_;
  Operations operations_;
  const absl::StatusOr<Json> paths_;
};

// The parameters of their own that an operation has: `path:area query:depth`.
std::string OwnParameters(const Json& operation) {
  std::vector<std::string> names;
  for (const Json& parameter : operation.Find("parameters")->elements()) {
    if (parameter.Find("$ref") != nullptr) continue;
    names.push_back(absl::StrCat(At(parameter, {"in"}), ":", At(parameter, {"name"})));
  }
  std::string joined = absl::StrJoin(names, " ");
  joined.erase(std::remove(joined.begin(), joined.end(), '"'), joined.end());
  return joined;
}

TEST(OperationsTest, EachBindingIsAnOperation) {
  const Documented library{LibraryContract()};
  ASSERT_OK(library.paths());
  const struct {
    std::string verb, path, id, parameters;
  } cases[] = {
      {"get", "/v1/shelves/{shelve}", "Library_GetShelf", "path:shelve query:depth"},
      {"get", "/v1/shelves/top", "Library_GetTopShelf", "query:name query:depth"},
      {"get", "/v1/shelves/{shelve}/books/{book}", "Library_GetBook",
       "path:shelve path:book query:depth"},
      {"get", "/v1/books/{name}", "Library_GetBook_2", "path:name query:depth"},
      {"post", "/v1/books:get", "Library_GetBook_3", ""},
      {"get", "/v1/shelves/{shelve}/books:newest", "Library_NewestBook", "path:shelve query:depth"},
      {"get", "/v1/files/{file}", "Library_GetFile", "path:file query:depth"},
      {"post", "/v1/files/{file}:purge", "Library_PurgeFile", "path:file query:depth"},
      {"post", "/v1/shelves/{shelve}/books", "Library_CreateBook",
       "path:shelve query:tags query:requestId"},
      {"patch", "/v1/shelves/{shelve}/books/{book}", "Library_UpdateBook",
       "path:shelve path:book query:parent query:tags query:requestId"},
      {"put", "/v1/shelves/{shelve}/books/{book}", "Library_ReplaceBook", "path:shelve path:book"},
      {"delete", "/v1/shelves/{shelve}/books/{book}", "Library_DeleteBook",
       "path:shelve path:book query:depth"},
      {"put", "/v1/shelves/{shelve}/books/{book}/tags", "Library_TagBook",
       "path:shelve path:book query:book.name query:book.title query:book.authors "
       "query:book.position.row query:book.position.column query:requestId"},
      {"get", "/v1/ping", "Library_Ping", "query:name query:depth"},
      {"get", "/v1/compare/{left}/{right}/{position.row}", "Library_Compare",
       "path:left path:right path:position.row query:position.column"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.verb + " " + c.path);
    const Json& operation = library.Operation(c.path, c.verb);
    EXPECT_EQ(At(operation, {"operationId"}), absl::StrCat("\"", c.id, "\""));
    EXPECT_EQ(OwnParameters(operation), c.parameters);
  }
}

TEST(OperationsTest, VerbsThatOpenApiDoesNotKnowAreLeftOut) {
  const Documented library{LibraryContract()};
  EXPECT_EQ(library.paths()->ToString().find("LinkBook"), std::string::npos);
  EXPECT_THAT(At(library.Operation("/v1/ping", "get"), {"description"}),
              HasSubstr("Any verb will do."));
}

TEST(OperationsTest, AMessageWithinItselfIsNoParameter) {
  const Documented library{LibraryContract()};
  const std::string parameters = OwnParameters(library.Operation("/v1/everything", "get"));
  EXPECT_THAT(parameters, HasSubstr("query:anInt32 "));
  EXPECT_THAT(parameters, HasSubstr("query:choiceBook.position.row "));
  EXPECT_THAT(parameters, HasSubstr("query:timestamps "));
  EXPECT_EQ(parameters.find("inner"), std::string::npos);
  EXPECT_EQ(parameters.find("labels"), std::string::npos);
}

TEST(OperationsTest, AnAnswerIsWhatTheBindingSaysItIs) {
  const Documented library{LibraryContract()};
  const auto schema = [&](const std::string& path) {
    return At(library.Operation(path, "get"),
              {"responses", "200", "content", "application/json", "schema"});
  };
  EXPECT_EQ(schema("/v1/shelves/{shelve}"),
            R"({"$ref":"#/components/schemas/transcoding.testdata.v1.Shelf"})");
  EXPECT_EQ(
      schema("/v1/shelves/{shelve}/books"),
      R"({"type":"array","items":{"$ref":"#/components/schemas/transcoding.testdata.v1.Book"}})");
  EXPECT_EQ(schema("/v1/shelves/{shelve}/books:newest"),
            R"({"$ref":"#/components/schemas/transcoding.testdata.v1.Book"})");
  EXPECT_EQ(schema("/v1/ping"), R"({"type":"object"})");
}

TEST(OperationsTest, ABodyIsWhatTheBindingSaysItIs) {
  const Documented library{LibraryContract()};
  const auto schema = [&](const std::string& verb, const std::string& path) {
    return At(library.Operation(path, verb),
              {"requestBody", "content", "application/json", "schema"});
  };
  EXPECT_EQ(schema("post", "/v1/shelves/{shelve}/books"),
            R"({"$ref":"#/components/schemas/transcoding.testdata.v1.Book"})");
  EXPECT_EQ(schema("put", "/v1/shelves/{shelve}/books/{book}"),
            R"({"$ref":"#/components/schemas/transcoding.testdata.v1.BookRequest"})");
  EXPECT_EQ(schema("put", "/v1/shelves/{shelve}/books/{book}/tags"),
            R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(schema("get", "/v1/ping"), "(absent)");
}

TEST(OperationsTest, ParametersHaveTypesDefaultsAndPatterns) {
  const Documented library{LibraryContract()};
  const auto parameters = library.Operation("/v1/shelves/{shelve}", "get").Find("parameters");
  EXPECT_EQ(parameters->elements()[0].ToString(),
            R"({"name":"shelve","in":"path","required":true,)"
            R"("description":"A part of `name`, which is `shelves/{shelve}`.",)"
            R"("schema":{"type":"string","pattern":"^[^/]+$"}})");
  EXPECT_EQ(
      parameters->elements()[1].ToString(),
      R"({"name":"depth","in":"query","schema":{"type":"integer","format":"int32","default":0}})");
  const auto compared =
      library.Operation("/v1/compare/{left}/{right}/{position.row}", "get").Find("parameters");
  EXPECT_EQ(At(compared->elements()[1], {"schema"}),
            R"({"type":"string","format":"int64","pattern":"^-?[0-9]+$"})");
  const auto file = library.Operation("/v1/files/{file}", "get").Find("parameters");
  EXPECT_THAT(At(file->elements()[0], {"description"}),
              HasSubstr("It may hold slashes, and may be empty."));
}

TEST(OperationsTest, EveryRequestMayHaveTheHeadersThatAllTake) {
  const Documented library{LibraryContract()};
  std::string references;
  for (const Json& parameter :
       library.Operation("/v1/shelves/{shelve}", "get").Find("parameters")->elements()) {
    if (parameter.Find("$ref") != nullptr) absl::StrAppend(&references, At(parameter, {"$ref"}));
  }
  for (const std::string name : {"corridor-min-version", "corridor-timeout", "x-request-id",
                                 "corridor-json", "corridor-fields", "traceparent"}) {
    EXPECT_THAT(references, HasSubstr("\"#/components/parameters/" + name + "\""));
    EXPECT_NE(CommonParameters().Find(name), nullptr);
  }
}

TEST(OperationsTest, AReadMayBeAnsweredByWhatTheClientHas) {
  const Documented shop{DocumentedContract()};
  const Json& read = shop.Operation("/v1/shelves/{shelve}/things/{thing}", "get");
  EXPECT_EQ(At(read, {"responses", "304", "$ref"}), R"("#/components/responses/Unchanged")");
  EXPECT_THAT(read.Find("parameters")->ToString(),
              HasSubstr(R"("#/components/parameters/if-none-match")"));
  EXPECT_EQ(At(read, {"responses", "206", "$ref"}), R"("#/components/responses/Part")");
  for (const char* header : {"cache-control", "range", "if-range"}) {
    EXPECT_THAT(read.Find("parameters")->ToString(),
                HasSubstr(absl::StrCat("#/components/parameters/", header, "\"")));
  }
  for (const char* header : {"etag", "corridor-cache", "age", "corridor-stale", "cache-control",
                             "vary", "content-encoding"}) {
    EXPECT_NE(read.Find("responses")->Find("200")->Find("headers")->Find(header), nullptr);
    EXPECT_NE(CommonHeaders().Find(header), nullptr);
  }
  EXPECT_NE(shop.Responses().Find("Unchanged"), nullptr);
  for (const Json* other : {&shop.Operation("/v1/shelves/{shelve}/things", "post"),
                            &shop.Operation("/v1/things:watch", "get")}) {
    EXPECT_EQ(other->Find("responses")->Find("304"), nullptr);
    EXPECT_THAT(other->ToString(), ::testing::Not(HasSubstr("etag")));
    EXPECT_THAT(other->ToString(), ::testing::Not(HasSubstr("if-none-match")));
  }
}

TEST(OperationsTest, AStreamThatGoesOnIsToldWhere) {
  const Documented corridor{CorridorContract()};
  const std::string reference = R"("#/components/parameters/last-event-id")";
  EXPECT_THAT(corridor.Operation("/v1/changes", "get").ToString(), HasSubstr(reference));
  EXPECT_THAT(corridor.Operation("/v1/areas", "get").ToString(),
              ::testing::Not(HasSubstr(reference)));
}

TEST(OperationsTest, WhoIsToAskAgainIsToldWhen) {
  const Documented shop{DocumentedContract()};
  EXPECT_EQ(At(shop.Responses(), {"Error", "headers", "retry-after", "$ref"}),
            R"("#/components/headers/retry-after")");
  EXPECT_NE(CommonHeaders().Find("retry-after"), nullptr);
}

TEST(OperationsTest, WhatIsRequiredIsSaidToBe) {
  const Documented corridor{CorridorContract()};
  const Json& diff = corridor.Operation("/v1/areas/{area}/versions:diff", "get");
  std::vector<std::string> required;
  for (const Json& parameter : diff.Find("parameters")->elements()) {
    if (At(parameter, {"required"}) == "true") required.push_back(At(parameter, {"name"}));
  }
  EXPECT_THAT(required, ::testing::ElementsAre("\"area\"", "\"from\""));
  // Its path has the name, so that its body need not.
  const Json& restore = corridor.Operation("/v1/areas/{area}:restore", "post");
  const auto* schema = restore.Find("requestBody")->Find("content")->Find("application/json");
  EXPECT_EQ(At(*schema, {"schema", "required"}), R"(["version"])");
  EXPECT_EQ(At(*schema, {"schema", "properties", "name"}), "(absent)");
}

TEST(OperationsTest, CommentsBecomeText) {
  const Documented shop{DocumentedContract()};
  const Json& operation = shop.Operation("/v1/shelves/{shelve}/things/{thing}", "get");
  EXPECT_EQ(At(operation, {"summary"}),
            R"("Answers one thing, e.g. a lamp (if any. There may be none).")");
  EXPECT_EQ(
      At(operation, {"description"}),
      R"("It costs nothing.\n\nSee `shelfNumber`.\n\nAs RPC: `documented.shop.v1.Things/GetThing`.")");
  EXPECT_EQ(At(shop.Operation("/v1/silent", "get"), {"summary"}), R"("Silent")");
  EXPECT_EQ(At(shop.Operation("/v1/picture", "put"), {"summary"}),
            R"("Takes the picture of its shelfNumber.")");
  EXPECT_EQ(At(operation, {"responses", "200", "description"}), R"("A thing.")");
  EXPECT_EQ(shop.Tags().ToString(), R"([{"name":"Things","description":"Things on shelves."}])");
}

TEST(OperationsTest, NamedErrorsAreAnsweredByTheirHttpStatus) {
  const Documented shop{DocumentedContract()};
  const Json& responses =
      *shop.Operation("/v1/shelves/{shelve}/things/{thing}", "get").Find("responses");
  EXPECT_EQ(At(responses, {"400", "$ref"}), R"("#/components/responses/Error400")");
  EXPECT_EQ(At(responses, {"404", "$ref"}), R"("#/components/responses/Error404")");
  EXPECT_EQ(At(responses, {"default", "$ref"}), R"("#/components/responses/Error")");
  const Json all = shop.Responses();
  EXPECT_EQ(At(all, {"Error400", "description"}),
            R"("`INVALID_ARGUMENT`: `shelfNumber`, `name`.\n\n`OUT_OF_RANGE`.")");
  EXPECT_EQ(
      At(all, {"Error404", "content", "application/json", "examples", "NOT_FOUND", "value"}),
      R"({"error":{"code":404,"status":"NOT_FOUND","message":"no such thing","details":[]}})");
}

TEST(OperationsTest, EveryRequestCanBeMalformed) {
  const Documented shop{DocumentedContract()};
  const Json& responses = *shop.Operation("/v1/things:watch", "get").Find("responses");
  const std::string reference = At(responses, {"400", "$ref"});
  const std::string name = reference.substr(1 + std::string("#/components/responses/").size());
  EXPECT_EQ(At(shop.Responses(), {name.substr(0, name.size() - 1), "description"}),
            R"("`INVALID_ARGUMENT`.")");
}

TEST(OperationsTest, AStreamHasThreeForms) {
  const Documented shop{DocumentedContract()};
  const Json& content =
      *shop.Operation("/v1/things:watch", "get").Find("responses")->Find("200")->Find("content");
  const std::string thing = R"({"$ref":"#/components/schemas/documented.shop.v1.Thing"})";
  EXPECT_EQ(At(content, {"application/x-ndjson", "schema"}), thing);
  EXPECT_EQ(At(content, {"text/event-stream", "schema"}), R"({"type":"string"})");
  EXPECT_EQ(At(content, {"application/json", "schema"}),
            absl::StrCat(R"({"type":"array","items":)", thing, "}"));
}

TEST(OperationsTest, AHttpBodyIsBytes) {
  const Documented shop{DocumentedContract()};
  const Json& picture = shop.Operation("/v1/shelves/{shelve}:picture", "get");
  EXPECT_EQ(At(picture, {"responses", "200", "content"}),
            R"({"application/octet-stream":{"schema":{"type":"string","format":"binary"}}})");
  EXPECT_EQ(picture.ToString().find("corridor-json"), std::string::npos);
  EXPECT_EQ(At(shop.Operation("/v1/picture", "put"), {"requestBody", "content"}),
            R"({"application/octet-stream":{"schema":{"type":"string","format":"binary"}}})");
}

TEST(OperationsTest, AnAnswerWhoseMemberIsAHttpBodyIsBytesToo) {
  const Documented shop{DocumentedContract()};
  const Json& framed = shop.Operation("/v1/shelves/{shelve}:framed", "get");
  EXPECT_EQ(At(framed, {"responses", "200", "description"}),
            R"("Bytes, of the content type that they have.")");
  EXPECT_THAT(At(framed, {"responses", "200", "content", "application/octet-stream", "schema"}),
              HasSubstr(R"("format":"binary")"));
  EXPECT_EQ(framed.ToString().find("corridor-json"), std::string::npos);
}

TEST(OperationsTest, AnExampleFillsParametersBodyAndAnswer) {
  const Documented shop{
      DocumentedContract(),
      {{"Things_GetThing", "/v1/shelves/a%20b/things/t?shelfNumber=7&filter=x%3Dy", "",
        R"({"name": "t"})"},
       {"Things_CreateThing", "/v1/shelves/s/things", R"({"weight": "3"})", "{}"}}};
  ASSERT_OK(shop.paths());
  const Json& read = shop.Operation("/v1/shelves/{shelve}/things/{thing}", "get");
  const std::vector<Json>& parameters = read.Find("parameters")->elements();
  EXPECT_EQ(At(parameters[0], {"example"}), R"("a b")");
  EXPECT_EQ(At(parameters[1], {"example"}), R"("t")");
  EXPECT_EQ(At(parameters[2], {"example"}), R"("x=y")");
  EXPECT_EQ(At(parameters[3], {"example"}), "7");
  EXPECT_EQ(At(read, {"responses", "200", "content", "application/json", "example"}),
            R"({"name": "t"})");
  EXPECT_EQ(At(shop.Operation("/v1/shelves/{shelve}/things", "post"),
               {"requestBody", "content", "application/json", "example"}),
            R"({"weight": "3"})");
}

TEST(OperationsTest, AnExampleOfNothingIsRefused) {
  EXPECT_THAT(Documented(DocumentedContract(), {{"Things_Lose", "/v1/x", "", "{}"}}).paths(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("example Things_Lose is of no operation")));
  EXPECT_THAT(
      Documented(DocumentedContract(), {{"Things_GetThing", "/v1/shelves/a", "", "{}"}}).paths(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("example Things_GetThing \"/v1/shelves/a\" is not at "
                         "/v1/shelves/{shelve}/things/{thing}")));
}

}  // namespace
}  // namespace corridor::gateway
