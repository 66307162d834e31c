#include "tests/fault/author.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace corridor::e2e {
namespace {

// Of one author; above it deletes them all.
constexpr size_t kMostResources = 40;
constexpr size_t kLargestBatch = 12;

std::string BatchOf(const std::vector<std::string>& entries) {
  return absl::StrCat(R"("requests":[{)", absl::StrJoin(entries, "},{"), "}]");
}

}  // namespace

void Write::ApplyTo(State& state) const {
  for (const auto& [name, text] : after) {
    if (text.has_value()) {
      state[name] = *text;
    } else {
      state.erase(name);
    }
  }
}

Write Author::Next() {
  const auto think = [this] {
    if (mine_.size() >= kMostResources) return BatchDelete();
    if (mine_.empty()) return Create();
    switch (Below(6)) {
      case 0:
        return Create();
      case 1:
        return BatchCreate();
      case 2:
        return BatchUpdate();
      case 3:
        return Delete();
      default:
        return Update();
    }
  };
  Write write = think();
  write.request_id = absl::StrCat(id_, "-", ++writes_);
  write.json = absl::StrCat("{", write.json, R"(,"request_id":")", write.request_id,
                            R"(","reason":"test"})");
  write.ApplyTo(mine_);
  return write;
}

size_t Author::Below(size_t bound) {
  return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
}

const std::string& Author::OneOfMine() {
  return std::next(mine_.begin(), static_cast<std::ptrdiff_t>(Below(mine_.size())))->first;
}

Write Author::Create() {
  Write write = {.method = absl::StrCat("Create", subject_.one)};
  write.json = Creation(write);
  return write;
}

Write Author::BatchCreate() {
  Write write = {.method = absl::StrCat("BatchCreate", subject_.many)};
  std::vector<std::string> entries(2 + Below(kLargestBatch - 1));
  for (std::string& entry : entries) entry = Creation(write);
  write.json = BatchOf(entries);
  return write;
}

Write Author::Update() {
  Write write = {.method = absl::StrCat("Update", subject_.one)};
  write.json = Change(write, OneOfMine());
  return write;
}

Write Author::BatchUpdate() {
  Write write = {.method = absl::StrCat("BatchUpdate", subject_.many)};
  std::vector<std::string> entries;
  for (const auto& [name, text] : mine_) entries.push_back(Change(write, name));
  write.json = BatchOf(entries);
  return write;
}

Write Author::Delete() {
  Write write = {.method = absl::StrCat("Delete", subject_.one)};
  write.json = Deletion(write, OneOfMine());
  return write;
}

Write Author::BatchDelete() {
  Write write = {.method = absl::StrCat("BatchDelete", subject_.many)};
  std::vector<std::string> entries;
  for (const auto& [name, text] : mine_) entries.push_back(Deletion(write, name));
  write.json = BatchOf(entries);
  return write;
}

std::string Author::Creation(Write& write) {
  const std::string code = absl::StrCat(id_, "_", ++resources_);
  return absl::StrCat(R"(")", subject_.field, R"(_id":")", code, R"(",)",
                      Resource(write, absl::StrCat(subject_.collection, code),
                               absl::StrCat(",", subject_.other_fields, ",", kCitations)));
}

std::string Author::Change(Write& write, const std::string& name) {
  return absl::StrCat(Resource(write, name, ""), R"(,"update_mask":")", subject_.text_mask, R"(")");
}

std::string Author::Deletion(Write& write, const std::string& name) {
  write.after[name] = std::nullopt;
  return absl::StrCat(R"("name":")", name, R"(")");
}

std::string Author::Resource(Write& write, const std::string& name,
                             const std::string& other_members) {
  const std::string text = absl::StrCat("text ", ++texts_, " of ", id_);
  write.after[name] = text;
  return absl::StrCat(R"(")", subject_.field, R"(":{"name":")", name, R"(",")", subject_.text_field,
                      R"(":")", text, R"(")", other_members, "}");
}

absl::Status Acknowledge(Resources& resources, Write& write) {
  while (true) {
    ++write.tries;
    write.last_try = absl::Now();
    const absl::StatusOr<ContractAnswer> answer = resources.Call(write.method, write.json);
    if (answer.ok()) {
      write.epoch = answer->epoch;
      write.version = answer->version;
      return absl::OkStatus();
    }
    if (answer.status().code() != absl::StatusCode::kUnavailable) {
      return absl::Status(answer.status().code(), absl::StrCat(write.method, " ", write.json, ": ",
                                                               answer.status().message()));
    }
  }
}

void Ledger::Add(Write write) {
  const std::lock_guard lock(mutex_);
  writes_.push_back(std::move(write));
  changed_.notify_all();
}

void Ledger::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool Ledger::WaitFor(size_t count, absl::Time deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, absl::ToChronoTime(deadline),
                      [&] { return closed_ || writes_.size() >= count; });
  return writes_.size() >= count;
}

size_t Ledger::size() const {
  const std::lock_guard lock(mutex_);
  return writes_.size();
}

std::vector<Write> Ledger::Writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

}  // namespace corridor::e2e
