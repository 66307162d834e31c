#include "platform/versions/field_changes.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"

namespace corridor::versions {
namespace {

using changes::v1::FieldChange;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;
using google::protobuf::util::MessageDifferencer;

class Changes {
 public:
  void CompareObjects(const std::string& prefix, const Struct& before, const Struct& after) {
    // Maps, since a Struct's members have no order.
    const std::map<std::string, Value> was(before.fields().begin(), before.fields().end());
    const std::map<std::string, Value> is(after.fields().begin(), after.fields().end());
    for (const auto& [name, value] : was) {
      const auto now = is.find(name);
      if (now == is.end()) {
        Add(prefix + name, &value, nullptr);
      } else {
        Compare(prefix + name, value, now->second);
      }
    }
    for (const auto& [name, value] : is) {
      if (!was.contains(name)) Add(prefix + name, nullptr, &value);
    }
  }

  std::vector<FieldChange> Sorted() && {
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const auto& a, const auto& b) { return a.path() < b.path(); });
    return std::move(changes_);
  }

 private:
  void Compare(const std::string& path, const Value& before, const Value& after) {
    if (before.has_struct_value() && after.has_struct_value()) {
      return CompareObjects(path + ".", before.struct_value(), after.struct_value());
    }
    if (before.has_list_value() && after.has_list_value()) {
      return CompareLists(path, before.list_value(), after.list_value());
    }
    if (!MessageDifferencer::Equals(before, after)) Add(path, &before, &after);
  }

  void CompareLists(const std::string& path, const ListValue& before, const ListValue& after) {
    const auto& was = before.values();
    const auto& is = after.values();
    const int shorter = std::min(was.size(), is.size());
    int head = 0;
    while (head < shorter && MessageDifferencer::Equals(was[head], is[head])) ++head;
    int tail = 0;
    while (tail < shorter - head &&
           MessageDifferencer::Equals(was[was.size() - 1 - tail], is[is.size() - 1 - tail])) {
      ++tail;
    }
    const auto entry = [&path](int i) { return absl::StrCat(path, "[", i, "]"); };
    if (was.size() == is.size()) {
      for (int i = head; i < was.size() - tail; ++i) Compare(entry(i), was[i], is[i]);
      return;
    }
    for (int i = head; i < was.size() - tail; ++i) Add(entry(i), &was[i], nullptr);
    for (int i = head; i < is.size() - tail; ++i) Add(entry(i), nullptr, &is[i]);
  }

  void Add(const std::string& path, const Value* before, const Value* after) {
    FieldChange& change = changes_.emplace_back();
    change.set_path(path);
    if (before != nullptr) *change.mutable_before() = *before;
    if (after != nullptr) *change.mutable_after() = *after;
  }

  std::vector<FieldChange> changes_;
};

}  // namespace

std::vector<FieldChange> FieldChanges(const Struct& before, const Struct& after) {
  Changes changes;
  changes.CompareObjects("", before, after);
  return std::move(changes).Sorted();
}

}  // namespace corridor::versions
