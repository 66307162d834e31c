// The trie of routes, its search with backtracking, and the templates near a path that has none.
#include "gateway/transcoding/routes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/percent_encoding.h"
#include "platform/request/nearest.h"
#include "platform/status/status.h"

namespace corridor::gateway {
namespace {

constexpr int kWildcard = -1;

// Costs of NearestTo, in hundredths of a segment.
constexpr int kSegment = 100;
constexpr int kWildcardFits = 10;
// A path with more segments resembles nothing of ours.
constexpr size_t kMostSegmentsCompared = 16;

PathSegments Split(std::string_view path) {
  PathSegments segments;
  if (path.empty() || path[0] != '/') return segments;
  path.remove_prefix(1);
  while (true) {
    size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

// How well a route's verb fits the one asked for; 0 when it does not.
int Fit(std::string_view route, std::string_view asked) {
  if (route == asked) return 3;
  if (route == "GET" && asked == "HEAD") return 2;
  return route == "*" ? 1 : 0;
}

// Costs of reading `segment` for each of `literals`.
std::vector<int> Substitutions(std::string_view segment, const std::vector<std::string>& literals) {
  const GivenName given(segment);
  std::vector<int> costs;
  costs.reserve(literals.size());
  for (const std::string& literal : literals) {
    const size_t longer = std::max<size_t>({segment.size(), literal.size(), 1});
    costs.push_back(
        static_cast<int>(given.DistanceTo(literal) * kSegment / std::min<size_t>(longer, 64)));
  }
  return costs;
}

}  // namespace

struct Routes::Search {
  std::string_view http_verb;
  std::string_view custom_verb;
  Found& found;
  absl::InlinedVector<std::string_view, 8> verbs = {};  // Of the routes of this path.

  // Whether one of `ends` answers the search; else keeps the verbs that would have.
  bool Take(const std::vector<End>& ends) {
    int best = 0;
    for (const End& end : ends) {
      if (end.custom_verb != custom_verb) continue;
      verbs.push_back(end.http_verb);
      int fit = Fit(end.http_verb, http_verb);
      if (fit > best) {
        best = fit;
        found.route = end.route;
      }
    }
    return best > 0;
  }
};

absl::StatusOr<Routes> Routes::Create(const std::vector<Route>& routes) {
  Routes created;
  for (const Route& route : routes) {
    RETURN_IF_ERROR(created.Insert(route, static_cast<int>(created.texts_.size())));
    created.AddShape(route.path);
    created.texts_.push_back(absl::StrCat(route.owner, " ", route.http_verb, " ", route.path.text));
  }
  return created;
}

absl::Status Routes::Insert(const Route& route, int index) {
  int node = 0;
  bool rest = false;
  for (const PathTemplate::Segment& segment : route.path.segments) {
    rest = segment.kind == PathTemplate::Segment::Kind::kRest;
    if (!rest) node = ChildOf(node, segment);
  }
  Node& last = nodes_[static_cast<size_t>(node)];
  std::vector<End>& ends = rest ? last.rest_ends : last.ends;
  for (const End& end : ends) {
    if (end.custom_verb == route.path.verb && end.http_verb == route.http_verb) {
      return absl::InvalidArgumentError(absl::StrCat(route.owner, " ", route.http_verb, " ",
                                                     route.path.text, " collides with ",
                                                     texts_[static_cast<size_t>(end.route)]));
    }
  }
  ends.push_back({route.path.verb, route.http_verb, index});
  return absl::OkStatus();
}

int Routes::ChildOf(int node, const PathTemplate::Segment& segment) {
  auto next = static_cast<int>(nodes_.size());
  Node& parent = nodes_[static_cast<size_t>(node)];
  if (segment.kind == PathTemplate::Segment::Kind::kLiteral) {
    auto [child, added] = parent.literals.emplace(segment.literal, next);
    if (!added) return child->second;
  } else {
    if (parent.any >= 0) return parent.any;
    parent.any = next;
  }
  nodes_.emplace_back();
  return next;
}

Routes::Found Routes::Find(std::string_view http_verb, std::string_view path) const {
  Found found;
  found.segments = Split(path);
  if (found.segments.empty()) return found;
  std::string_view& last = found.segments.back();
  const std::string_view whole = last;
  size_t colon = whole.rfind(':');
  Search search{http_verb, {}, found};
  if (colon != std::string_view::npos) {
    last = whole.substr(0, colon);
    search.custom_verb = whole.substr(colon + 1);
    // `/areas:` has an empty verb, which no template has.
    if (!search.custom_verb.empty() && Descend(search, 0, 0)) return found;
  }
  if (search.verbs.empty()) {
    last = whole;
    search.custom_verb = {};
    if (Descend(search, 0, 0)) return found;
  }
  std::vector<std::string>& verbs = found.allowed_verbs;
  verbs.assign(search.verbs.begin(), search.verbs.end());
  if (std::find(verbs.begin(), verbs.end(), "GET") != verbs.end()) verbs.emplace_back("HEAD");
  std::sort(verbs.begin(), verbs.end());
  verbs.erase(std::unique(verbs.begin(), verbs.end()), verbs.end());
  return found;
}

// Each node is visited at most once, so a hostile path costs no more than the trie is large.
bool Routes::Descend(Search& search, int node, size_t depth) const {
  const Node& here = nodes_[static_cast<size_t>(node)];
  const PathSegments& segments = search.found.segments;
  if (depth == segments.size()) return search.Take(here.ends) || search.Take(here.rest_ends);
  std::string_view segment = segments[depth];
  std::optional<std::string> decoded;
  if (segment.find('%') != std::string_view::npos && !here.literals.empty()) {
    decoded = DecodeSegment(segment);
  }
  auto literal = here.literals.find(decoded ? std::string_view(*decoded) : segment);
  if (literal != here.literals.end() && Descend(search, literal->second, depth + 1)) return true;
  if (here.any >= 0 && !segment.empty() && Descend(search, here.any, depth + 1)) return true;
  return search.Take(here.rest_ends);
}

int Routes::LiteralIndex(const std::string& literal) {
  auto at = std::find(literals_.begin(), literals_.end(), literal);
  if (at == literals_.end()) at = literals_.insert(literals_.end(), literal);
  return static_cast<int>(at - literals_.begin());
}

void Routes::AddShape(const PathTemplate& path) {
  for (const Shape& shape : shapes_) {
    if (shape.text == path.text) return;
  }
  Shape shape{path.text, {}};
  for (const PathTemplate::Segment& segment : path.segments) {
    bool literal = segment.kind == PathTemplate::Segment::Kind::kLiteral;
    shape.elements.push_back(literal ? LiteralIndex(segment.literal) : kWildcard);
  }
  if (!path.verb.empty()) shape.elements.push_back(LiteralIndex(":" + path.verb));
  shapes_.push_back(std::move(shape));
}

void Routes::AddToNearest(std::string_view path) {
  if (path == "/") return;  // It resembles whatever has one segment and a slash.
  Shape shape{std::string(path), {}};
  for (const std::string_view segment : Split(path)) {
    shape.elements.push_back(LiteralIndex(std::string(segment)));
  }
  shapes_.push_back(std::move(shape));
}

std::vector<std::string> Routes::NearestTo(std::string_view path) const {
  PathSegments segments = Split(path);
  if (segments.empty() || segments.size() > kMostSegmentsCompared) return {};
  size_t colon = segments.back().rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view verb = segments.back().substr(colon);
    segments.back() = segments.back().substr(0, colon);
    segments.push_back(verb);
  }
  // Every segment against every literal once; the templates share most of theirs.
  std::vector<std::vector<int>> substitution;
  for (std::string_view segment : segments) {
    substitution.push_back(Substitutions(segment, literals_));
  }
  std::vector<std::pair<int, const std::string*>> near;
  for (const Shape& shape : shapes_) {
    std::vector<int> row(shape.elements.size() + 1);
    for (size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(j) * kSegment;
    for (size_t i = 0; i < segments.size(); ++i) {
      int diagonal = std::exchange(row[0], static_cast<int>(i + 1) * kSegment);
      for (size_t j = 0; j < shape.elements.size(); ++j) {
        int element = shape.elements[j];
        int cost =
            element == kWildcard ? kWildcardFits : substitution[i][static_cast<size_t>(element)];
        int substituted = diagonal + cost;
        diagonal = row[j + 1];
        row[j + 1] = std::min({substituted, row[j] + kSegment, row[j + 1] + kSegment});
      }
    }
    auto longer = static_cast<int>(std::max(segments.size(), shape.elements.size()));
    if (row.back() * 2 <= longer * kSegment) near.emplace_back(row.back(), &shape.text);
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> nearest;
  for (size_t i = 0; i < near.size() && i < 3; ++i) nearest.push_back(*near[i].second);
  return nearest;
}

}  // namespace corridor::gateway
