#include "tests/e2e/contract_client.h"

#include <cstdio>
#include <cstdlib>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "descriptor_set.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "platform/request/position.h"
#include "platform/server/grpc_status.h"

namespace corridor::e2e {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

// The contracts, and messages of them. Thread-safe.
class Contracts {
 public:
  Contracts() {
    google::protobuf::FileDescriptorSet set;
    const std::string_view bytes = descriptor_set.front().contents;
    if (!set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) Die("no descriptors");
    for (const auto& file : set.file()) {
      if (pool_.BuildFile(file) == nullptr) Die(absl::StrCat("cannot read ", file.name()));
    }
  }

  const MethodDescriptor& Find(const std::string& grpc_service, const std::string& method) const {
    const MethodDescriptor* const found =
        pool_.FindMethodByName(absl::StrCat(grpc_service, ".", method));
    if (found == nullptr) Die(absl::StrCat("no method ", method, " of ", grpc_service));
    return *found;
  }
  std::unique_ptr<Message> New(const Descriptor* type) {
    return std::unique_ptr<Message>(messages_.GetPrototype(type)->New());
  }

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory messages_;
};

// Lives as long as the process, since messages need it.
Contracts& AllContracts() {
  static auto* contracts = new Contracts;
  return *contracts;
}

// A service that is started again is noticed at once: the default is a second and more.
grpc::ChannelArguments ReconnectAtOnce() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 5);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 20);
  return arguments;
}

}  // namespace

ContractClient::ContractClient(std::string service, const std::string& address)
    : service_(std::move(service)),
      stub_(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(),
                                      ReconnectAtOnce())) {}

absl::StatusOr<ContractAnswer> ContractClient::Call(const std::string& grpc_service,
                                                    const std::string& method,
                                                    const std::string& json, absl::Time deadline) {
  const MethodDescriptor& found = AllContracts().Find(grpc_service, method);
  const auto request = AllContracts().New(found.input_type());
  const auto read = google::protobuf::util::JsonStringToMessage(json, request.get());
  if (!read.ok()) Die(absl::StrCat(method, ": ", read.ToString(), ": ", json));

  ContractAnswer answer;
  answer.message = AllContracts().New(found.output_type());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  context.set_wait_for_ready(true);
  const std::string path = absl::StrCat("/", grpc_service, "/", method);
  std::promise<grpc::Status> ended;
  stub_.UnaryCall(&context, path, {}, request.get(), answer.message.get(),
                  [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
  if (const grpc::Status status = ended.get_future().get(); !status.ok()) {
    return server::FromGrpcStatus(status);
  }

  const auto& metadata = context.GetServerInitialMetadata();
  if (const auto token = metadata.find(kVersionHeader); token != metadata.end()) {
    const auto position =
        DecodePosition({token->second.data(), token->second.size()}, kVersionHeader);
    if (!position.ok()) return position.status();
    const auto part = position->parts().find(service_);
    if (part != position->parts().end()) {
      answer.epoch = part->second.epoch();
      answer.version = part->second.version();
    }
  }
  return answer;
}

}  // namespace corridor::e2e
