// Writers of tests of what is kept: what each has written, as it knows it itself.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/e2e/contract_client.h"
#include "tests/fault/resources.h"

namespace corridor::e2e {

// What there is: texts by name.
using State = std::map<std::string, std::string>;

// One write.
struct Write {
  std::string method;  // `BatchCreateAreas`
  std::string request_id = {};
  std::string json = {};  // The request.
  // What it makes of the resources that it names: a text, or nothing when it deletes them.
  std::map<std::string, std::optional<std::string>> after = {};

  // How it was answered.
  std::string epoch = {};
  int64_t version = 0;
  int tries = 0;
  absl::Time last_try = absl::InfinitePast();  // When that began.

  void ApplyTo(State& state) const;
};

// Thinks of writes to resources that are its own, one after the other: of one or of several, that
// create, change and delete. Each is taken to be made before the next one is asked for.
class Author {
 public:
  // `id` tells it from others, in names too. `subject` must outlive this.
  Author(const Subject& subject, std::string id, std::mt19937::result_type seed)
      : subject_(subject), id_(std::move(id)), random_(seed) {}

  Write Next();

 private:
  size_t Below(size_t bound);
  const std::string& OneOfMine();

  Write Create();
  Write BatchCreate();
  Write Update();
  Write BatchUpdate();
  Write Delete();
  Write BatchDelete();

  // Members of a request, as in JSON; what they do is noted in `write`.
  std::string Creation(Write& write);
  std::string Change(Write& write, const std::string& name);
  std::string Deletion(Write& write, const std::string& name);
  std::string Resource(Write& write, const std::string& name, const std::string& other_members);

  const Subject& subject_;
  const std::string id_;
  std::mt19937 random_;
  State mine_;
  int writes_ = 0;
  int resources_ = 0;
  int texts_ = 0;
};

// Sends `write`, again when the service dies over it, until it is acknowledged; notes the answer in
// it. Errors: those of the method other than UNAVAILABLE.
absl::Status Acknowledge(Resources& resources, Write& write);

// Writes that were acknowledged. Thread-safe.
class Ledger {
 public:
  void Add(Write write);
  // Ends every wait, since nothing comes any more.
  void Close();
  // Returns when there are `count` writes; false when that does not happen by `deadline`.
  bool WaitFor(size_t count, absl::Time deadline);

  size_t size() const;
  // In the order in which they were acknowledged.
  std::vector<Write> Writes() const;

 private:
  mutable std::mutex mutex_;  // Guards the rest.
  std::condition_variable changed_;
  bool closed_ = false;
  std::vector<Write> writes_;
};

}  // namespace corridor::e2e
