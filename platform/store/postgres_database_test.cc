#include "platform/store/postgres_database.h"

#include <signal.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/store/database_fixture.h"
#include "platform/store/postgres_address.h"
#include "platform/store/postgres_connection.h"
#include "platform/testing/postgres_server.h"
#include "platform/testing/status_matchers.h"

namespace corridor::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Execute(Database& database, std::string_view sql, absl::Time deadline = Soon()) {
  ASSIGN_OR_RETURN(const auto transaction, database.Write(deadline));
  RETURN_IF_ERROR(transaction->Execute(sql, {}).status());
  return transaction->Commit();
}

// Runs a script outside transactions, as an administrator.
void Administer(const PostgresServer& server, const std::string& script) {
  ASSERT_OK_AND_ASSIGN(const PostgresAddress address,
                       PostgresAddress::Parse(server.Uri() + "&target_session_attrs=any"));
  size_t first = 0;
  ASSERT_OK_AND_ASSIGN(const auto connection, PostgresConnection::Open(address, Soon(), first));
  ASSERT_OK(connection->RunScript(script, Soon()));
}

absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& conninfo,
                                               const std::string& schema) {
  return OpenPostgres(conninfo, schema, Soon());
}

// With a server that the test may do anything to.
class PostgresServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(server_, PostgresServer::Start());
    ASSERT_OK_AND_ASSIGN(database_, Open(server_->Uri(), "numbers"));
    ASSERT_OK(Execute(*database_, "CREATE TABLE numbers (n BIGINT PRIMARY KEY)"));
    ASSERT_OK(Execute(*database_, "INSERT INTO numbers VALUES (1)"));
  }
  // Tries until it is done: clients do, on UNAVAILABLE.
  void InsertWhateverItTakes(int64_t n) {
    const std::string sql =
        absl::StrCat("INSERT INTO numbers VALUES (", n, ") ON CONFLICT (n) DO NOTHING");
    absl::Status status;
    const absl::Time until = Soon();
    do {
      status = Execute(*database_, sql);
      ASSERT_THAT(status.code(),
                  ::testing::AnyOf(absl::StatusCode::kOk, absl::StatusCode::kUnavailable))
          << status;
    } while (!status.ok() && absl::Now() < until);
    ASSERT_OK(status);
  }

  std::unique_ptr<PostgresServer> server_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresServerTest, AServerThatCameBackIsUsedAgainWithoutAnError) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_OK(server_->Restart());
    EXPECT_THAT(Number(*database_, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
    EXPECT_OK(Execute(*database_, "UPDATE numbers SET n = n + 1"));
  }
}

TEST_F(PostgresServerTest, AServerThatIsGoneIsUnavailableAtOnceAndNamed) {
  server_->Kill();
  EXPECT_THAT(Number(*database_, "SELECT 1"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server_->socket_folder())));
  const absl::Time began = absl::Now();
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(Number(*database_, "SELECT 1"), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  ASSERT_OK(server_->Restart());
  InsertWhateverItTakes(2);
}

TEST_F(PostgresServerTest, ATransactionThatLosesItsServerIsUnavailableAndLeavesNothing) {
  ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Execute("INSERT INTO numbers VALUES (2)", {}));
  ASSERT_OK_AND_ASSIGN(auto snapshot, database_->Read(Soon()));
  EXPECT_THAT(Number(*snapshot, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
  server_->Kill();
  EXPECT_THAT(transaction->Execute("INSERT INTO numbers VALUES (3)", {}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("is lost")));
  EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Number(*snapshot, "SELECT 1"), StatusIs(absl::StatusCode::kUnavailable));
  transaction.reset();
  snapshot.reset();
  ASSERT_OK(server_->Restart());
  InsertWhateverItTakes(1);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
}

TEST_F(PostgresServerTest, ACommitThatIsNotAnsweredSaysThatItMayHaveBeenMade) {
  ASSERT_OK_AND_ASSIGN(const auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Execute("INSERT INTO numbers VALUES (2)", {}));
  server_->Kill();
  const absl::Status status = transaction->Commit();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("request_id")));
  EXPECT_EQ(ReasonOf(status), "COMMIT_NOT_CONFIRMED");
}

// One value a row.
std::vector<Param> Numbers(int64_t first, int64_t count) {
  std::vector<Param> numbers;
  numbers.reserve(static_cast<size_t>(count));
  for (int64_t n = first; n < first + count; ++n) numbers.emplace_back(n);
  return numbers;
}

