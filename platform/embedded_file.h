// A file compiled into the binary by corridor_embed() of cmake/.
#pragma once

#include <string_view>
#include <vector>

namespace corridor {

struct EmbeddedFile {
  std::string_view name;      // File name without folder.
  std::string_view contents;  // Lives as long as the process.
};

}  // namespace corridor
