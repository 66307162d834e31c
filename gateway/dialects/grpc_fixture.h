// What the tests of gRPC and gRPC-Web share: a small contract, services that answer as a test says,
// and clients' bodies.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "descriptor_set.h"
#include "gateway/dialects/grpc_calls.h"
#include "gateway/fake_call.h"
#include "gateway/upstream/fake_upstream.h"
#include "gateway/upstream/growing_body_fixture.h"
#include "platform/status/status.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {

// Knows the methods that it is given, and nothing else.
class FakeTranscoder : public Transcoder {
 public:
  Match Route(std::string_view, std::string_view) const override { return {}; }
  absl::StatusOr<std::string> ToRpc(const Match&, std::string_view,
                                    std::string_view) const override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::string> ToJson(const Method&, std::string_view,
                                     const JsonChoices&) const override {
    return absl::UnimplementedError("");
  }
  absl::Status CheckFields(const Method&, const JsonChoices&) const override {
    return absl::OkStatus();
  }
  const Method* FindRpc(std::string_view full_name) const override {
    const auto found = methods.find(std::string(full_name));
    return found == methods.end() ? nullptr : &found->second;
  }
  absl::StatusOr<std::string> RequestFromJson(const Method&, std::string_view) const override {
    return absl::UnimplementedError("");
  }
  std::string ErrorJson(const absl::Status&) const override { return ""; }

  void Add(const std::string& package, const std::string& rest, Method method) {
    method.package = package;
    method.full_name = "/" + package + rest;
    methods[method.full_name] = method;
  }
  std::map<std::string, Method> methods;
};

class FakeOwnMethod : public OwnMethod {
 public:
  std::function<void()> Answer(UnaryCall call, std::function<void(const OwnReply&)> done) override {
    calls.push_back(std::move(call));
    if (reply) {
      done(*reply);
    } else {
      later = std::move(done);
    }
    return [this] { ++cancelled; };
  }
  std::optional<OwnReply> reply;  // Null: the test calls `later`.
  std::function<void(const OwnReply&)> later;
  std::vector<UnaryCall> calls;
  int cancelled = 0;
};

class FakeOwnStream : public OwnStream {
 public:
  absl::StatusOr<std::unique_ptr<OwnEvents>> Open(StreamingCall call,
                                                  std::function<void()> ready) override {
    calls.push_back(std::move(call));
    tell = std::move(ready);
    if (!refusal.ok()) return refusal;
    return std::make_unique<Events>(*this);
  }
  void Send(const std::string& message) {
    messages.push_back(message);
    tell();
  }
  absl::Status refusal;
  std::deque<std::string> messages;
  std::optional<absl::Status> end;
  std::vector<StreamingCall> calls;
  std::function<void()> tell;
  bool is_dropped = false;

 private:
  class Events : public OwnEvents {
   public:
    explicit Events(FakeOwnStream& stream) : stream_(stream) {}
    ~Events() override { stream_.is_dropped = true; }
    std::optional<OwnEvent> Take() override {
      if (stream_.messages.empty()) return std::nullopt;
      OwnEvent event{stream_.messages.front(), "id", "commit"};
      stream_.messages.pop_front();
      return event;
    }
    std::optional<absl::Status> End() const override { return stream_.end; }

   private:
    FakeOwnStream& stream_;
  };
};

inline std::string Frame(const std::string& message) {
  const auto n = static_cast<uint32_t>(message.size());
  return std::string({0, static_cast<char>(n >> 24), static_cast<char>(n >> 16),
                      static_cast<char>(n >> 8), static_cast<char>(n)}) +
         message;
}

class GrpcTest : public ::testing::Test {
 protected:
  static constexpr char kGet[] = "/corridor.memberstates.v1.Areas/GetArea";
  static constexpr char kWrite[] = "/corridor.memberstates.v1.Areas/CreateArea";
  static constexpr char kWatch[] = "/corridor.memberstates.v1.Areas/Watch";
  static constexpr char kUpload[] = "/corridor.memberstates.v1.Areas/Upload";
  static constexpr char kElsewhere[] = "/corridor.indicators.v1.Indicators/GetIndicator";
  static constexpr char kPurge[] = "/corridor.changes.v1.Store/Purge";
  static constexpr char kOwn[] = "/corridor.gateway.v1.Status/GetHealth";
  static constexpr char kOwnStream[] = "/corridor.gateway.v1.Changes/WatchChanges";

  GrpcTest() {
    auto created = Reflection::Create(descriptor_set.front().contents);
    EXPECT_OK(created);
    reflection_ = *std::move(created);
    Method read;
    read.is_read = true;
    Method stream = read;
    stream.is_streaming = true;
    Method upload;
    upload.takes_stream = true;
    transcoder_.Add("corridor.memberstates.v1", ".Areas/GetArea", read);
    transcoder_.Add("corridor.memberstates.v1", ".Areas/CreateArea", {});
    transcoder_.Add("corridor.memberstates.v1", ".Areas/Watch", stream);
    transcoder_.Add("corridor.memberstates.v1", ".Areas/Upload", upload);
    transcoder_.Add("corridor.indicators.v1", ".Indicators/GetIndicator", read);
    transcoder_.Add("corridor.changes.v1", ".Store/Purge", {});
    transcoder_.Add("corridor.gateway.v1", ".Status/GetHealth", read);
    transcoder_.Add("corridor.gateway.v1", ".Changes/WatchChanges", stream);
  }
  GrpcParts Parts() {
    return {{transcoder_,
             hosts_,
             {{"corridor.memberstates.v1", &memberstates_}},
             {{kOwn, &own_method_}},
             {{kOwnStream, &own_stream_}}},
            *reflection_,
            stage_};
  }

  static HttpRequest Post(const std::string& path, const std::string& type,
                          const std::string& body = Frame("ask")) {
    HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.headers = {{"content-type", type}, {"host", "gateway"}, {"te", "trailers"}};
    request.body = body;
    request.is_http2 = true;
    return request;
  }
  std::shared_ptr<Call> Serve(Dialect& dialect, HttpRequest request) {
    auto call = std::make_shared<Call>(std::move(request), "peer", absl::Now(), connection_, log_);
    dialect.Serve(call);
    return call;
  }
  // The answer so far.
  HttpResponse Response() const {
    EXPECT_EQ(connection_->responses.size(), 1u);
    return connection_->responses.empty() ? HttpResponse() : connection_->responses.back();
  }
  static std::string HeaderOf(const HttpHeaders& headers, std::string_view name) {
    const std::string* value = FindHeader(headers, name);
    return value == nullptr ? "(none)" : *value;
  }

  FakeLog log_;
  std::shared_ptr<FakeConnection> connection_ = std::make_shared<FakeConnection>();
  FakeTranscoder transcoder_;
  std::unique_ptr<Reflection> reflection_;
  KnownHosts hosts_{""};
  std::atomic<Stage> stage_{Stage::kReady};
  FakeUpstream memberstates_;
  FakeOwnMethod own_method_;
  FakeOwnStream own_stream_;
};

}  // namespace corridor::gateway
