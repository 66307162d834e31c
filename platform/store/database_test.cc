// What database.h promises, of the engine that the environment names.
#include "platform/store/database.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/store/database_fixture.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/test_database.h"

namespace corridor::store {
namespace {

using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr absl::Time kNever = absl::InfiniteFuture();

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    ASSERT_OK(MakeAreas(*database_));
  }
  void Open(int max_snapshots = 8) {
    database_.reset();
    ASSERT_OK_AND_ASSIGN(database_, test_database_.Open(max_snapshots));
  }
  absl::Status StatusOf(std::string_view sql, absl::Span<const Param> params = {}) {
    auto snapshot = database_->Read(Soon());
    EXPECT_OK(snapshot);
    return Number(**snapshot, sql, params).status();
  }

  TestDatabase test_database_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, ParametersBindByTheirNumber) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  EXPECT_THAT(Number(*snapshot, "SELECT size FROM areas WHERE name = ?2 AND code = ?1",
                     {std::string_view("ARM"), std::string_view("Armenia")}),
              IsOkAndHolds(29743));
}

TEST_F(DatabaseTest, TextBytesNumbersAndNullComeBackAsTheyWent) {
  const std::string_view bytes("\0\xFF\0", 3);
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  EXPECT_THAT(transaction->Execute("INSERT INTO areas VALUES (?1, ?2, ?3, ?4)",
                                   {std::string_view(), std::monostate(), INT64_MIN, Blob{bytes}}),
              IsOkAndHolds(1));
  int rows = 0;
  ASSERT_OK(transaction->Query("SELECT code, name, size, map FROM areas WHERE code = ''", {},
                               [&](const Row& row) {
                                 ++rows;
                                 EXPECT_FALSE(row.IsNull(0));
                                 EXPECT_EQ(row.Text(0), "");
                                 EXPECT_TRUE(row.IsNull(1));
                                 EXPECT_EQ(row.Text(1), "");
                                 EXPECT_EQ(row.Int(1), 0);
                                 EXPECT_EQ(row.Int(2), INT64_MIN);
                                 EXPECT_EQ(row.Text(3), bytes);
                                 return absl::OkStatus();
                               }));
  EXPECT_EQ(rows, 1);
}

TEST_F(DatabaseTest, ACallbackEndsItsQuery) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  int rows = 0;
  const auto ask = [&](const absl::Status& answer) {
    return snapshot->Query("SELECT 1 FROM areas", {}, [&](const Row&) {
      ++rows;
      return answer;
    });
  };
  EXPECT_OK(ask(absl::CancelledError()));
  EXPECT_EQ(rows, 1);
  EXPECT_THAT(ask(absl::NotFoundError("mine")), StatusIs(absl::StatusCode::kNotFound, "mine"));
  EXPECT_EQ(rows, 2);
}

TEST_F(DatabaseTest, AQueryMayAskTheSameWithinItself) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  std::vector<std::string> pairs;
  const std::string_view sql = "SELECT code FROM areas ORDER BY code";
  ASSERT_OK(snapshot->Query(sql, {}, [&](const Row& outer) {
    return snapshot->Query(sql, {}, [&](const Row& inner) {
      pairs.push_back(absl::StrCat(std::string(outer.Text(0)), std::string(inner.Text(0))));
      return absl::OkStatus();
    });
  }));
  EXPECT_THAT(pairs, ElementsAre("ARMARM", "ARMGEO", "GEOARM", "GEOGEO"));
}

TEST_F(DatabaseTest, MoreDifferentStatementsThanAreKeptStillRun) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  for (int i = 0; i < 700; ++i) {
    ASSERT_THAT(Number(*snapshot, absl::StrCat("SELECT ", i)), IsOkAndHolds(i));
  }
}

