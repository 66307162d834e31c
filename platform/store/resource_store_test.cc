#include "platform/store/resource_store.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/store/area_store_fixture.h"
#include "platform/testing/proto_matchers.h"
#include "platform/testing/status_matchers.h"

namespace corridor::store {
namespace {

// Areas as a service would have them: what they are called, with the etag of that.
class Names : public ResourceReader {
 public:
  virtual absl::StatusOr<std::string> Name(std::string_view code) = 0;
};

class NamesWriter {
 public:
  virtual ~NamesWriter() = default;
  virtual Names& reader() = 0;
  virtual absl::Status Put(std::string_view code, std::string_view name) = 0;
};

class SqlNames final : public RowReader<Names> {
 public:
  using RowReader::RowReader;

  absl::StatusOr<std::string> Name(std::string_view code) override {
    std::string answer;
    RETURN_IF_ERROR(rows().Query(
        "SELECT name, from_version FROM {areas} WHERE code = ?1", {code}, [&](const Row& row) {
          answer = absl::StrCat(std::string(row.Text(0)), " ", Etag(row.Int(1)));
          return absl::OkStatus();
        }));
    return answer;
  }
};

class SqlNamesWriter final : public NamesWriter {
 public:
  SqlNamesWriter(Writer& rows, const std::string& epoch) : rows_(rows), reader_(rows, epoch) {}

  Names& reader() override { return reader_; }
  absl::Status Put(std::string_view code, std::string_view name) override {
    return AreaStore::PutArea(rows_, code, name);
  }

 private:
  Writer& rows_;
  SqlNames reader_;
};

using NameStore = ResourceStore<Names, NamesWriter>;

class ResourceStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<Commit> Put(std::string_view name) {
    return store_.Write({}, Soon(), [&](NamesWriter& writer) -> absl::Status {
      RETURN_IF_ERROR(writer.Put("SWZ", name));
      EXPECT_EQ(writer.reader().known_version().version(), *rows_->Head(Soon()) + 1);
      return absl::OkStatus();
    });
  }
  std::string Expected(std::string_view name, int version) {
    return absl::StrCat(std::string(name), " ", rows_->epoch().substr(0, 8), "-", version);
  }

  AreaStore rows_;
  SqlResourceStore<NameStore, SqlNames, SqlNamesWriter> store_{*rows_, "names"};
};

TEST_F(ResourceStoreTest, ItIsOfItsServiceAndOfTheEpochOfItsRows) {
  const NameStore& store = store_;
  EXPECT_EQ(store.service(), "names");
  EXPECT_EQ(store.epoch(), rows_->epoch());
}

TEST_F(ResourceStoreTest, AResourceIsReadAtAVersionWithTheEtagOfItsLastWrite) {
  ASSERT_OK(Put("Swaziland"));
  ASSERT_OK(Put("Eswatini"));
  ASSERT_OK_AND_ASSIGN(const auto then, store_.ReadAt(int64_t{1}, Soon()));
  EXPECT_THAT(then->Name("SWZ"), IsOkAndHolds(Expected("Swaziland", 1)));
  ASSERT_OK_AND_ASSIGN(const auto now, store_.ReadAt({}, Soon()));
  EXPECT_THAT(now->Name("SWZ"), IsOkAndHolds(Expected("Eswatini", 2)));
}

TEST_F(ResourceStoreTest, AReaderSaysItsVersionAndWhenThatWasRecorded) {
  ASSERT_OK_AND_ASSIGN(const auto before, store_.ReadAt({}, Soon()));
  EXPECT_THAT(before->known_version(), EqualsProto(""));
  ASSERT_OK(Put("Swaziland"));
  ASSERT_OK_AND_ASSIGN(const auto after, store_.ReadAt({}, Soon()));
  EXPECT_THAT(after->known_version(),
              EqualsProto("version: 1 commit_time { seconds: 1700000000 }"));
}

TEST_F(ResourceStoreTest, AFailedBodyCommitsNothing) {
  EXPECT_THAT(store_.Write({}, Soon(),
                           [&](NamesWriter& writer) -> absl::Status {
                             RETURN_IF_ERROR(writer.Put("SWZ", "Swaziland"));
                             return absl::AbortedError("changed my mind");
                           }),
              StatusIs(absl::StatusCode::kAborted, "changed my mind"));
  EXPECT_EQ(*rows_->Head(Soon()), 0);
}

}  // namespace
}  // namespace corridor::store