TEST_F(PostgresServerTest, AServerThatDiesWhileRowsAreSentLeavesNothing) {
  ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(Soon()));
  std::latch begun(1);
  std::thread killer([&] {
    begun.wait();
    server_->Kill();
  });
  absl::Status status = transaction->InsertRows("numbers", {"n"}, Numbers(2, 1000));
  begun.count_down();
  EXPECT_OK(status);
  for (int64_t first = 2000; status.ok(); first += 1000) {
    status = transaction->InsertRows("numbers", {"n"}, Numbers(first, 1000));
  }
  killer.join();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  transaction.reset();
  ASSERT_OK(server_->Restart());
  InsertWhateverItTakes(1);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
}

TEST_F(PostgresServerTest, AServerThatDiesUnderAQueueLeavesNothing) {
  ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(Soon()));
  ASSERT_OK(transaction->Queue("INSERT INTO numbers VALUES (2)", {}));
  server_->Kill();
  EXPECT_THAT(transaction->Settle(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  transaction.reset();
  ASSERT_OK(server_->Restart());
  InsertWhateverItTakes(1);
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
}

TEST_F(PostgresServerTest, RowsAndQueuesEndAtTheDeadlineWhenTheServerHasStopped) {
  ASSERT_OK(Execute(*database_, "CREATE TABLE bodies (body BYTEA)"));
  const std::string large(8'000'000, 'x');  // More than sockets hold.
  for (const bool copy : {true, false}) {
    ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(absl::Now() + absl::Seconds(1)));
    ASSERT_OK(transaction->Execute("INSERT INTO numbers VALUES (2)", {}));
    server_->SignalAll(SIGSTOP);
    const absl::Time began = absl::Now();
    EXPECT_THAT(copy ? transaction->InsertRows("bodies", {"body"}, {Blob{large}})
                     : transaction->Queue("INSERT INTO bodies VALUES (?1)", {Blob{large}}),
                StatusIs(absl::StatusCode::kDeadlineExceeded));
    transaction.reset();
    EXPECT_LT(absl::Now() - began, absl::Seconds(5));
    server_->SignalAll(SIGCONT);
    InsertWhateverItTakes(1);
  }
  EXPECT_THAT(Number(*database_, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));
}

TEST_F(PostgresServerTest, ACommitWithAQueueThatIsNotAnsweredSaysThatItMayHaveBeenMade) {
  ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(absl::Now() + absl::Seconds(1)));
  ASSERT_OK(transaction->Queue("INSERT INTO numbers VALUES (2)", {}));
  server_->SignalAll(SIGSTOP);
  EXPECT_EQ(ReasonOf(transaction->Commit()), "COMMIT_NOT_CONFIRMED");
  server_->SignalAll(SIGCONT);
}