TEST_F(DatabaseTest, ASnapshotDoesNotSeeLaterCommits) {
  ASSERT_OK_AND_ASSIGN(const auto before, database_->Read(Soon()));
  EXPECT_THAT(Number(*before, "SELECT count(*) FROM spells"), IsOkAndHolds(0));
  ASSERT_OK(RunScript(*database_, "DELETE FROM areas"));
  EXPECT_THAT(Number(*before, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(0));
}

TEST_F(DatabaseTest, ASnapshotCannotWrite) {
  EXPECT_THAT(std::string(StatusOf("DELETE FROM areas").message()), ContainsRegex("read-?only"));
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(DatabaseTest, ATransactionWithoutCommitLeavesNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
    EXPECT_THAT(transaction->Execute("DELETE FROM areas WHERE size > ?1", {int64_t{0}}),
                IsOkAndHolds(2));
    EXPECT_THAT(Number(*transaction, "SELECT count(*) FROM areas"), IsOkAndHolds(0));
  }
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(DatabaseTest, NothingRunsAfterCommit) {
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Commit());
  const auto is_over = StatusIs(absl::StatusCode::kInternal, HasSubstr("committed already"));
  EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}), is_over);
  EXPECT_THAT(transaction->ExecuteScript("DELETE FROM areas"), is_over);
  EXPECT_THAT(transaction->Queue("DELETE FROM areas", {}), is_over);
  EXPECT_THAT(transaction->Settle(), is_over);
  EXPECT_THAT(transaction->InsertRows("areas", {"code"}, {std::string_view("MDA")}), is_over);
  EXPECT_THAT(transaction->Commit(), is_over);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
}

TEST_F(DatabaseTest, BrokenConstraintsHaveTheirCodes) {
  const auto insert = [this](std::string_view sql, std::string_view value) {
    auto transaction = database_->Write(Soon());
    EXPECT_OK(transaction);
    return (*transaction)->Execute(sql, {value}).status();
  };
  const std::string_view area = "INSERT INTO areas (code) VALUES (?1)";
  const std::string_view spell = "INSERT INTO spells VALUES (?1)";
  EXPECT_THAT(insert(area, "ARM"), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("areas")));
  EXPECT_THAT(insert(spell, "XXX"), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_OK(insert(spell, "ARM"));
}

constexpr std::string_view kInsertArea = "INSERT INTO areas (code) VALUES (?1)";
constexpr std::string_view kResize = "UPDATE areas SET size = ?2 WHERE code = ?1";
constexpr std::string_view kCountAreas = "SELECT count(*) FROM areas";

TEST_F(DatabaseTest, QueuedStatementsRunInTheirOrderAndSayWhatTheyTouched) {
  std::vector<std::string> touched;
  const auto say = [&touched](const char* what) {
    return [&touched, what](int64_t rows) { touched.push_back(absl::StrCat(what, " ", rows)); };
  };
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Queue("UPDATE areas SET size = size + 1", {}, say("grow")));
  ASSERT_OK(transaction->Queue(kResize, {std::string_view("XXX"), int64_t{1}}, say("none")));
  ASSERT_OK(transaction->Queue(kInsertArea, {std::string_view("MDA")}));
  EXPECT_THAT(Number(*transaction, "SELECT size FROM areas WHERE code = 'ARM'"),
              IsOkAndHolds(29744));
  EXPECT_THAT(touched, ElementsAre("grow 2", "none 0"));

  ASSERT_OK(transaction->Queue("DELETE FROM areas WHERE code = 'MDA'", {}, say("erase")));
  EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}), IsOkAndHolds(2));
  EXPECT_THAT(touched, ElementsAre("grow 2", "none 0", "erase 1"));

  ASSERT_OK(transaction->Queue(kInsertArea, {std::string_view("UKR")}, say("insert")));
  ASSERT_OK(transaction->Settle());
  ASSERT_OK(transaction->Settle());
  EXPECT_THAT(touched, ElementsAre("grow 2", "none 0", "erase 1", "insert 1"));

  ASSERT_OK(transaction->Queue(kInsertArea, {std::string_view("BLR")}, say("last")));
  ASSERT_OK(transaction->ExecuteScript("INSERT INTO spells VALUES ('BLR')"));
  EXPECT_THAT(touched, ElementsAre("grow 2", "none 0", "erase 1", "insert 1", "last 1"));
  ASSERT_OK(transaction->Queue("DELETE FROM spells", {}, say("end")));
  ASSERT_OK(transaction->Commit());
  EXPECT_EQ(touched.back(), "end 1");
  EXPECT_THAT(Number(*database_, kCountAreas), IsOkAndHolds(2));
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM spells"), IsOkAndHolds(0));
}

