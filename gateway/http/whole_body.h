// A body that is there already, for those who take one as it comes.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gateway/http/body_source.h"
#include "gateway/http/message.h"

namespace corridor::gateway {

class WholeBody : public BodySource {
 public:
  explicit WholeBody(std::string bytes) : bytes_(std::move(bytes)) {}
  void Start(std::function<void()>) override {}
  bool Read(std::string& out, size_t enough) override {
    const size_t wanted = enough - std::min(enough, out.size());
    const size_t bytes = std::min(wanted, bytes_.size() - given_);
    out.append(bytes_, given_, bytes);
    given_ += bytes;
    return given_ < bytes_.size();
  }

 private:
  const std::string bytes_;
  size_t given_ = 0;
};

// The body of a request: as it comes, or the one that was collected.
inline std::shared_ptr<BodySource> BodyOf(const HttpRequest& request) {
  if (request.source != nullptr) return request.source;
  return std::make_shared<WholeBody>(request.body);
}

}  // namespace corridor::gateway
