#include "gateway/docs/json.h"

#include <algorithm>

#include "gateway/transcoding/json_scanner.h"

namespace corridor::gateway {

Json Json::Object(std::vector<Member> members) {
  Json json(Kind::kObject);
  json.members_ = std::move(members);
  return json;
}

Json Json::Array(std::vector<Json> elements) {
  Json json(Kind::kArray);
  json.elements_ = std::move(elements);
  return json;
}

Json Json::Text(std::string_view text) {
  Json json(Kind::kScalar);
  AppendJsonString(text, json.scalar_);
  return json;
}

Json Json::Number(int64_t number) { return Raw(std::to_string(number)); }

Json Json::Boolean(bool value) { return Raw(value ? "true" : "false"); }

Json Json::Raw(std::string_view text) {
  Json json(Kind::kScalar);
  json.scalar_ = std::string(text);
  return json;
}

Json& Json::Set(std::string_view key, Json value) {
  members_.emplace_back(std::string(key), std::move(value));
  return *this;
}

Json& Json::Add(Json element) {
  elements_.push_back(std::move(element));
  return *this;
}

const Json* Json::Find(std::string_view key) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [key](const Member& member) { return member.first == key; });
  return found == members_.end() ? nullptr : &found->second;
}

Json* Json::Find(std::string_view key) {
  return const_cast<Json*>(static_cast<const Json*>(this)->Find(key));
}

std::string Json::ToString() const {
  std::string out;
  AppendTo(out);
  return out;
}

void Json::AppendTo(std::string& out) const {
  if (kind_ == Kind::kScalar) {
    out += scalar_;
    return;
  }
  const char* separator = "";
  out += kind_ == Kind::kObject ? '{' : '[';
  for (const auto& [key, value] : members_) {
    out += separator;
    AppendJsonString(key, out);
    out += ':';
    value.AppendTo(out);
    separator = ",";
  }
  for (const Json& element : elements_) {
    out += separator;
    element.AppendTo(out);
    separator = ",";
  }
  out += kind_ == Kind::kObject ? '}' : ']';
}

}  // namespace corridor::gateway
