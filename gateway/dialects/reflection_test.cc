#include "gateway/dialects/reflection.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "descriptor_set.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using google::protobuf::UnknownFieldSet;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A message by its field numbers.
struct Parsed : UnknownFieldSet {
  explicit Parsed(const std::string& bytes) { EXPECT_TRUE(ParseFromString(bytes)); }
};

// Values of a field that holds messages or strings.
std::vector<std::string> ValuesOf(const UnknownFieldSet& set, int number) {
  std::vector<std::string> values;
  for (int i = 0; i < set.field_count(); ++i) {
    if (set.field(i).number() == number) values.push_back(set.field(i).length_delimited());
  }
  return values;
}

class ReflectionTest : public ::testing::Test {
 protected:
  ReflectionTest() {
    auto created = Reflection::Create(descriptor_set.front().contents);
    EXPECT_OK(created);
    reflection_ = *std::move(created);
  }
  // The field of the answer to a request whose field `number` is `value`.
  std::string Ask(int number, const std::string& value, int answered_in) {
    UnknownFieldSet request;
    request.AddLengthDelimited(1, "host");
    request.AddLengthDelimited(number, value);
    std::string bytes;
    request.SerializeToString(&bytes);
    const Parsed answer(reflection_->Answer(bytes));
    EXPECT_THAT(ValuesOf(answer, 1), ::testing::ElementsAre("host"));
    EXPECT_THAT(ValuesOf(answer, 2), ::testing::ElementsAre(bytes));
    EXPECT_EQ(answer.field(answer.field_count() - 1).number(), answered_in);
    return answer.field(answer.field_count() - 1).length_delimited();
  }
  std::string ErrorOf(int number, const std::string& value, uint64_t code) {
    const Parsed error(Ask(number, value, 7));
    EXPECT_EQ(error.field(0).varint(), code);
    return error.field(1).length_delimited();
  }

  std::unique_ptr<Reflection> reflection_;
};

TEST_F(ReflectionTest, EveryServiceThatCanBeCalledIsListed) {
  std::vector<std::string> names;
  for (const std::string& service : ValuesOf(Parsed(Ask(7, "", 6)), 1)) {
    names.push_back(ValuesOf(Parsed(service), 1).at(0));
  }
  for (const char* name : {"corridor.memberstates.v1.Areas", "corridor.gateway.v1.Changes",
                           "corridor.gateway.v1.Status"}) {
    EXPECT_THAT(names, Contains(name));
  }
  EXPECT_THAT(names, Not(Contains("corridor.changes.v1.Changes"))) << "each service has it";
}

TEST_F(ReflectionTest, AFileComesWithAllItImports) {
  for (const auto& [question, value] :
       std::map<int, std::string>{{3, "corridor/memberstates/v1/area.proto"},
                                  {4, "corridor.memberstates.v1.Areas.GetArea"}}) {
    google::protobuf::DescriptorPool pool;
    for (const std::string& bytes : ValuesOf(Parsed(Ask(question, value, 4)), 1)) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      EXPECT_NE(pool.BuildFile(file), nullptr) << file.name();
    }
    EXPECT_NE(pool.FindMethodByName("corridor.memberstates.v1.Areas.GetArea"), nullptr);
  }
}

TEST_F(ReflectionTest, ExtensionsAreFoundByTypeAndNumber) {
  const Parsed numbers(Ask(6, "google.protobuf.MethodOptions", 5));
  std::set<uint64_t> found;
  for (int i = 1; i < numbers.field_count(); ++i) found.insert(numbers.field(i).varint());
  EXPECT_THAT(found, Contains(72295728u));  // google.api.http
  UnknownFieldSet extension;
  extension.AddLengthDelimited(1, "google.protobuf.MethodOptions");
  extension.AddVarint(2, 72295728);
  std::string bytes;
  extension.SerializeToString(&bytes);
  EXPECT_THAT(ValuesOf(Parsed(Ask(5, bytes, 4)), 1), Not(SizeIs(0)));
}

TEST_F(ReflectionTest, WhatDoesNotExistIsAnErrorThatNamesIt) {
  EXPECT_THAT(ErrorOf(3, "no/such.proto", 5), HasSubstr("no/such.proto"));
  EXPECT_THAT(ErrorOf(4, "no.Such", 5), HasSubstr("no.Such"));
  EXPECT_THAT(ErrorOf(6, "no.Such", 5), HasSubstr("no.Such"));
  EXPECT_THAT(ErrorOf(5, "", 5), HasSubstr("extension 0"));
  EXPECT_THAT(ErrorOf(5, "\x08", 3), HasSubstr("no message"));
  EXPECT_THAT(ErrorOf(9, "x", 3), HasSubstr("nothing that is known"));
  EXPECT_THAT(reflection_->Answer("\xFF"), HasSubstr("nothing that is known"));
}

TEST_F(ReflectionTest, TheNearestMethodIsNamed) {
  EXPECT_EQ(reflection_->NearestMethod("/corridor.memberstates.v1.Areas/GetAera"),
            "/corridor.memberstates.v1.Areas/GetArea");
}

TEST(ReflectionCreateTest, AMalformedSetIsAnError) {
  EXPECT_THAT(Reflection::Create("\xFF"), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace corridor::gateway
