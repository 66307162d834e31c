// Finds the route of a path: a trie over template segments. Immutable, thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/transcoding/path_template.h"

namespace corridor::gateway {

class Routes {
 public:
  struct Route {
    std::string http_verb;  // `GET`, or `*` for any.
    PathTemplate path;
    std::string owner;  // Who declares it, for errors: a method's full name.
  };

  struct Found {
    int route = -1;  // Index into the routes given to Create; -1 when none matches path and verb.
    PathSegments segments;  // Of the path, without the custom verb. Views into it.
    std::vector<std::string>
        allowed_verbs;  // When the path has routes, but none for the verb; sorted.
  };

  // Errors: INVALID_ARGUMENT naming both owners and templates when two routes have verb and shape
  // in common.
  static absl::StatusOr<Routes> Create(const std::vector<Route>& routes);

  // At each segment a literal goes before `*`, and that before `**`; a later dead end is left
  // again. A custom verb that some template has at this path is always read as one: only where none
  // is, `:` belongs to the last segment. HEAD matches as GET unless it has a route of its own.
  Found Find(std::string_view http_verb, std::string_view path) const;

  // Has NearestTo() name a path that is answered elsewhere.
  void AddToNearest(std::string_view path);
  // Up to three templates that resemble `path`, the nearest first: by edits over whole segments.
  std::vector<std::string> NearestTo(std::string_view path) const;

 private:
  struct End {
    std::string custom_verb;
    std::string http_verb;
    int route;
  };
  struct Node {
    std::map<std::string, int, std::less<>> literals;
    int any = -1;
    std::vector<End> ends;       // Templates that end here.
    std::vector<End> rest_ends;  // Templates that end here in `**`.
  };
  struct Search;
  // A template as NearestTo compares it: indexes into literals_, or kWildcard.
  struct Shape {
    std::string text;
    std::vector<int> elements;
  };

  absl::Status Insert(const Route& route, int index);
  int ChildOf(int node, const PathTemplate::Segment& segment);
  void AddShape(const PathTemplate& path);
  int LiteralIndex(const std::string& literal);
  bool Descend(Search& search, int node, size_t depth) const;

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::vector<std::string> texts_;  // Template and owner of each route.
  std::vector<Shape> shapes_;       // One for each different template.
  std::vector<std::string> literals_;
};

}  // namespace corridor::gateway
