// Writes the ready line, whole or not at all if the parent has gone.
#include "platform/process/ready.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "platform/process/json_line.h"

namespace corridor::process {

void AnnounceReady(int fd,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  if (fd < 0) return;
  JsonLine line;
  for (const auto& [key, value] : members) line.Text(key, value);
  const std::string text = line.Finish() + "\n";
  // A parent that has gone must not end a server.
  std::signal(SIGPIPE, SIG_IGN);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    rest.remove_prefix(static_cast<size_t>(written));
  }
  // Logs go to the standard streams: a connection must not get the number of one.
  if (fd > STDERR_FILENO) close(fd);
}

}  // namespace corridor::process
