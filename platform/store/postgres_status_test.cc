#include "platform/store/postgres_status.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::store {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

struct Case {
  const char* sqlstate;
  StatusCode code;
  bool ends_connection = false;
};

TEST(PostgresStatusTest, CodesOfPostgresAreThoseThatTheStorePromises) {
  for (const Case& c : {
           Case{"23505", StatusCode::kAlreadyExists},
           Case{"23503", StatusCode::kFailedPrecondition},
           Case{"57014", StatusCode::kDeadlineExceeded},
           Case{"53100", StatusCode::kResourceExhausted},
           Case{"53200", StatusCode::kResourceExhausted},
           Case{"53300", StatusCode::kUnavailable},
           Case{"40001", StatusCode::kUnavailable},
           Case{"40P01", StatusCode::kUnavailable},
           Case{"08006", StatusCode::kUnavailable, true},
           Case{"57P01", StatusCode::kUnavailable, true},
           Case{"57P03", StatusCode::kUnavailable, true},
           Case{"25006", StatusCode::kUnavailable, true},
           Case{"0A000", StatusCode::kUnavailable, true},
           Case{"26000", StatusCode::kUnavailable, true},
           Case{"58030", StatusCode::kUnavailable},
           Case{"28P01", StatusCode::kFailedPrecondition},
           Case{"42501", StatusCode::kFailedPrecondition},
           Case{"22021", StatusCode::kInvalidArgument},
           Case{"54000", StatusCode::kInvalidArgument},
           Case{"XX001", StatusCode::kDataLoss},
           Case{"XX000", StatusCode::kInternal},
           Case{"08P01", StatusCode::kInternal},
           Case{"42601", StatusCode::kInternal},
       }) {
    EXPECT_THAT(PostgresError(c.sqlstate, "why", "SELECT"), StatusIs(c.code)) << c.sqlstate;
    EXPECT_EQ(EndsPostgresConnection(c.sqlstate), c.ends_connection) << c.sqlstate;
  }
  EXPECT_EQ(ReasonOf(PostgresError("53100", "no space", "")), "DISK_FULL");
  EXPECT_THAT(PostgresError("42601", "syntax error", "SELECT nonsense"),
              StatusIs(StatusCode::kInternal, "syntax error in: SELECT nonsense"));
}

TEST(PostgresStatusTest, AFailedLoginIsTheOperatorsOrToBeTriedAgain) {
  EXPECT_THAT(
      PostgresConnectError("connection to server at \"h\", port 5432 failed: FATAL:  28P01: "
                           "password authentication failed for user \"x\"\nLOCATION:  auth"
                           "_failed, auth.c:335\n"),
      StatusIs(StatusCode::kFailedPrecondition, "password authentication failed for user \"x\""));
  EXPECT_THAT(PostgresConnectError("… failed: FATAL:  3D000: database \"x\" does not exist\n"),
              StatusIs(StatusCode::kFailedPrecondition, "database \"x\" does not exist"));
  EXPECT_THAT(PostgresConnectError("… failed: fe_sendauth: no password supplied\n"),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("no password supplied")));
  EXPECT_THAT(PostgresConnectError("… failed: FATAL:  57P03: the database system is starting up\n"),
              StatusIs(StatusCode::kUnavailable, "the database system is starting up"));
  EXPECT_THAT(PostgresConnectError("connection to server at \"h\" failed: Connection refused\n\tIs "
                                   "the server running on that host?\n"),
              StatusIs(StatusCode::kUnavailable,
                       "connection to server at \"h\" failed: Connection refused; Is the server "
                       "running on that host?"));
  EXPECT_THAT(PostgresConnectError("… failed: session is read-only\n"),
              StatusIs(StatusCode::kUnavailable));
}

}  // namespace
}  // namespace corridor::store
