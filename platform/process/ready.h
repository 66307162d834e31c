// How a process says that it is ready: one JSON line on a descriptor that its parent gave it
// (--ready-fd).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace corridor::process {

// Writes {"listen":"127.0.0.1:41234","admin":"127.0.0.1:41235"} and a line end to `fd`, and closes
// it. Does nothing for fd < 0. Members are in the order given.
void AnnounceReady(int fd,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> members);

}  // namespace corridor::process