TEST_F(DatabaseTest, AFailureInTheQueueIsToldAtTheNextCallAndEndsTheTransaction) {
  const struct {
    std::string_view sql, value;
    absl::StatusCode code;
    std::string_view why;
  } failures[] = {
      {kInsertArea, "ARM", absl::StatusCode::kAlreadyExists, "areas"},
      {"INSERT INTO spells VALUES (?1)", "XXX", absl::StatusCode::kFailedPrecondition, ""},
      {"INSERT INTO spells (area) SELECT NULL WHERE ?1 <> ''", "XXX", absl::StatusCode::kInternal,
       "in: INSERT INTO spells (area) SELECT NULL"},
      {"DELETE FROM nothing WHERE x = ?1", "XXX", absl::StatusCode::kInternal,
       "in: DELETE FROM nothing"},
  };
  const struct {
    const char* name;
    absl::Status (*call)(Transaction&);
  } calls[] = {
      {"Query", [](Transaction& t) { return Number(t, kCountAreas).status(); }},
      {"Execute", [](Transaction& t) { return t.Execute("DELETE FROM areas", {}).status(); }},
      {"Settle", [](Transaction& t) { return t.Settle(); }},
      {"ExecuteScript", [](Transaction& t) { return t.ExecuteScript("DELETE FROM areas"); }},
      {"InsertRows",
       [](Transaction& t) { return t.InsertRows("areas", {"code"}, {std::string_view("BLR")}); }},
      {"Commit", [](Transaction& t) { return t.Commit(); }},
  };
  for (const auto& failure : failures) {
    const auto fails =
        StatusIs(failure.code, HasSubstr(std::string(failure.why.data(), failure.why.size())));
    for (const auto& call : calls) {
      SCOPED_TRACE(absl::StrCat(call.name, " after: ", std::string(failure.sql)));
      ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
      int before = 0;
      int after = 0;
      ASSERT_OK(transaction->Queue(kInsertArea, {std::string_view("MDA")},
                                   [&before](int64_t) { ++before; }));
      // On SQLite at once.
      const absl::Status queued =
          transaction->Queue(failure.sql, {failure.value}, [&after](int64_t) { ++after; });
      if (!queued.ok()) {
        EXPECT_THAT(queued, fails);
      }
      const absl::Status next = transaction->Queue(kInsertArea, {std::string_view("UKR")},
                                                   [&after](int64_t) { ++after; });
      if (!next.ok()) {
        EXPECT_THAT(next, fails);
      }
      EXPECT_THAT(call.call(*transaction), fails);
      EXPECT_EQ(before, 1);
      EXPECT_EQ(after, 0);
      EXPECT_THAT(transaction->Queue(kInsertArea, {std::string_view("UKR")}), fails);
      EXPECT_THAT(transaction->Execute(kInsertArea, {std::string_view("UKR")}), fails);
      EXPECT_THAT(transaction->Commit(), fails);
    }
    EXPECT_THAT(Number(*database_, kCountAreas), IsOkAndHolds(2));
  }
}

TEST_F(DatabaseTest, WhatIsQueuedByATransactionThatIsGivenUpLeavesNothing) {
  // The last one's failure, on a connection that is used again, is nobody else's.
  for (const std::string_view code : {"MDA", "ARM"}) {
    int answers = 0;
    {
      ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
      transaction->Queue(kInsertArea, {code}, [&answers](int64_t) { ++answers; }).IgnoreError();
      answers = 0;
    }
    EXPECT_THAT(Number(*database_, kCountAreas), IsOkAndHolds(2));
    ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
    EXPECT_THAT(transaction->Execute("UPDATE areas SET size = 1", {}), IsOkAndHolds(2));
    EXPECT_EQ(answers, 0);
  }
}

