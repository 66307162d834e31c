#include "gateway/http/http1_upload.h"

#include <utility>

namespace corridor::gateway {
namespace {

// With what one read and the input before it may add, some 64 KB wait at most.
constexpr size_t kEnoughWaiting = 48 << 10;

}  // namespace

Http1Upload::Http1Upload(Http1Parser& parser, bool has_body, std::function<void(size_t)> on_taken)
    : parser_(parser),
      body_(std::make_shared<IncomingBody>(std::move(on_taken))),
      owes_continue_(has_body && parser.expects_continue()) {
  has_body ? parser_.StreamBody() : body_->End();
}

Http1Upload::~Http1Upload() {
  body_->Forget();
  body_->Cut();
  body_->Tell();
}

bool Http1Upload::Feed(std::string& input) {
  while (wants_more() && !input.empty()) {
    owes_continue_ = false;
    size_t consumed = 0;
    const Http1Parser::Event event = parser_.Feed(input, consumed);
    input.erase(0, consumed);
    body_->Add(parser_.TakeBody());
    if (event == Http1Parser::Event::kError) {
      body_->Cut();
      return false;
    }
    if (event == Http1Parser::Event::kComplete) body_->End();
    if (event == Http1Parser::Event::kNeedMore) break;
  }
  return true;
}

void Http1Upload::Tell() {
  const std::shared_ptr<IncomingBody> kept = body_;
  kept->Tell();
}

bool Http1Upload::wants_more() const { return !has_ended() && waiting() < kEnoughWaiting; }

bool Http1Upload::TakeContinue() { return std::exchange(owes_continue_, false); }

}  // namespace corridor::gateway
