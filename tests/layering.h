// The rules of who may include what (ARCHITECTURE.md), as a function over the tree's files.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace corridor::layering {

// Contents by path relative to the root of the tree, with forward slashes.
using Tree = std::map<std::string, std::string>;

// Reads .h, .cc and .proto files below proto, platform, services, gateway and tests of `root`.
Tree ReadTree(const std::string& root);

// Every breach of a rule, as `file:line: what, and which rule`, in order of file. The rules:
//
//   1. platform includes nothing of services, gateway or tests, and of the contracts only
//      corridor/common and corridor/changes (its tests may try others), platform/areas also
//      corridor/memberstates, which it copies from.
//   2. A service includes nothing of another service, of the gateway or of tests.
//   3. The gateway includes nothing of services or tests.
//   4. The gateway does without gRPC: grpc/, grpcpp/ and *.grpc.pb.h only in its *_test.cc and
//      *_fixture.h.
//   5. sqlite3.h only in platform/store/sqlite_*, libpq-fe.h only in platform/store/postgres_*,
//      hiredis only in platform/cache/redis_*.
//   6. Boost only in .cc files of the gateway.
//   7. Concrete types are named by main.cc alone: sqlite_*.h, postgres_*.h, redis_*.h and
//      sql_store.h are included by main.cc, by tests, and by files of the same folder whose name
//      begins alike.
//   8. For tests only: platform/testing/ and fake_*.h. Tests are *_test.cc, *_fuzz.cc,
//      *_fixture.h, fake_* and all of tests/ and platform/testing/.
//   9. A main.cc has fewer than 60 lines.
//  10. Contracts: corridor.common imports nothing else of corridor, every other package only
//      itself, corridor.common and corridor.changes, but for corridor.gateway; no .proto has more
//      than 60 messages.
//
// A quoted include is looked for beside the file that names it first, then from the root; `..` is
// a breach.
std::vector<std::string> Breaches(const Tree& tree);

}  // namespace corridor::layering