TEST_F(DatabaseTest, AQueueOfAnyLengthMovesOn) {
  constexpr int64_t kStatements = 20'000;
  const std::string large(5000, 'x');
  ASSERT_OK(RunScript(*database_, "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)"));
  std::vector<int64_t> touched;
  const auto keep = [&touched](int64_t rows) { touched.push_back(rows); };
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(absl::Now() + absl::Minutes(2)));
  for (int64_t i = 0; i < kStatements; ++i) {
    ASSERT_OK(transaction->Queue("INSERT INTO bodies VALUES (?1, ?2)", {i, Blob{large}}, keep));
  }
  // More comes back than is sent, and is dropped.
  for (int64_t i = 0; i < kStatements; ++i) {
    ASSERT_OK(
        transaction->Queue("UPDATE bodies SET body = ?2 WHERE id >= ?1 AND id < ?1 + 2"
                           " RETURNING body",
                           {i, Blob{large}}, keep));
  }
  ASSERT_OK(transaction->Commit());
  ASSERT_THAT(touched, SizeIs(2 * kStatements));
  EXPECT_THAT(std::vector<int64_t>(touched.begin(), touched.begin() + kStatements), Each(1));
  EXPECT_EQ(touched[kStatements], 2);
  EXPECT_EQ(touched.back(), 1);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM bodies"), IsOkAndHolds(kStatements));
}

TEST_F(DatabaseTest, AQueueEndsAtTheDeadline) {
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction,
                         database_->Write(absl::Now() + absl::Milliseconds(100)));
    absl::Status status;
    while (status.ok()) {
      status = transaction->Queue("UPDATE areas SET size = size + 1", {});
    }
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
    EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  EXPECT_THAT(Number(*database_, "SELECT size FROM areas WHERE code = 'ARM'"), IsOkAndHolds(29743));
  EXPECT_OK(RunScript(*database_, "DELETE FROM areas"));
}

const std::vector<std::string>& AreaColumns() {
  static const auto* columns = new std::vector<std::string>{"code", "name", "size", "map"};
  return *columns;
}

TEST_F(DatabaseTest, InsertedRowsComeBackAsTheyWent) {
  const std::string bytes("\0\xFF\n\\.", 5);
  const std::string large(3'000'000, 'l');
  std::vector<Param> values = {
      std::string_view(),           std::monostate(),          INT64_MIN,        Blob{bytes},
      std::string_view("é\t\n\\N"), std::string_view(),        INT64_MAX,        Blob{},
      std::string_view("minus"),    std::string_view("\\.\n"), int64_t{-1},      std::monostate(),
      std::string_view("large"),    std::string_view(large),   std::monostate(), Blob{large}};
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Queue("DELETE FROM areas", {}));
  ASSERT_OK(transaction->InsertRows("areas", AreaColumns(), values));
  ASSERT_OK(transaction->InsertRows("areas", AreaColumns(), {}));
  ASSERT_OK(
      transaction->InsertRows("areas", {"size", "code"}, {int64_t{7}, std::string_view("7")}));
  ASSERT_OK(transaction->Queue("UPDATE areas SET size = 8 WHERE code = '7'", {}));
  ASSERT_OK(transaction->Commit());

  for (size_t i = 0; i < values.size(); i += AreaColumns().size()) {
    ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
    int rows = 0;
    ASSERT_OK(snapshot->Query("SELECT name, size, map FROM areas WHERE code = ?1", {values[i]},
                              [&](const Row& row) {
                                ++rows;
                                for (int column = 0; column < 3; ++column) {
                                  const Param& value = values[i + 1 + static_cast<size_t>(column)];
                                  EXPECT_EQ(row.IsNull(column), value.index() == 0) << i;
                                  if (const auto* number = std::get_if<int64_t>(&value)) {
                                    EXPECT_EQ(row.Int(column), *number);
                                  } else if (const auto* blob = std::get_if<Blob>(&value)) {
                                    EXPECT_TRUE(row.Text(column) == blob->bytes) << i;
                                  } else if (value.index() != 0) {
                                    EXPECT_TRUE(row.Text(column) == std::get<2>(value)) << i;
                                  }
                                }
                                return absl::OkStatus();
                              }));
    EXPECT_EQ(rows, 1);
  }
  EXPECT_THAT(Number(*database_, "SELECT size FROM areas WHERE code = '7' AND name IS NULL"),
              IsOkAndHolds(8));
}

