// How the SQL that both engines share reads in PostgreSQL.
#pragma once

#include <string>
#include <string_view>

namespace corridor::store {

// `?N` becomes `$N`, but for within quotes.
std::string PostgresQuery(std::string_view sql);

// The types that schema files have become PostgreSQL's, but for within quotes and comments: INTEGER
// is BIGINT, BLOB is BYTEA. TEXT is one of both.
std::string PostgresScript(std::string_view script);

// `name` in double quotes.
std::string PostgresIdentifier(std::string_view name);

}  // namespace corridor::store
