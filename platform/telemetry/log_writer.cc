// Two buffers: one gathers lines while the other is written.
#include "platform/telemetry/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace corridor::telemetry {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

}  // namespace

LogWriter::LogWriter(int fd) : fd_(fd), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LogWriter::Write(std::string_view line, When when) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const size_t before = held_.size();
    if (before + line.size() + 1 > kMaxHeldBytes) {
      ++lost_;
      return;
    }
    held_.append(line).push_back('\n');
    is_urgent_ = is_urgent_ || when == When::kNow;
    // The thread waits for a first line, then for a piece; between them it needs no telling.
    wake =
        before == 0 || (before < kPieceBytes && held_.size() >= kPieceBytes) || when == When::kNow;
  }
  if (wake) changed_.notify_one();
}

int64_t LogWriter::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void LogWriter::Run() {
  std::string writing;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !held_.empty() || is_ending_; });
    if (held_.empty()) return;
    changed_.wait_for(lock, absl::ToChronoMilliseconds(kLongestWait),
                      [this] { return held_.size() >= kPieceBytes || is_urgent_ || is_ending_; });
    writing.clear();
    std::swap(writing, held_);
    is_urgent_ = false;
    lock.unlock();
    const bool taken = WriteOut(writing);
    lock.lock();
    if (!taken) lost_ += std::count(writing.begin(), writing.end(), '\n');
  }
}

bool LogWriter::WriteOut(std::string_view lines) const {
  while (!lines.empty()) {
    const ssize_t written = write(fd_, lines.data(), lines.size());
    if (written >= 0) {
      lines.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd writable = {fd_, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace corridor::telemetry