TEST_F(DatabaseTest, ARowThatCannotBeInsertedEndsTheTransaction) {
  const struct {
    const char* table;
    std::vector<std::string> columns;
    std::string_view bad;
    absl::StatusCode code;
  } cases[] = {
      {"areas", {"code"}, "ARM", absl::StatusCode::kAlreadyExists},
      {"spells", {"area"}, "XXX", absl::StatusCode::kFailedPrecondition},
      {"nothing", {"code"}, "MDA", absl::StatusCode::kInternal},
      {"areas", {"cod"}, "MDA", absl::StatusCode::kInternal},
      {"areas", {}, "MDA", absl::StatusCode::kInternal},
      {"areas", {"code", "name"}, "MDA", absl::StatusCode::kInternal},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.table, " ", std::string(c.bad)));
    {
      ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
      std::vector<std::string> codes;
      codes.reserve(301);
      for (int i = 0; i < 301; ++i) codes.push_back(absl::StrCat("A", i));
      ASSERT_OK(transaction->InsertRows("areas", {"code"}, {std::string_view("A0")}));
      ASSERT_OK(transaction->Execute("DELETE FROM areas WHERE code = 'A0'", {}));
      if (std::string_view(c.table) == "spells") {
        for (const std::string& code : codes) {
          ASSERT_OK(transaction->Queue(kInsertArea, {std::string_view(code)}));
        }
      }
      std::vector<Param> values(codes.begin(), codes.end());
      values[200] = c.bad;
      const auto fails = StatusIs(c.code);
      EXPECT_THAT(transaction->InsertRows(c.table, c.columns, values), fails);
      EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}), fails);
      EXPECT_THAT(transaction->Queue("DELETE FROM areas", {}), fails);
      EXPECT_THAT(transaction->InsertRows("areas", {"code"}, {std::string_view("BLR")}), fails);
      EXPECT_THAT(transaction->Commit(), fails);
    }
    EXPECT_THAT(Number(*database_, kCountAreas), IsOkAndHolds(2));
    ASSERT_OK(RunScript(*database_, "UPDATE areas SET size = 1"));
  }
}

TEST_F(DatabaseTest, OurOwnMistakesAreInternalAndShowTheSql) {
  const auto is_ours = [](const char* sql) {
    return StatusIs(absl::StatusCode::kInternal, HasSubstr(sql));
  };
  EXPECT_THAT(StatusOf("SELECT nonsense"), is_ours("in: SELECT nonsense"));
  EXPECT_THAT(StatusOf("SELECT size + ?2 FROM areas WHERE size > ?1", {int64_t{1}}),
              is_ours("SELECT size + ?2"));
  EXPECT_THAT(StatusOf("SELECT 1; SELECT 2"), is_ours("SELECT 1; SELECT 2"));
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  EXPECT_THAT(transaction->ExecuteScript("COMMIT"), is_ours("ended its transaction"));
  EXPECT_THAT(transaction->Execute("DELETE FROM areas", {}), is_ours("ended its transaction"));
}

