// A JSON value whose members keep the order in which they were set, so that a document made of the
// same parts is the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corridor::gateway {

class Json {
 public:
  using Member = std::pair<std::string, Json>;

  static Json Object(std::vector<Member> members = {});
  static Json Array(std::vector<Json> elements = {});
  static Json Text(std::string_view text);
  static Json Number(int64_t number);
  static Json Boolean(bool value);
  // `text` is JSON already, and stands as it is.
  static Json Raw(std::string_view text);

  // Of an object: adds a member, which it does not have yet.
  Json& Set(std::string_view key, Json value);
  // Of an array.
  Json& Add(Json element);

  // Member of an object; null when it has none of this name, and of what is no object.
  const Json* Find(std::string_view key) const;
  Json* Find(std::string_view key);
  const std::vector<Member>& members() const { return members_; }
  const std::vector<Json>& elements() const { return elements_; }
  bool empty() const { return members_.empty() && elements_.empty(); }

  // On one line, but for what Raw() was given.
  std::string ToString() const;

 private:
  enum class Kind { kScalar, kObject, kArray };
  explicit Json(Kind kind) : kind_(kind) {}
  void AppendTo(std::string& out) const;

  Kind kind_;
  std::string scalar_;  // As it is written.
  std::vector<Member> members_;
  std::vector<Json> elements_;
};

}  // namespace corridor::gateway
