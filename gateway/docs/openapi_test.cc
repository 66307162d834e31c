// The document of the contracts themselves: what any reader of it stands on.
#include "gateway/docs/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "descriptor_set.h"
#include "gateway/docs/testdata/documented_requests.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Document() {
  const auto document = OpenApiDocument(descriptor_set.front().contents, "1.2.3", Examples());
  EXPECT_OK(document);
  return document.value_or("{}");
}

class OpenApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Document(), &document_).ok());
  }

  const Struct& At(const Struct& object, const std::string& member) {
    return object.fields().at(member).struct_value();
  }
  const std::string& Text(const Struct& object, const std::string& member) {
    return object.fields().at(member).string_value();
  }
  // Calls for each operation.
  void ForEach(const std::function<void(const std::string& path, const Struct& operation)>& look) {
    for (const auto& [path, item] : At(document_, "paths").fields()) {
      for (const auto& [verb, operation] : item.struct_value().fields()) {
        SCOPED_TRACE(absl::StrCat(verb, " ", path));
        look(path, operation.struct_value());
      }
    }
  }
  // Calls for each member of each object, but for those of examples.
  void Walk(const Value& value, const std::function<void(const std::string&, const Value&)>& look) {
    for (const auto& [name, member] : value.struct_value().fields()) {
      look(name, member);
      if (name != "example" && name != "examples") Walk(member, look);
    }
    for (const Value& element : value.list_value().values()) Walk(element, look);
  }
  void WalkAll(const std::function<void(const std::string&, const Value&)>& look) {
    Value all;
    *all.mutable_struct_value() = document_;
    Walk(all, look);
  }
  bool Resolves(const std::string& reference) {
    const std::vector<std::string> parts = absl::StrSplit(reference, '/');
    if (parts.front() != "#") return false;
    const Struct* here = &document_;
    for (size_t i = 1; i < parts.size(); ++i) {
      const auto found = here->fields().find(parts[i]);
      if (found == here->fields().end()) return false;
      here = &found->second.struct_value();
    }
    return true;
  }

  Struct document_;
};

TEST_F(OpenApiTest, SaysWhatItIs) {
  EXPECT_EQ(Text(document_, "openapi"), "3.1.0");
  EXPECT_EQ(Text(At(document_, "info"), "version"), "1.2.3");
  EXPECT_EQ(Text(At(At(document_, "info"), "license"), "identifier"), "Apache-2.0");
  EXPECT_EQ(document_.fields().at("security").list_value().values_size(), 0);
}

TEST_F(OpenApiTest, TheSameContractGivesTheSameBytes) { EXPECT_EQ(Document(), Document()); }

TEST_F(OpenApiTest, EveryReferenceResolves) {
  int references = 0;
  WalkAll([&](const std::string& name, const Value& value) {
    if (name != "$ref") return;
    ++references;
    EXPECT_TRUE(Resolves(value.string_value())) << value.string_value();
  });
  EXPECT_GT(references, 1000);
}

TEST_F(OpenApiTest, EveryOperationHasAnIdOfItsOwn) {
  std::set<std::string> ids;
  ForEach([&](const std::string&, const Struct& operation) {
    EXPECT_TRUE(ids.insert(Text(operation, "operationId")).second);
  });
  EXPECT_GT(ids.size(), 200u);
  EXPECT_EQ(ids.count("Memberships_CountMemberships"), 1u);
  EXPECT_EQ(ids.count("memberstates_Versions_ListVersions_2"), 1u);
}

TEST_F(OpenApiTest, EveryParameterOfAPathIsDeclared) {
  ForEach([&](const std::string& path, const Struct& operation) {
    std::set<std::string> in_path, declared;
    for (size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
      in_path.insert(path.substr(at + 1, path.find('}', at) - at - 1));
    }
    for (const Value& value : operation.fields().at("parameters").list_value().values()) {
      const Struct& parameter = value.struct_value();
      if (parameter.fields().count("$ref") > 0 || Text(parameter, "in") != "path") continue;
      declared.insert(Text(parameter, "name"));
    }
    EXPECT_EQ(declared, in_path);
  });
}

TEST_F(OpenApiTest, EveryParameterAndPropertyIsDescribed) {
  ForEach([&](const std::string&, const Struct& operation) {
    for (const Value& value : operation.fields().at("parameters").list_value().values()) {
      const Struct& parameter = value.struct_value();
      if (parameter.fields().count("$ref") > 0) continue;
      EXPECT_EQ(parameter.fields().count("description"), 1u) << Text(parameter, "name");
    }
  });
  for (const auto& [name, schema] : At(At(document_, "components"), "schemas").fields()) {
    if (!absl::StartsWith(name, "corridor.")) continue;
    EXPECT_EQ(schema.struct_value().fields().count("description"), 1u) << name;
    if (schema.struct_value().fields().count("properties") == 0) continue;
    for (const auto& [property, of] : At(schema.struct_value(), "properties").fields()) {
      EXPECT_EQ(of.struct_value().fields().count("description"), 1u) << name << "." << property;
    }
  }
}

TEST_F(OpenApiTest, NoTextIsEmpty) {
  WalkAll([&](const std::string& name, const Value& value) {
    const bool is_text = value.kind_case() == Value::kStringValue;
    if (is_text && (name == "description" || name == "summary")) {
      EXPECT_FALSE(value.string_value().empty());
    }
  });
}

// References to other methods and lists in other words would show there.
TEST_F(OpenApiTest, ErrorsOfEveryMethodAreUnderstood) {
  for (const auto& [name, response] : At(At(document_, "components"), "responses").fields()) {
    const std::string& description = Text(response.struct_value(), "description");
    EXPECT_EQ(description.find("Errors"), std::string::npos) << name << ": " << description;
    EXPECT_THAT(description, Not(ContainsRegex("\\bas [A-Z][a-z]+[A-Z]"))) << name;
  }
}

TEST_F(OpenApiTest, WhateverIsNeededHasAnExample) {
  const std::vector<DocumentedRequest> requests = RequestsIn(document_);
  EXPECT_GT(requests.size(), 200u);
  for (const DocumentedRequest& request : requests) {
    EXPECT_THAT(request.lacking, IsEmpty()) << request.operation;
  }
}

TEST_F(OpenApiTest, EveryExampleIsARequestAsTheGatewayTakesIt) {
  const auto transcoder = *Transcoder::Create(descriptor_set.front().contents);
  for (const DocumentedRequest& request : RequestsIn(document_)) {
    SCOPED_TRACE(request.operation);
    const Transcoder::Match match = transcoder->Route(request.verb, request.path);
    ASSERT_NE(match.method, nullptr) << request.path;
    EXPECT_OK(transcoder->ToRpc(match, request.Query(), request.body));
  }
}

// Whoever tries one is to see what it would do, and no more.
TEST_F(OpenApiTest, NoExampleOfAWriteWrites) {
  const std::set<std::string> reads = {"Areas_ResolveAreas", "Memberships_BatchCheckMemberships"};
  for (const DocumentedRequest& request : RequestsIn(document_)) {
    if (request.verb == "GET" || reads.count(request.operation) > 0) continue;
    EXPECT_TRUE(absl::StrContains(request.Query(), "validateOnly=true") ||
                absl::StrContains(request.body, "\"validateOnly\":true"))
        << request.operation;
  }
}

TEST(OpenApiDocumentTest, WhatIsNoDescriptorSetIsRefused) {
  EXPECT_THAT(OpenApiDocument("\xff", "1", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no FileDescriptorSet")));
}

}  // namespace
}  // namespace corridor::gateway
