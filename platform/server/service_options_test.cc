#include "platform/server/service_options.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace corridor::server {
namespace {

using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class ServiceOptionsTest : public ::testing::Test {
 protected:
  std::optional<int> Read(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "test");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    CaptureStderr();
    const std::optional<int> code = ReadServiceOptions(
        "test", "Tests options.", static_cast<int>(argv.size()), argv.data(), options_,
        [this](config::OptionTable& table) { table.Text("areas", &areas_, "Where areas are."); });
    err_ = GetCapturedStderr();
    return code;
  }

  ServiceOptions options_;
  std::string areas_;
  std::string err_;
};

TEST_F(ServiceOptionsTest, AServiceHasTheOptionsOfAllAndItsOwn) {
  EXPECT_EQ(Read({"--store=sqlite:/a/b.db", "--migrate=check", "--default-data=data",
                  "--listen=127.0.0.1:7", "--areas=localhost:1"}),
            std::nullopt);
  EXPECT_EQ(options_.sqlite_path, "/a/b.db");
  EXPECT_EQ(options_.migrate, store::Migrate::kCheck);
  EXPECT_EQ(options_.default_data, "data");
  EXPECT_EQ(options_.server.listen, "127.0.0.1:7");
  EXPECT_EQ(areas_, "localhost:1");
}

TEST_F(ServiceOptionsTest, TheSchemaIsBroughtUpToDateUnlessAskedOtherwise) {
  EXPECT_EQ(Read({"--store=sqlite:a"}), std::nullopt);
  EXPECT_EQ(options_.migrate, store::Migrate::kAuto);
  EXPECT_EQ(Read({"--store=sqlite:a", "--migrate=only"}), std::nullopt);
  EXPECT_EQ(options_.migrate, store::Migrate::kOnly);
}

TEST_F(ServiceOptionsTest, AStoreOfNoKnownKindIsRefusedInOneLine) {
  for (const char* address : {"", "a.db", "sqlite:", "mysql:a"}) {
    EXPECT_EQ(Read({std::string("--store=") + address}), 2);
    EXPECT_EQ(err_, std::string("test: --store: \"") + address +
                        "\" is not sqlite:PATH or postgresql://…\n");
  }
  EXPECT_EQ(Read({"--stores=sqlite:a"}), 2);
  EXPECT_THAT(err_, HasSubstr("--store"));
}

}  // namespace
}  // namespace corridor::server
