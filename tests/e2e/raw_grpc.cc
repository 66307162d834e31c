#include "tests/e2e/raw_grpc.h"

#include <grpcpp/generic/generic_stub.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace corridor::e2e {
namespace {

grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

std::string CallRaw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& request) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  grpc::CompletionQueue queue;
  grpc::ByteBuffer response;
  grpc::Status status;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(&context, method, &queue);
  const auto step = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(nullptr);
  if (!step()) ADD_FAILURE() << "cannot call " << method;
  call->Write(Bytes(request), nullptr);
  if (!step()) ADD_FAILURE() << "cannot write to " << method;
  call->WritesDone(nullptr);
  step();
  call->Read(&response, nullptr);
  if (!step()) ADD_FAILURE() << "no answer from " << method;
  call->Finish(&status, nullptr);
  step();
  EXPECT_TRUE(status.ok()) << method << ": " << status.error_message();
  return TextOf(response);
}

}  // namespace corridor::e2e
