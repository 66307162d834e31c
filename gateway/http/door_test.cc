// One port for HTTP/1.1, HTTP/2 and TLS, seen from sockets.
#include "gateway/http/door.h"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/fake_body_source.h"
#include "gateway/http/http1_connection_fixture.h"
#include "gateway/http/http2_session_fixture.h"
#include "gateway/http/test_certificate.h"
#include "gmock/gmock.h"
#include "platform/testing/status_matchers.h"
#include "platform/testing/temp_dir.h"

namespace corridor::gateway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The client's end of a connection, blocking; TLS once Handshake() was called.
class Wire {
 public:
  explicit Wire(int fd) : fd_(fd) {}
  ~Wire() { Close(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Offers `alpn`, each with its length before it; false when the server refuses.
  bool Handshake(const std::string& alpn, int max_version = TLS1_3_VERSION) {
    context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    ssl_.reset(SSL_new(context_.get()), SSL_free);
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                        static_cast<unsigned int>(alpn.size()));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_connect(ssl_.get()) == 1;
  }
  std::string Protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string Subject() const {
    X509* shown = SSL_get1_peer_certificate(ssl_.get());
    char name[256] = "";
    X509_NAME_oneline(X509_get_subject_name(shown), name, sizeof(name));
    X509_free(shown);
    return name;
  }

  bool Send(const std::string& bytes) {
    if (ssl_) return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  // Some bytes; none at the end.
  std::string Receive() {
    std::string bytes(16 << 10, '\0');
    const ssize_t size = ssl_ ? SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return bytes;
  }
  std::string ReceiveUntil(const std::string& end) {
    std::string all;
    while (!all.ends_with(end)) {
      const std::string some = Receive();
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  std::string ReceiveToEnd() { return ReceiveUntil("\xFF no such end"); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
};

// An HTTP/2 client on a wire.
class Http2Client {
 public:
  explicit Http2Client(Wire& wire) : wire_(wire) {}

  void Flush() {
    const uint8_t* bytes = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(peer.session, &bytes)) > 0;) {
      wire_.Send({reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)});
    }
  }
  // Until `done`, or the connection's end.
  void RunUntil(const std::function<bool()>& done) {
    Flush();
    while (!done()) {
      const std::string bytes = wire_.Receive();
      if (bytes.empty()) return;
      nghttp2_session_mem_recv(peer.session, reinterpret_cast<const uint8_t*>(bytes.data()),
                               bytes.size());
      Flush();
    }
  }
  Http2Peer::Answer Fetch(int32_t id) {
    RunUntil([&] { return peer.answers[id].is_closed; });
    return peer.answers[id];
  }
  void RunToEnd() {
    RunUntil([] { return false; });
  }

  Http2Peer peer;

 private:
  Wire& wire_;
};

class DoorTest : public ::testing::Test {
 protected:
  DoorTest() { std::signal(SIGPIPE, SIG_IGN); }  // OpenSSL writes to what may be closed.
  ~DoorTest() override {
    loop_.Stop();
    door_.reset();
  }

  void Open(Http1Limits http1 = {}, Http2Limits http2 = {}, bool with_tls = false) {
    if (with_tls) {
      WriteTestCertificate(dir_.path(), "localhost");
      auto tls = TlsCertificate::Load(dir_.path() + "/certificate.pem", dir_.path() + "/key.pem",
                                      [](const absl::Status&) {});
      ASSERT_OK(tls);
      tls_ = *std::move(tls);
    }
    door_ =
        std::make_unique<Door>(loop_, http1, http2, tls_.get(), budget_, bytes_, log_, dialect_);
    loop_.Start();
  }
  void OpenWithTls() { Open({}, {}, true); }

  std::unique_ptr<Wire> Connect() {
    const auto [ours, theirs] = ConnectedPair();
    loop_.Sync([&, fd = theirs] { door_->Serve(fd, "peer"); });
    return std::make_unique<Wire>(ours);
  }
  void AwaitNobody() {
    while (budget_.open() > 0) loop_.Sync([] {});
    EXPECT_EQ(door_->connections(), 0u);
  }

  TempDir dir_;
  Loop loop_;
  WaitingLog log_;
  ConnectionBudget budget_{10, nullptr};
  ByteBudget bytes_{1 << 30};
  FakeDialect dialect_;
  std::unique_ptr<TlsCertificate> tls_;
  std::unique_ptr<Door> door_;
  std::function<void(const std::shared_ptr<Call>&)>& handler_ = dialect_.serve = Echo;
};

TEST_F(DoorTest, HTTP1AndHTTP2AreServedSideBySide) {
  Open();
  const auto old = Connect();
  const auto wire = Connect();
  Http2Client client(*wire);
  EXPECT_EQ(client.Fetch(client.peer.Get("/2")).body, "GET /2 !");
  old->Send(kGet);
  EXPECT_THAT(old->ReceiveUntil("!"), EndsWith("GET /a !"));
  EXPECT_EQ(client.Fetch(client.peer.Post("body")).body, "POST /p body!");
  EXPECT_EQ(door_->connections(), 2u);
  old->Close();
  wire->Close();
  AwaitNobody();
}

TEST_F(DoorTest, WhatIsSpokenIsFoundOutByteByByte) {
  Open();
  const auto wire = Connect();
  const std::string hello = NGHTTP2_CLIENT_MAGIC + Frame(NGHTTP2_SETTINGS, 0, 0, "");
  for (const char c : hello) wire->Send(std::string(1, c));
  EXPECT_THAT(wire->Receive(), HasSubstr(std::string("\x00\x03\x00\x00\x00\x64", 6)));
  const auto old = Connect();
  for (const char c : std::string(kGet)) old->Send(std::string(1, c));
  EXPECT_THAT(old->ReceiveUntil("!"), EndsWith("GET /a !"));
}

TEST_F(DoorTest, AnUpgradeToHttp2IsIgnored) {
  Open();
  const auto wire = Connect();
  wire->Send(
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
  const std::string answer = wire->ReceiveUntil("!");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("GET /a !"));
}

TEST_F(DoorTest, WhoSaysNothingIsShownOut) {
  Http1Limits limits;
  limits.head_timeout = absl::Milliseconds(20);
  Open(limits, {}, true);
  const auto silent = Connect();
  const auto half = Connect();
  half->Send("PRI * HT");
  const auto half_of_tls = Connect();
  half_of_tls->Send(std::string("\x16\x03\x01\x02", 4));
  EXPECT_EQ(silent->ReceiveToEnd(), "");
  EXPECT_EQ(half->ReceiveToEnd(), "");
  EXPECT_EQ(half_of_tls->ReceiveToEnd(), "");
  AwaitNobody();
}

TEST_F(DoorTest, AboveTheLimitClientsAreTold503) {
  Open();
  std::vector<std::unique_ptr<Wire>> all;
  for (int i = 0; i < 10; ++i) all.push_back(Connect());
  EXPECT_THAT(Connect()->ReceiveToEnd(), HasSubstr("limit of 10 connections"));
}

TEST_F(DoorTest, TheDoorMayCloseBeforeItsGuestsLeave) {
  Open();
  const auto silent = Connect();
  const auto wire = Connect();
  Http2Client client(*wire);
  client.Fetch(client.peer.Get());
  loop_.Sync([&] { door_.reset(); });
  EXPECT_EQ(silent->ReceiveToEnd(), "");
  client.RunToEnd();
  EXPECT_EQ(budget_.open(), 0);
}

TEST_F(DoorTest, ADescriptorThatTheLoopCannotWatchGivesItsPlaceBack) {
  Open();
  loop_.Sync([&] { door_->Serve(-1, "peer"); });
  EXPECT_EQ(budget_.open(), 0);
  EXPECT_EQ(door_->connections(), 0u);
}

// --- HTTP/2 on a socket.

TEST_F(DoorTest, DrainFinishesStreamsAndCloses) {
  std::shared_ptr<Call> running;
  std::promise<void> begun;
  handler_ = [&](const auto& call) {
    running = call;
    begun.set_value();
  };
  Open();
  const auto idle_wire = Connect();
  Http2Client idle(*idle_wire);
  idle.Flush();
  const auto wire = Connect();
  Http2Client client(*wire);
  const int32_t id = client.peer.Get();
  client.Flush();
  begun.get_future().wait();
  loop_.Sync([&] { door_->Drain(); });
  idle.RunToEnd();
  client.RunUntil([&] { return client.peer.goaways.size() == 2; });
  loop_.Sync([&] { std::exchange(running, nullptr)->Answer(Text("done"), "OK"); });
  client.RunToEnd();
  EXPECT_EQ(client.peer.answers[id].body, "done");
  AwaitNobody();
}

TEST_F(DoorTest, AClientThatDoesNotReadItsSocketIsCutOff) {
  Http2Limits limits;
  limits.write_timeout = absl::Milliseconds(20);
  handler_ = [](const auto& call) {
    auto source = std::make_shared<FakeBodySource>();
    source->is_endless = true;
    call->Answer(MadeBy(source), "OK");
  };
  Open({}, limits);
  const auto wire = Connect();
  Http2Client client(*wire);
  nghttp2_session_set_local_window_size(client.peer.session, NGHTTP2_FLAG_NONE, 0, 1 << 30);
  const nghttp2_settings_entry window = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 30};
  nghttp2_submit_settings(client.peer.session, NGHTTP2_FLAG_NONE, &window, 1);
  client.peer.Get();
  client.Flush();
  EXPECT_THAT(log_.WaitFor(1), ::testing::ElementsAre("CANCELLED 499"));
  AwaitNobody();
}

TEST_F(DoorTest, AnAttackerIsCutOffWhileOthersAreServed) {
  handler_ = [](const auto& call) {
    if (call->request().path == "/good") call->Answer(Text("good"), "OK");
  };
  Open({}, {.resets_per_second = 10});
  const auto bad_wire = Connect();
  Http2Client bad(*bad_wire);
  const auto good_wire = Connect();
  Http2Client good(*good_wire);
  bad.RunUntil([&] {
    for (int i = 0; i < 10; ++i) {
      const int32_t id = bad.peer.Get("/bad");
      bad.Flush();
      bad.peer.Reset(id);
    }
    EXPECT_EQ(good.Fetch(good.peer.Get("/good")).body, "good");
    nghttp2_submit_ping(bad.peer.session, NGHTTP2_FLAG_NONE, nullptr);
    bad.Flush();
    return !bad.peer.goaways.empty();
  });
  ASSERT_FALSE(bad.peer.goaways.empty());
  EXPECT_EQ(bad.peer.goaways.back().first, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(good.Fetch(good.peer.Get("/good")).body, "good");
}

// --- TLS.

TEST_F(DoorTest, AlpnChoosesTheProtocol) {
  OpenWithTls();
  const auto both = Connect();
  ASSERT_TRUE(both->Handshake("\x08http/1.1\x02h2"));
  EXPECT_EQ(both->Protocol(), "h2");
  Http2Client client(*both);
  EXPECT_EQ(client.Fetch(client.peer.Get("/2")).body, "GET /2 !");

  const auto old = Connect();
  ASSERT_TRUE(old->Handshake("\x08http/1.1"));
  EXPECT_EQ(old->Protocol(), "http/1.1");
  old->Send(kGet);
  EXPECT_THAT(old->ReceiveUntil("!"), EndsWith("GET /a !"));

  const auto silent = Connect();
  ASSERT_TRUE(silent->Handshake("", TLS1_2_VERSION));
  EXPECT_EQ(silent->Protocol(), "");
  silent->Send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(silent->ReceiveToEnd(), EndsWith("GET /a !"));
}

TEST_F(DoorTest, WhatTlsDoesNotAllowIsRefused) {
  OpenWithTls();
  EXPECT_FALSE(Connect()->Handshake("\x03nix"));
  EXPECT_FALSE(Connect()->Handshake("", TLS1_1_VERSION));
  const auto garbage = Connect();
  garbage->Send(std::string("\x16\x03\x01\x00\x05 junk", 10));
  garbage->ReceiveToEnd();
  AwaitNobody();
}

TEST_F(DoorTest, PlainTextIsServedBesideTls) {
  OpenWithTls();
  const auto wire = Connect();
  wire->Send(kGet);
  EXPECT_THAT(wire->ReceiveUntil("!"), EndsWith("GET /a !"));
}

TEST_F(DoorTest, LargeAnswersAndBodiesPassThroughTls) {
  OpenWithTls();
  const std::string large(3 << 20, 'x');
  const auto wire = Connect();
  ASSERT_TRUE(wire->Handshake("\x02h2"));
  Http2Client client(*wire);
  EXPECT_EQ(client.Fetch(client.peer.Post(large)).body, "POST /p " + large + "!");
  const auto old = Connect();
  ASSERT_TRUE(old->Handshake(""));
  old->Send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3145728\r\n\r\n" + large);
  EXPECT_THAT(old->ReceiveUntil("!"), EndsWith(large + "!"));
}

TEST_F(DoorTest, TlsWhereItIsNotSpokenIsRefusedInTheClear) {
  Open();
  const auto wire = Connect();
  wire->Send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  const std::string answer = wire->ReceiveToEnd();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"reason\":\"TLS_NOT_SPOKEN\""));
  EXPECT_THAT(answer, Not(HasSubstr("keep-alive")));
}

}  // namespace
}  // namespace corridor::gateway
