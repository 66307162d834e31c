#include "tests/fault/bystanders.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/e2e/http_client.h"
#include "tests/fault/http2_frames.h"
#include "tests/fault/raw_http2.h"

namespace corridor::e2e {
namespace {

constexpr char kTarget[] = "/v1/areas/ARM";
constexpr absl::Duration kLongestAnswer = absl::Seconds(10);
constexpr absl::Duration kPatience = absl::Minutes(1);

}  // namespace

Bystanders::Bystanders(const std::string& gateway) {
  threads_[0] = std::thread([this, gateway] { AskByHttp1(gateway); });
  threads_[1] = std::thread([this, gateway] { AskByHttp2(gateway); });
}

Bystanders::~Bystanders() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

size_t Bystanders::answered() const { return std::min(answered_[0].load(), answered_[1].load()); }

void Bystanders::AwaitAnswers(size_t more) const {
  const absl::Time limit = absl::Now() + kPatience;
  for (const std::atomic<size_t>& of_one : answered_) {
    const size_t wanted = of_one + more;
    while (of_one < wanted) {
      ASSERT_LT(absl::Now(), limit) << of_one << " answers, not " << wanted;
      std::this_thread::yield();
    }
  }
}

std::map<std::string, int> Bystanders::Failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

void Bystanders::AskByHttp1(const std::string& gateway) {
  HttpClient client(absl::StrCat("http://", gateway), kLongestAnswer);
  while (!stop_) {
    const HttpResponse response = client.Get(kTarget);
    ++answered_[0];
    if (response.status == 200) continue;
    Note(absl::StrCat("HTTP/1.1 ", response.status, " ", response.transport_error, response.body));
  }
}

// Not by libcurl: 7.88 cannot use a connection of HTTP/2 in the clear a second time.
void Bystanders::AskByHttp2(const std::string& gateway) {
  while (!stop_) {
    RawHttp2 client(gateway, Settings());
    for (uint32_t stream = 1; !stop_ && AskOnce(client, stream); stream += 2) {
    }
  }
}

bool Bystanders::AskOnce(RawHttp2& client, uint32_t stream) {
  client.Send(Get(stream, kTarget));
  const RawHttp2::Answer& answer = client.answers()[stream];
  const absl::Time limit = absl::Now() + kLongestAnswer;
  while (!answer.is_whole && !answer.reset && !client.has_ended() && absl::Now() < limit) {
    client.ReadSome(limit);
  }
  ++answered_[1];
  if (!answer.is_whole || !answer.is_200()) {
    Note(absl::StrCat("HTTP/2, ", answer.data_bytes, " bytes", answer.reset ? ", reset" : "",
                      client.goaway() ? ", GOAWAY" : "", client.has_ended() ? ", closed" : ""));
    return false;
  }
  client.Send(WindowUpdate(0, static_cast<uint32_t>(answer.data_bytes)));
  client.answers().clear();
  return true;
}

void Bystanders::Note(const std::string& failure) {
  const std::lock_guard lock(mutex_);
  ++failures_[failure];
}

}  // namespace corridor::e2e