TEST_F(PostgresServerTest, NothingHangsOnAServerThatHasStopped) {
  ASSERT_OK_AND_ASSIGN(auto transaction, database_->Write(absl::Now() + absl::Seconds(1)));
  ASSERT_OK(transaction->Execute("INSERT INTO numbers VALUES (2)", {}));
  server_->SignalAll(SIGSTOP);
  const absl::Time began = absl::Now();
  EXPECT_THAT(transaction->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  transaction.reset();
  EXPECT_THAT(Number(*database_, "SELECT 1", absl::Now() + absl::Milliseconds(200)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_LT(absl::Now() - began, absl::Seconds(5));
  server_->SignalAll(SIGCONT);
  InsertWhateverItTakes(3);
}

TEST_F(PostgresServerTest, OfSeveralServersTheOneThatWritesIsFound) {
  ASSERT_OK_AND_ASSIGN(const auto other, PostgresServer::Start());
  Administer(*other, "ALTER SYSTEM SET default_transaction_read_only = on");
  ASSERT_OK(other->Restart());
  const std::string both =
      absl::StrCat("postgresql:///postgres?user=corridor&host=", other->socket_folder(), ",",
                   server_->socket_folder());
  ASSERT_OK_AND_ASSIGN(const auto database, Open(both, "numbers"));
  EXPECT_THAT(Number(*database, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));

  // One that hangs holds up nobody.
  other->SignalAll(SIGSTOP);
  ASSERT_OK_AND_ASSIGN(const auto again, Open(both, "numbers"));
  EXPECT_THAT(Number(*again, "SELECT count(*) FROM numbers"), IsOkAndHolds(1));

  // When it no longer writes it is left.
  other->SignalAll(SIGCONT);
  Administer(*other, "ALTER SYSTEM RESET default_transaction_read_only");
  ASSERT_OK(other->Restart());
  Administer(*server_, "ALTER SYSTEM SET default_transaction_read_only = on");
  ASSERT_OK(server_->Restart());
  EXPECT_THAT(Number(*database, "SELECT count(*) FROM numbers"),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("\"numbers\" does not exist")));
}

// With the server that all tests share.
class PostgresDatabaseTest : public ::testing::Test {
 protected:
  static std::string Uri() { return PostgresServer::OfThisProcess().Uri(); }
};

TEST_F(PostgresDatabaseTest, ProcessesOnOneDatabaseWriteOneAtATime) {
  constexpr int kProcesses = 3;
  constexpr int kWrites = 40;
  ASSERT_OK_AND_ASSIGN(const auto first, Open(Uri(), "sums"));
  ASSERT_OK(Execute(*first, "CREATE TABLE sums (a BIGINT)"));
  ASSERT_OK(Execute(*first, "INSERT INTO sums VALUES (0)"));
  std::vector<std::thread> processes;
  processes.reserve(kProcesses);
  for (int i = 0; i < kProcesses; ++i) {
    processes.emplace_back([] {
      ASSERT_OK_AND_ASSIGN(const auto database, Open(Uri(), "sums"));
      for (int k = 0; k < kWrites; ++k) {
        ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(Soon()));
        ASSERT_OK_AND_ASSIGN(const int64_t a, Number(*transaction, "SELECT a FROM sums"));
        ASSERT_OK(transaction->Execute("UPDATE sums SET a = ?1", {a + 1}));
        ASSERT_OK(transaction->Commit());
      }
    });
  }
  for (std::thread& process : processes) process.join();
  EXPECT_THAT(Number(*first, "SELECT a FROM sums"), IsOkAndHolds(kProcesses * kWrites));
}

TEST_F(PostgresDatabaseTest, AWriterOfAnotherProcessIsWaitedForUntilTheDeadline) {
  ASSERT_OK_AND_ASSIGN(const auto one, Open(Uri(), "waits"));
  ASSERT_OK_AND_ASSIGN(const auto other, Open(Uri(), "waits"));
  ASSERT_OK_AND_ASSIGN(const auto elsewhere, Open(Uri(), "waits_elsewhere"));
  ASSERT_OK_AND_ASSIGN(auto transaction, one->Write(Soon()));
  EXPECT_THAT(other->Write(absl::Now() + absl::Milliseconds(50)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("other writes")));
  EXPECT_OK(elsewhere->Write(Soon()));
  transaction.reset();
  EXPECT_OK(other->Write(Soon()));
}

TEST_F(PostgresDatabaseTest, ServicesOnOneDatabaseDoNotSeeEachOthersTables) {
  ASSERT_OK_AND_ASSIGN(const auto one, Open(Uri(), "one"));
  ASSERT_OK_AND_ASSIGN(const auto other, Open(Uri(), "other"));
  ASSERT_OK(Execute(*one, "CREATE TABLE t (n BIGINT)"));
  EXPECT_OK(Execute(*other, "CREATE TABLE t (n BIGINT)"));
  ASSERT_OK(Execute(*one, "INSERT INTO t VALUES (1)"));
  EXPECT_THAT(Number(*other, "SELECT count(*) FROM t"), IsOkAndHolds(0));
}

TEST_F(PostgresDatabaseTest, AnAlteredTableDoesNotSpoilWhatWasPrepared) {
  ASSERT_OK_AND_ASSIGN(const auto one, Open(Uri(), "altered"));
  ASSERT_OK_AND_ASSIGN(const auto other, Open(Uri(), "altered"));
  ASSERT_OK(Execute(*one, "CREATE TABLE t (n BIGINT)"));
  EXPECT_THAT(Number(*one, "SELECT * FROM t"), IsOkAndHolds(-1));
  ASSERT_OK(Execute(*other, "ALTER TABLE t ADD COLUMN m BIGINT"));
  EXPECT_THAT(Number(*one, "SELECT * FROM t"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_OK(Number(*one, "SELECT * FROM t"));
}

TEST_F(PostgresDatabaseTest, ATextThatItCannotHoldIsTheCallersMistake) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open(Uri(), "texts"));
  ASSERT_OK(Execute(*database, "CREATE TABLE t (word TEXT PRIMARY KEY)"));
  for (const std::string& word : {std::string("a\0b", 3), std::string("\xFF")}) {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(Soon()));
    EXPECT_THAT(transaction->Execute("INSERT INTO t VALUES (?1)", {std::string_view(word)}),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(PostgresDatabaseTest, ABadRowAmongManyIsRefusedAsItWouldBeAlone) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open(Uri(), "rows"));
  ASSERT_OK(Execute(*database, "CREATE TABLE t (word TEXT PRIMARY KEY, n BIGINT CHECK (n >= 0))"));
  std::vector<std::string> words;
  words.reserve(50'000);
  for (int i = 0; i < 50'000; ++i)
    words.push_back(absl::StrCat("a word of some length, number ", i));
  const struct {
    std::string word;
    Param n;
    absl::StatusCode code;
    std::string why;
  } cases[] = {
      {std::string("a\0b", 3), int64_t{1}, absl::StatusCode::kInvalidArgument, "0x00"},
      {"\xFF", int64_t{1}, absl::StatusCode::kInvalidArgument, "0xff"},
      {std::string(100'000, '\xC3'), int64_t{1}, absl::StatusCode::kInvalidArgument, "0xc3"},
      {words[7], int64_t{1}, absl::StatusCode::kAlreadyExists, "number 7) already exists"},
      {"minus", int64_t{-1}, absl::StatusCode::kInternal, "in: COPY t (word, n) FROM STDIN"},
      {"text", std::string_view("12345678"), absl::StatusCode::kInternal,
       "a value for t.n is of another type"},
      {"bytes", Blob{"12345678"}, absl::StatusCode::kInternal,
       "a value for t.n is of another type"},
  };
  for (const auto& c : cases) {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(Soon()));
    std::vector<Param> values;
    for (size_t i = 0; i < words.size(); ++i) {
      const bool is_bad = i == 20'000;
      values.emplace_back(std::string_view(is_bad ? c.word : words[i]));
      values.push_back(is_bad ? c.n : Param(static_cast<int64_t>(i)));
    }
    const auto is_refused = StatusIs(c.code, HasSubstr(c.why));
    EXPECT_THAT(transaction->InsertRows("t", {"word", "n"}, values), is_refused);
    EXPECT_THAT(transaction->Commit(), is_refused);
  }
  EXPECT_THAT(Number(*database, "SELECT count(*) FROM t"), IsOkAndHolds(0));
}

TEST_F(PostgresDatabaseTest, ATextThatMayBeRefusedIsNotQueued) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open(Uri(), "queued_texts"));
  ASSERT_OK(Execute(*database, "CREATE TABLE t (word TEXT PRIMARY KEY)"));
  std::string unlike;  // Nothing that could be compressed.
  for (uint64_t i = 1; unlike.size() < 9000; ++i)
    absl::StrAppend(&unlike, absl::Hex(i * i * i * i));
  for (const std::string& word : {std::string("a\0b", 3), unlike}) {
    ASSERT_OK_AND_ASSIGN(const auto transaction, database->Write(Soon()));
    EXPECT_THAT(transaction->Queue("INSERT INTO t VALUES (?1)", {std::string_view(word)}),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(PostgresDatabaseTest, CopiesAndScrubsAreLeftToTheOperators) {
  ASSERT_OK_AND_ASSIGN(const auto database, Open(Uri(), "copies"));
  EXPECT_THAT(database->CopyTo("/tmp/none", Soon()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("pg_dump")));
  EXPECT_THAT(database->Scrub(Soon()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("VACUUM FULL")));
}

TEST_F(PostgresDatabaseTest, WhatCannotBeServedFromIsRefusedInOneLine) {
  const std::string folder = PostgresServer::OfThisProcess().socket_folder();
  Administer(PostgresServer::OfThisProcess(),
             "CREATE DATABASE of_icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'");
  Administer(PostgresServer::OfThisProcess(),
             "CREATE SCHEMA taken; CREATE TABLE taken.invoices (n BIGINT)");
  const struct {
    std::string conninfo, schema, why;
  } cases[] = {
      {"postgresql://u:secret@[::1", "x", "it is no connection string of PostgreSQL"},
      {"host=a,b port=1,2,3", "x", "it names 2 host"},
      {"postgresql:///none?user=corridor&host=" + folder, "x", "database \"none\" does not exist"},
      {"postgresql:///postgres?user=nobody&host=" + folder, "x", "role \"nobody\" does not exist"},
      {"postgresql:///of_icu?user=corridor&host=" + folder, "x", "LC_COLLATE 'C'"},
      {Uri(), "taken", "schema taken is another application's: it has a table invoices"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Open(c.conninfo, c.schema),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         AllOf(HasSubstr(c.why), Not(HasSubstr("secret")), Not(HasSubstr("\n")))));
  }
}

TEST_F(PostgresDatabaseTest, AServerThatIsNotThereIsUnavailable) {
  EXPECT_THAT(Open("postgresql:///postgres?user=corridor&host=/none", "x"),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("postgresql:///none")));
}

}  // namespace
}  // namespace corridor::store
