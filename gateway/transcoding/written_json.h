// Where in an answer the JSON of some messages was written, so that the same messages are copied
// from there: an element of an array mostly cites what the one before it did. Of each field the
// last is kept, of some fields at a time. Used by one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/transcoding/field_selection.h"
#include "gateway/transcoding/message_table.h"

namespace corridor::gateway {

class WrittenJson {
 public:
  // What the JSON depends on, but for the client's choices, which are the same in all of an answer.
  struct Messages {
    const FieldTable* field = nullptr;
    const FieldSelection* selection = nullptr;
    int depth = 0;
    size_t first_bytes = 0;  // Of the first of the messages.
    // From its beginning to the end of the last one, with what comes between. Stays where it is.
    std::string_view wire;

    bool operator==(const Messages&) const = default;
  };
  struct Span {
    size_t begin = 0;
    size_t size = 0;
  };

  // Null when they were not the last of their field.
  const Span* Find(const Messages& messages) const {
    if (kept_ == nullptr) return nullptr;
    const Entry& entry = (*kept_)[SlotOf(messages)];
    return entry.messages == messages ? &entry.json : nullptr;
  }
  void Keep(const Messages& messages, Span json) {
    if (kept_ == nullptr) kept_ = std::make_unique<std::array<Entry, kSlots>>();
    (*kept_)[SlotOf(messages)] = {messages, json};
  }

 private:
  struct Entry {
    Messages messages;
    Span json;
  };
  static constexpr size_t kSlots = 16;

  static size_t SlotOf(const Messages& messages) {
    return reinterpret_cast<uintptr_t>(messages.field) / sizeof(FieldTable) % kSlots;
  }

  std::unique_ptr<std::array<Entry, kSlots>> kept_;  // Null until there is one.
};

}  // namespace corridor::gateway
