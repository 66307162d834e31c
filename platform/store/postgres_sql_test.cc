#include "platform/store/postgres_sql.h"

#include "gtest/gtest.h"

namespace corridor::store {
namespace {

TEST(PostgresSqlTest, ParametersAreNumberedItsWayButForThoseInQuotes) {
  EXPECT_EQ(PostgresQuery("SELECT '?1', \"a?\", it''s FROM t WHERE a = ?1 AND b < ?12"),
            "SELECT '?1', \"a?\", it''s FROM t WHERE a = $1 AND b < $12");
  EXPECT_EQ(PostgresQuery("SELECT 'it''s ?1', ?2"), "SELECT 'it''s ?1', $2");
  EXPECT_EQ(PostgresQuery("SELECT 'left open ?1"), "SELECT 'left open ?1");
  EXPECT_EQ(PostgresQuery(""), "");
}

TEST(PostgresSqlTest, TypesOfSchemaFilesAreItsOwnButForThoseInQuotesAndComments) {
  EXPECT_EQ(PostgresScript("-- an INTEGER of a BLOB's\nCREATE TABLE t (n INTEGER NOT NULL, "
                           "b blob, BLOBS TEXT DEFAULT 'BLOB', \"INTEGER\" TEXT);"),
            "-- an INTEGER of a BLOB's\nCREATE TABLE t (n BIGINT NOT NULL, "
            "b BYTEA, BLOBS TEXT DEFAULT 'BLOB', \"INTEGER\" TEXT);");
  EXPECT_EQ(PostgresScript("-- the end"), "-- the end");
}

TEST(PostgresSqlTest, AnIdentifierKeepsItsQuotes) {
  EXPECT_EQ(PostgresIdentifier("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace corridor::store
