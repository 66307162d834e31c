// The body of an answer that is made while it is sent, as the connection sees it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace corridor::gateway {

// Belongs to one loop. Let go of when the body is sent, or the client has left.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Once, before the first Read(). From then on `wake` is called when Read() has more after it gave
  // less than was asked for; not from within a method of this.
  virtual void Start(std::function<void()> wake) = 0;
  // Appends what there is, until `out` holds `enough` bytes; false when that was the last of it.
  // Asked again only when all of it is on its way to the client.
  virtual bool Read(std::string& out, size_t enough) = 0;
  // The gateway is about to stop: Read() ends soon, whatever was to come.
  virtual void Drain() = 0;
};

}  // namespace corridor::gateway
