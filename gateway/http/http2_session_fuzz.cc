// Any bytes as a client's side of the connection, in any pieces, before a dialect that does by
// turns whatever a dialect may do: every call must be recorded exactly once, and nothing may be
// held after.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/http2_session.h"

namespace {

using namespace corridor::gateway;

class CountingLog : public RequestLog {
 public:
  void Record(const corridor::telemetry::RequestRecord&) override { ++recorded; }
  int recorded = 0;
};

class Source : public BodySource {
 public:
  explicit Source(uint8_t choice) : choice_(choice) {}
  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override {
    if (reads_++ % 3 == 2) return true;
    out.append(std::min<size_t>(enough, size_t{choice_} << (reads_ % 10)), 'x');
    return reads_ < 6;
  }
  bool is_whole() const override { return (choice_ & 1) != 0; }
  HttpHeaders TakeTrailers() override { return {{"grpc-status", "0"}}; }
  void Wake() {
    if (wake_) wake_();
  }

 private:
  const uint8_t choice_;
  int reads_ = 0;
  std::function<void()> wake_;
};

class AnyDialect : public Dialect {
 public:
  explicit AnyDialect(uint8_t seed) : seed_(seed) {}

  bool TakesBodyAsItComes(const HttpRequest& head) const override {
    return head.method.size() % 2 == 0;
  }
  void Serve(const std::shared_ptr<Call>& call) override {
    ++served;
    if (const std::shared_ptr<BodySource> body = call->request().source) {
      body->Start([] {});
      bodies_.push_back(body);
    }
    calls_.push_back(call);
    if (Next() % 2 == 0) Act();
  }
  // Something that a dialect does of its own accord.
  void Act() {
    const uint8_t choice = Next();
    std::string out;
    for (const auto& body : bodies_) body->Read(out, choice * 16);
    for (const auto& source : sources_) source->Wake();
    if (calls_.empty()) return;
    const std::shared_ptr<Call> call = calls_.back();
    calls_.pop_back();
    HttpResponse response;
    if (choice % 4 == 0) {
      sources_.push_back(std::make_shared<Source>(choice));
      response.source = sources_.back();
    } else if (choice % 4 == 1) {
      response.headers = {{"grpc-status", "0"}};
    } else if (choice % 4 == 2) {
      response.body.assign(size_t{choice} * 400, 'y');
    }
    if (choice % 5 != 0) call->Answer(std::move(response), "OK");
  }
  void Forget() {
    calls_.clear();
    bodies_.clear();
    sources_.clear();
  }

  int served = 0;

 private:
  uint8_t Next() { return seed_ = static_cast<uint8_t>(seed_ * 73 + 41); }

  uint8_t seed_;
  std::vector<std::shared_ptr<Call>> calls_;
  std::vector<std::shared_ptr<BodySource>> bodies_;
  std::vector<std::shared_ptr<Source>> sources_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  constexpr int64_t kMostBytes = 200'000;
  const size_t piece = 1 + data[0];
  AnyDialect dialect(data[1]);
  const auto seconds = absl::Seconds(data[2] % 16);  // Between two pieces.
  std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);

  ByteBudget budget(kMostBytes);
  CountingLog log;
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  {
    Http2Session session({.head_bytes = 1024, .body_bytes = 2048, .streams = 8}, "peer", budget,
                         log, dialect, now, [] {});
    std::string out;
    bool alive = session.Receive(NGHTTP2_CLIENT_MAGIC, now).ok();
    for (int turns = 0; alive && !bytes.empty() && turns < 4096; ++turns) {
      alive = session.Receive(bytes.substr(0, piece), now).ok();
      bytes.remove_prefix(std::min(piece, bytes.size()));
      dialect.Act();
      now += seconds;
      if (session.next_deadline() <= now) session.Expire(now);
      if (turns == 100) session.Drain();
      out.clear();
      if (!session.Send(out, 16 << 10, now).ok() || session.is_over()) break;
      if (out.size() > (64 << 10)) abort();
    }
  }
  dialect.Forget();
  if (log.recorded < dialect.served) abort();
  if (budget.held() != 0) abort();
  return 0;
}
