// A pool, and the grpc++ server that it reaches.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gateway/loop.h"
#include "gateway/upstream/pool.h"
#include "gtest/gtest.h"

namespace corridor::gateway {

class PoolFixture : public ::testing::Test {
 protected:
  void TearDown() override {
    loop_.Stop();
    pool_.reset();
    StopServer();
  }

  // Adds the services of the test to a server.
  virtual void Register(grpc::ServerBuilder& builder) = 0;

  // On the port of the server before, when there was one.
  void StartServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_),
                             grpc::InsecureServerCredentials(), &port_);
    Register(builder);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void StopServer() {
    if (server_) server_->Shutdown(absl::ToChronoTime(absl::Now()));
    server_.reset();
  }
  // By `options_`, for the server's port.
  void StartPool() {
    options_.service = "memberstates";
    options_.targets = {{"127.0.0.1", static_cast<uint16_t>(port_)}};
    pool_ = std::make_unique<Pool>(loop_, options_);
    loop_.Start();
  }
  void StartBoth() {
    StartServer();
    StartPool();
  }

  PoolOptions options_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  Loop loop_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace corridor::gateway