TEST_F(DatabaseTest, TextsCompareByTheirBytes) {
  ASSERT_OK(RunScript(*database_,
                      "CREATE TABLE words (word TEXT NOT NULL PRIMARY KEY); INSERT INTO words"
                      " VALUES ('a'), ('B'), ('b'), ('Z'), ('é'), ('_'), ('a b'), ('ab')"));
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(Soon()));
  std::vector<std::string> words;
  ASSERT_OK(snapshot->Query("SELECT word FROM words ORDER BY word", {}, [&](const Row& row) {
    words.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  EXPECT_THAT(words, ElementsAre("B", "Z", "_", "a", "a b", "ab", "b", "é"));
  EXPECT_THAT(Number(*snapshot, "SELECT CASE WHEN ?1 < ?2 THEN 1 ELSE 0 END",
                     {std::string_view("B"), std::string_view("a")}),
              IsOkAndHolds(1));
}

constexpr std::string_view kEndless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

TEST_F(DatabaseTest, ALongQueryEndsAtTheDeadline) {
  ASSERT_OK_AND_ASSIGN(const auto snapshot, database_->Read(absl::Now() + absl::Milliseconds(30)));
  EXPECT_THAT(Number(*snapshot, kEndless), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(Number(*snapshot, "SELECT 1"), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(DatabaseTest, AWriteInterruptedAtTheDeadlineIsRolledBack) {
  {
    ASSERT_OK_AND_ASSIGN(const auto transaction,
                         database_->Write(absl::Now() + absl::Milliseconds(50)));
    ASSERT_OK(transaction->Execute("DELETE FROM areas", {}));
    EXPECT_THAT(
        transaction->Execute(absl::StrCat("INSERT INTO areas (code) ",
                                          absl::string_view(kEndless.data(), kEndless.size())),
                             {}),
        StatusIs(absl::StatusCode::kDeadlineExceeded));
    EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM areas"), IsOkAndHolds(2));
  EXPECT_OK(RunScript(*database_, "DELETE FROM areas"));
}

TEST_F(DatabaseTest, ASecondWriterWaitsUntilItsDeadline) {
  ASSERT_OK_AND_ASSIGN(auto first, database_->Write(Soon()));
  EXPECT_THAT(database_->Write(absl::Now() + absl::Milliseconds(20)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other writes")));
  first.reset();
  EXPECT_OK(database_->Write(Soon()));
}

TEST_F(DatabaseTest, OneReadMoreThanAllowedWaitsUntilItsDeadline) {
  Open(/*max_snapshots=*/2);
  ASSERT_OK_AND_ASSIGN(auto first, database_->Read(Soon()));
  ASSERT_OK_AND_ASSIGN(const auto second, database_->Read(Soon()));
  EXPECT_THAT(database_->Read(absl::Now() + absl::Milliseconds(20)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other reads")));
  first.reset();
  EXPECT_OK(database_->Read(Soon()));
}

TEST_F(DatabaseTest, APassedDeadlineIsNoticedAtOnce) {
  EXPECT_THAT(database_->Read(absl::InfinitePast()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(database_->Write(absl::InfinitePast()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(DatabaseTest, WritersTakeTurnsAndReadersSeeWholeTransactions) {
  Open(/*max_snapshots=*/3);
  ASSERT_OK(RunScript(*database_,
                      "CREATE TABLE sums (a INTEGER, b INTEGER); INSERT INTO sums VALUES (0, 0)"));
  constexpr int kReaders = 4;
  constexpr int kWriters = 8;
  constexpr int kWrites = 25;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  readers.reserve(kReaders);
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      int64_t last = 0;
      while (!done) {
        auto snapshot = database_->Read(Soon());
        ASSERT_OK(snapshot);
        ASSERT_OK_AND_ASSIGN(const int64_t a, Number(**snapshot, "SELECT a FROM sums"));
        ASSERT_OK_AND_ASSIGN(const int64_t b, Number(**snapshot, "SELECT b FROM sums"));
        EXPECT_EQ(a, b);
        EXPECT_GE(a, last);
        last = a;
      }
    });
  }
  std::vector<std::thread> writers;
  writers.reserve(kWriters);
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < kWrites; ++k) {
        ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(kNever));
        ASSERT_OK(transaction->Execute("UPDATE sums SET a = a + 1", {}));
        ASSERT_OK(transaction->Execute("UPDATE sums SET b = b + 1", {}));
        ASSERT_OK(transaction->Commit());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(Number(*database_, "SELECT a FROM sums"), IsOkAndHolds(kWriters * kWrites));
}

}  // namespace
}  // namespace corridor::store
