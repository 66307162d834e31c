// A client's connected socket as the connections use it, whether its bytes are in the clear or
// TLS's. Belongs to one loop. No Asio in this header.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace corridor::gateway {

class Loop;

class BytePipe {
 public:
  // Who asked is kept alive until told how it ended.
  class User {
   public:
    virtual ~User() = default;
    // `ok` is false at the other side's end, and when the connection broke.
    virtual void OnRead(bool ok, size_t bytes) = 0;
    virtual void OnWritten(bool ok, size_t bytes) = 0;
  };

  virtual ~BytePipe() = default;
  // At most one read and one write at a time; the bytes stay where they are until it has ended.
  // Each ends in a turn of the loop of its own, after Close() with `ok` false.
  virtual void ReadSome(char* into, size_t size, std::shared_ptr<User> user) = 0;
  // What can be written without waiting longer for it.
  virtual void WriteSome(std::string_view bytes, std::shared_ptr<User> user) = 0;
  // All of both, one after the other.
  virtual void WriteAll(std::string_view first, std::string_view second,
                        std::shared_ptr<User> user) = 0;
  // Tells the other side that nothing more comes.
  virtual void ShutdownSend() = 0;
  virtual void Close() = 0;
  // The other side is to take Close() for a failure, and not for an end.
  virtual void ResetOnClose() = 0;
  // Gives the descriptor away, while nothing is asked; only Close() may follow. -1 when there is
  // more to the pipe than its descriptor.
  virtual int Release() = 0;
};

// Takes over a connected, non-blocking descriptor. Null, and the descriptor closed, when the loop
// cannot watch it.
std::shared_ptr<BytePipe> MakePlainPipe(Loop& loop, int fd);

}  // namespace corridor::gateway
