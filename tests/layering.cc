#include "tests/layering.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace corridor::layering {
namespace {

using absl::EndsWith;
using absl::StartsWith;

constexpr int kMaxMainLines = 59;
constexpr int kMaxMessagesPerProto = 60;

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }
std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// `platform`, `services/memberstates`, `gateway`, `tests`, `proto`; for generated headers,
// `corridor` or `google`.
std::string ZoneOf(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  if (parts[0] == "services" && parts.size() > 2) return absl::StrCat(parts[0], "/", parts[1]);
  return parts[0];
}

bool IsTest(const std::string& path) {
  return EndsWith(path, "_test.cc") || EndsWith(path, "_fuzz.cc") || StartsWith(path, "tests/") ||
         StartsWith(path, "platform/testing/") || StartsWith(NameOf(path), "fake_") ||
         EndsWith(path, "_fixture.h");
}

// The path that an `#include` or `import` line names, and whether it is in quotes.
struct Target {
  std::string path;
  bool quoted = false;
};

std::optional<Target> TargetOf(absl::string_view line, absl::string_view keyword) {
  line = absl::StripAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, keyword)) return std::nullopt;
  line = absl::StripLeadingAsciiWhitespace(line);
  absl::ConsumePrefix(&line, "public ");
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return std::nullopt;
  const bool quoted = line[0] == '"';
  line.remove_prefix(1);
  const size_t end = line.find_first_of(quoted ? "\"" : ">");
  if (end == absl::string_view::npos) return std::nullopt;
  return Target{std::string(line.substr(0, end)), quoted};
}

// The engine or store that a concrete header belongs to: `sqlite_` for `…/sqlite_database.h`, else
// empty.
std::string ConcretePrefix(const std::string& header) {
  const std::string name = NameOf(header);
  for (const char* prefix : {"sqlite_", "postgres_", "redis_", "sql_store"}) {
    if (StartsWith(name, prefix) && EndsWith(name, ".h")) return prefix;
  }
  return "";
}

// The files that alone may include a client library, as a path prefix; empty for any other header.
std::string OwnerOfClient(const std::string& header) {
  if (header == "sqlite3.h") return "platform/store/sqlite_";
  if (header == "libpq-fe.h") return "platform/store/postgres_";
  if (StartsWith(header, "hiredis/")) return "platform/cache/redis_";
  return "";
}

// Why `from` may not include `to`; nullopt when it may.
std::optional<std::string> WhyNot(const std::string& from, const std::string& to) {
  const std::string zone = ZoneOf(from), target = ZoneOf(to);
  const bool into_service = StartsWith(target, "services");

  if (zone == "platform" && (into_service || target == "gateway" || target == "tests")) {
    return "platform stands below services, gateway and tests";
  }
  if (zone == "platform" && !IsTest(from) && StartsWith(to, "corridor/") &&
      !StartsWith(to, "corridor/common/") && !StartsWith(to, "corridor/changes/") &&
      !(StartsWith(from, "platform/areas/") && StartsWith(to, "corridor/memberstates/"))) {
    return "platform knows no contract but common and changes";
  }
  if (StartsWith(zone, "services")) {
    if (into_service && target != zone) return "services never include each other";
    if (target == "gateway") return "services never include the gateway";
    if (target == "tests") return "only tests include tests";
  }
  if (zone == "gateway") {
    if (into_service) return "the gateway never includes services";
    if (target == "tests") return "only tests include tests";
    const bool grpc =
        StartsWith(to, "grpc/") || StartsWith(to, "grpcpp/") || EndsWith(to, ".grpc.pb.h");
    if (grpc && !EndsWith(from, "_test.cc") && !EndsWith(from, "_fixture.h"))
      return "the gateway does without gRPC";
  }
  const std::string owner = OwnerOfClient(to);
  if (!owner.empty() && !StartsWith(from, owner))
    return absl::StrCat("only ", owner, "* includes it");
  if (StartsWith(to, "boost/") && !(zone == "gateway" && EndsWith(from, ".cc"))) {
    return "Boost stays in the gateway's .cc files";
  }
  const std::string concrete = ConcretePrefix(to);
  if (!concrete.empty() && NameOf(from) != "main.cc" && !IsTest(from) &&
      !(FolderOf(from) == FolderOf(to) && absl::StrContains(NameOf(from), concrete))) {
    return "only main.cc names concrete types";
  }
  if ((StartsWith(to, "platform/testing/") || StartsWith(NameOf(to), "fake_")) && !IsTest(from)) {
    return "it is for tests";
  }
  return std::nullopt;
}

void CheckIncludes(const Tree& tree, const std::string& file, const std::string& text,
                   std::vector<std::string>& breaches) {
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    const std::optional<Target> target = TargetOf(line, "#include");
    if (!target) continue;
    const std::string beside = FolderOf(file) + target->path;
    const std::string& to = target->quoted && tree.contains(beside) ? beside : target->path;
    std::optional<std::string> why = WhyNot(file, to);
    if (absl::StrContains(target->path, "..")) why = "includes are from the root, without `..`";
    if (why)
      breaches.push_back(absl::StrCat(file, ":", line_number, ": includes ", to, ": ", *why));
  }
}

// `corridor/common` for `proto/corridor/common/v1/date.proto`, with or without the first folder.
std::string PackageFolder(absl::string_view path) {
  absl::ConsumePrefix(&path, "proto/");
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  return parts.size() < 2 ? parts[0] : absl::StrCat(parts[0], "/", parts[1]);
}

void CheckContract(const std::string& file, const std::string& text,
                   std::vector<std::string>& breaches) {
  int line_number = 0, messages = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    if (StartsWith(absl::StripLeadingAsciiWhitespace(line), "message ")) ++messages;
    const std::optional<Target> target = TargetOf(line, "import");
    if (!target || !StartsWith(target->path, "corridor/")) continue;
    const std::string package = PackageFolder(target->path);
    const std::string own = PackageFolder(file);
    if (package == own || package == "corridor/common") continue;
    if (own == "corridor/gateway") continue;  // Its views are made of the others.
    if (own != "corridor/common" && package == "corridor/changes") continue;
    breaches.push_back(absl::StrCat(file, ":", line_number, ": imports ", target->path,
                                    ": a contract knows its own package, common and changes"));
  }
  if (messages > kMaxMessagesPerProto) {
    breaches.push_back(absl::StrCat(file, ":1: has ", messages, " messages: at most ",
                                    kMaxMessagesPerProto, " compile in reasonable time"));
  }
}

}  // namespace

Tree ReadTree(const std::string& root) {
  namespace fs = std::filesystem;
  Tree tree;
  for (const char* folder : {"proto", "platform", "services", "gateway", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc" && extension != ".proto") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      tree[fs::relative(entry.path(), root).generic_string()] = text.str();
    }
  }
  return tree;
}

std::vector<std::string> Breaches(const Tree& tree) {
  std::vector<std::string> breaches;
  for (const auto& [file, text] : tree) {
    if (EndsWith(file, ".proto")) {
      CheckContract(file, text, breaches);
      continue;
    }
    CheckIncludes(tree, file, text, breaches);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    if (NameOf(file) == "main.cc" && lines > kMaxMainLines) {
      breaches.push_back(absl::StrCat(file, ":1: has ", lines, " lines: wiring only, under 60"));
    }
  }
  return breaches;
}

}  // namespace corridor::layering
