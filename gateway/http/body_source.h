// A body that is made or comes while it is passed on: of an answer, as the connection to the client
// sees it; of a request, as the dialect and the connection to the service see it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace corridor::gateway {

// Names in lower case, in the order received.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Belongs to one loop. Let go of when the body is passed on, or nobody wants it any more.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Once, before the first Read(). From then on `wake` is called when Read() has more after it gave
  // less than was asked for; not from within a method of this.
  virtual void Start(std::function<void()> wake) = 0;
  // Appends what there is, until `out` holds `enough` bytes; false when that was the last of it.
  // Asked again only when all of it is on its way, so that who makes it can be held back.
  virtual bool Read(std::string& out, size_t enough) = 0;
  // After the last Read(): false when what came is only a part of the body. Whoever passes it on
  // then makes sure that it does not look whole.
  virtual bool is_whole() const { return true; }
  // After the last Read(): what follows the body, where the protocol has room for it.
  virtual HttpHeaders TakeTrailers() { return {}; }
  // The gateway is about to stop: Read() ends soon, whatever was to come.
  virtual void Drain() {}
};

}  // namespace corridor::gateway
