// A client's connection that has just come: what one layer hands the next.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gateway/http/budgets.h"
#include "gateway/http/byte_pipe.h"

namespace corridor::gateway {

struct Arrival {
  std::shared_ptr<BytePipe> pipe;
  std::string peer;
  absl::Time accepted;
  ConnectionPlace place;    // None: the client is only told that there is none.
  std::string first_bytes;  // Taken from the pipe already.
};

}  // namespace corridor::gateway
