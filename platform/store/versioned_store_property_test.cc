// Random histories against a model that simply keeps every state.
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/area_store_fixture.h"

namespace corridor::store {
namespace {

struct Area {
  std::string name;
  int64_t size;  // -1: NULL.
  int64_t from_version;
};

struct State {
  std::map<std::string, Area> areas;
  std::map<std::pair<std::string, std::string>, int64_t> members;  // To from_version.
};

std::vector<std::string> Lines(const State& state) {
  std::vector<std::string> lines;
  for (const auto& [code, area] : state.areas) {
    lines.push_back(absl::StrCat(code, " ", area.name, " ", area.size, " ", area.from_version));
  }
  for (const auto& [key, from] : state.members) {
    lines.push_back(absl::StrCat(key.first, "/", key.second, " ", from));
  }
  return lines;
}

std::vector<std::string> Lines(Reader& reader) {
  std::vector<std::string> lines;
  EXPECT_OK(reader.Query(
      "SELECT code, name, size, from_version FROM {areas} ORDER BY code", {}, [&](const Row& row) {
        lines.push_back(absl::StrCat(std::string(row.Text(0)), " ", std::string(row.Text(1)), " ",
                                     row.IsNull(2) ? -1 : row.Int(2), " ", row.Int(3)));
        return absl::OkStatus();
      }));
  EXPECT_OK(reader.Query(
      "SELECT organisation, area, from_version FROM {members} ORDER BY organisation, area", {},
      [&](const Row& row) {
        lines.push_back(
            absl::StrCat(std::string(row.Text(0)), "/", std::string(row.Text(1)), " ", row.Int(2)));
        return absl::OkStatus();
      }));
  return lines;
}

class History : public ::testing::TestWithParam<int> {
 protected:
  History() : random_(static_cast<unsigned>(GetParam())) { states_.push_back({}); }

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  std::string Letter() { return std::string(1, static_cast<char>('A' + Below(6))); }

  // One random change of `state` and of the store; says whether anything changed.
  bool Change(Writer& writer, State& state) {
    const int64_t version = writer.version();
    if (Below(3) == 0) return ChangeMember(writer, state);
    const std::string code = Letter();
    const auto old = state.areas.find(code);
    if (Below(4) == 0) {
      const absl::Status status = AreaStore::DeleteArea(writer, code);
      EXPECT_EQ(status.code(),
                old == state.areas.end() ? absl::StatusCode::kNotFound : absl::StatusCode::kOk);
      return state.areas.erase(code) > 0;
    }
    // The name is unique in the schema, so it contains the code.
    const Area area = {absl::StrCat(code, Below(3)), Below(3) - 1, version};
    const Param size = area.size < 0 ? Param() : Param(area.size);
    EXPECT_OK(AreaStore::PutArea(writer, code, area.name, size));
    if (old != state.areas.end() && old->second.name == area.name &&
        old->second.size == area.size) {
      return false;
    }
    state.areas[code] = area;
    return true;
  }

  bool ChangeMember(Writer& writer, State& state) {
    const std::string organisation = Letter();
    const std::string area = Letter();
    const std::vector<Param> key = {std::string_view(organisation), std::string_view(area)};
    const std::string resource =
        absl::StrCat("organisations/", organisation, "/memberships/", area);
    if (Below(2) == 0) {
      EXPECT_OK(writer.Put(kMembers, key, resource));
      return state.members.try_emplace({organisation, area}, writer.version()).second;
    }
    const bool was_there = state.members.erase({organisation, area}) > 0;
    EXPECT_EQ(writer.Delete(kMembers, key, resource).ok(), was_there);
    return was_there;
  }

  void Commit() {
    State next = states_.back();
    bool changed = false;
    const bool fails = Below(8) == 0;
    const auto commit = store_->Write({}, Soon(), [&](Writer& writer) {
      for (int i = Below(7); i >= 0; --i) changed |= Change(writer, next);
      EXPECT_EQ(Lines(writer), Lines(next));
      return fails ? absl::AbortedError("on purpose") : absl::OkStatus();
    });
    EXPECT_EQ(commit.ok(), !fails);
    if (changed && !fails) states_.push_back(next);
    if (!commit.ok()) return;
    EXPECT_EQ(commit->version, static_cast<int64_t>(states_.size()) - 1);
  }

  void ExpectEqualAt(size_t version) {
    ASSERT_OK_AND_ASSIGN(const auto reader, store_->ReadAt(static_cast<int64_t>(version), Soon()));
    ASSERT_EQ(Lines(*reader), Lines(states_[version])) << "at version " << version;
  }

  std::mt19937 random_;
  AreaStore store_;
  std::vector<State> states_;  // By version.
};

TEST_P(History, EveryReadAtEveryVersionIsWhatItWasThroughRestarts) {
  for (int i = 0; i < 120; ++i) {
    Commit();
    if (states_.size() > 1)
      ExpectEqualAt(1 + static_cast<size_t>(Below(static_cast<int>(states_.size()) - 1)));
    if (Below(30) == 0) store_.Reopen();
  }
  store_.Reopen();
  for (size_t version = 1; version < states_.size(); ++version) ExpectEqualAt(version);
  // No two rows of one key hold at one version, and each holds at one at least.
  for (const char* broken :
       {"areas_history WHERE to_version <= from_version",
        "members_history WHERE to_version <= from_version",
        "areas_history a JOIN areas_history b ON a.code = b.code AND a.from_version < "
        "b.from_version"
        " AND a.to_version > b.from_version",
        "areas_history a JOIN areas b ON a.code = b.code AND a.to_version > b.from_version"}) {
    EXPECT_EQ(store_.Count(broken), 0) << broken;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, History, ::testing::Range(1, 9));

}  // namespace
}  // namespace corridor::store
