// One JSON object on one line, as logs and ready lines are written. Keys are ours and need no
// escaping.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace corridor::process {

// Members come out in the order in which they were added. Used by one thread at a time.
class JsonLine {
 public:
  JsonLine();
  // Escapes as RFC 8259; bytes that are not UTF-8 become U+FFFD.
  JsonLine& Text(std::string_view key, std::string_view value);
  JsonLine& Integer(std::string_view key, int64_t value);
  // The object, without a line end. Leaves this empty.
  std::string Finish();

 private:
  void Key(std::string_view key);
  std::string line_ = "{";
};

}  // namespace corridor::process
