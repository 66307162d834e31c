// Single flight: of those in this process who ask the same at the same time, one asks for all.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "platform/cache/entry.h"

namespace corridor::cache {

// Thread-safe.
class Flights {
 public:
  // Called once, by the thread that lands: with what was found, or null when it came to nothing.
  using Resume = std::function<void(const EntryPtr&)>;

  // True when the caller is to find the answer, and to call Land: `resume` is not kept then. False
  // when another does so already.
  bool Join(const Key& key, Resume resume) {
    const std::lock_guard lock(mutex_);
    const auto [flight, is_new] = flights_.try_emplace(key);
    if (!is_new) flight->second.push_back(std::move(resume));
    return is_new;
  }

  void Land(const Key& key, const EntryPtr& entry) {
    std::vector<Resume> waiting;
    {
      const std::lock_guard lock(mutex_);
      const auto flight = flights_.extract(key);
      if (!flight.empty()) waiting = std::move(flight.mapped());
    }
    for (const Resume& resume : waiting) resume(entry);
  }

 private:
  std::mutex mutex_;  // Guards the rest.
  std::map<Key, std::vector<Resume>> flights_;
};

}  // namespace corridor::cache
