#include "gateway/http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>

#include "gateway/loop.h"
#include "platform/testing/status_matchers.h"

namespace corridor::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

int Connect(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

TEST(ListenerTest, HandsOverConnectionsWithTheirPeer) {
  Loop loop;
  ASSERT_OK_AND_ASSIGN(auto listener, Listener::Bind("127.0.0.1", 0, Listener::Share::kFirst));
  std::promise<std::string> peer;
  listener->Start(loop, [&](int fd, std::string from) {
    close(fd);
    peer.set_value(std::move(from));
  });
  loop.Start();
  const int client = Connect(listener->port());
  ASSERT_GE(client, 0);
  EXPECT_THAT(peer.get_future().get(), StartsWith("127.0.0.1:"));
  close(client);
  loop.Stop();
}

TEST(ListenerTest, APortInUseIsAnErrorThatNamesIt) {
  ASSERT_OK_AND_ASSIGN(auto first, Listener::Bind("127.0.0.1", 0, Listener::Share::kFirst));
  const auto second = Listener::Bind("127.0.0.1", first->port(), Listener::Share::kFirst);
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("127.0.0.1:" + std::to_string(first->port()) +
                                         ": Address already in use")));
}

TEST(ListenerTest, OtherLoopsShareThePort) {
  ASSERT_OK_AND_ASSIGN(auto first, Listener::Bind("127.0.0.1", 0, Listener::Share::kFirst));
  EXPECT_OK(Listener::Bind("127.0.0.1", first->port(), Listener::Share::kOther));
}

TEST(ListenerTest, AfterStopConnectionsAreRefused) {
  Loop loop;
  ASSERT_OK_AND_ASSIGN(auto listener, Listener::Bind("127.0.0.1", 0, Listener::Share::kFirst));
  listener->Start(loop, [](int fd, const std::string&) { close(fd); });
  loop.Start();
  loop.Sync([&] { listener->Stop(); });
  EXPECT_EQ(Connect(listener->port()), -1);
  loop.Stop();
}

TEST(ListenerTest, AHostThatIsNoAddressIsRefused) {
  EXPECT_THAT(Listener::Bind("localhost", 0, Listener::Share::kFirst),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"localhost\"")));
}

}  // namespace
}  // namespace corridor::gateway
