// `corridor-store`: what operators do with the store of a service that runs on this host.
//   corridor-store backup --service=127.0.0.1:41234 --out=memberstates.db
//   corridor-store purge --service=127.0.0.1:41234 --name=partners/P --fields=note --reason=…
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "corridor/changes/v1/store.grpc.pb.h"
#include "google/protobuf/util/json_util.h"
#include "platform/config/option_table.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::versions {
namespace {

namespace v1 = changes::v1;

constexpr absl::Duration kPatience = absl::Hours(1);

int Fail(const std::string& why) {
  std::fprintf(stderr, "corridor-store: %s\n", why.c_str());
  return 1;
}

std::unique_ptr<v1::Store::Stub> Connect(const std::string& service) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 << 20);
  return v1::Store::NewStub(
      grpc::CreateCustomChannel(service, grpc::InsecureChannelCredentials(), arguments));
}

// A file that appears under its name once it is whole and on the disk.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), part_(path + ".part") {
    fd_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  ~NewFile() {
    if (fd_ >= 0) close(fd_);
    if (!kept_) unlink(part_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  bool is_open() const { return fd_ >= 0; }
  bool Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }
  // Fails where there is a file by now.
  bool Keep() {
    kept_ = fsync(fd_) == 0 && link(part_.c_str(), path_.c_str()) == 0;
    if (kept_) unlink(part_.c_str());
    return kept_;
  }

 private:
  const std::string path_;
  const std::string part_;
  int fd_ = -1;
  bool kept_ = false;
};

int Backup(int argc, char** argv) {
  std::string service;
  std::string out;
  config::OptionTable table("corridor-store backup", "Copies the store of a service to a file.");
  table.Text("service", &service, "Address of the service on this host. Required.")
      .Text("out", &out, "The file to make. Required.");
  if (const std::optional<int> exit_code = table.Parse(argc, argv)) return *exit_code;
  if (service.empty() || out.empty()) return Fail("backup needs --service and --out");

  NewFile file(out);
  if (!file.is_open()) return Fail(absl::StrCat(out, ".part: ", strerror(errno)));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto stub = Connect(service);
  const auto reader = stub->Backup(&context, v1::BackupRequest());
  google::api::HttpBody chunk;
  size_t bytes = 0;
  while (reader->Read(&chunk)) {
    if (!file.Write(chunk.data())) {
      const int error = errno;
      context.TryCancel();
      return Fail(absl::StrCat(out, ": ", strerror(error)));
    }
    bytes += chunk.data().size();
  }
  const absl::Status status = server::FromGrpcStatus(reader->Finish());
  if (!status.ok()) return Fail(std::string(status.message()));
  if (!file.Keep()) return Fail(absl::StrCat(out, ": ", strerror(errno)));
  std::printf("%s: %zu bytes\n", out.c_str(), bytes);
  return 0;
}

int Purge(int argc, char** argv) {
  std::string service;
  std::string fields;
  v1::PurgeRequest request;
  config::OptionTable table("corridor-store purge",
                            "Erases content of a resource from every version. Cannot be undone.");
  table.Text("service", &service, "Address of the service on this host. Required.")
      .Text("name", request.mutable_name(), "The resource, e.g. partners/P. Required.")
      .Text("fields", &fields, "Fields to erase, with commas between. Empty: all of it.")
      .Text("reason", request.mutable_reason(), "Why; kept in the commit. Required.");
  if (const std::optional<int> exit_code = table.Parse(argc, argv)) return *exit_code;
  if (service.empty()) return Fail("purge needs --service");
  for (const auto field : absl::StrSplit(fields, ',', absl::SkipEmpty())) {
    request.add_fields(std::string(field));
  }
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  v1::PurgeResponse response;
  const auto stub = Connect(service);
  const absl::Status status = server::FromGrpcStatus(stub->Purge(&context, request, &response));
  if (!status.ok()) return Fail(std::string(status.message()));
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (!google::protobuf::util::MessageToJsonString(response, &json, options).ok()) {
    return Fail("the answer cannot be printed");
  }
  std::printf("%s\n", json.c_str());
  return 0;
}

}  // namespace
}  // namespace corridor::versions

int main(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "backup") return corridor::versions::Backup(argc - 1, argv + 1);
  if (verb == "purge") return corridor::versions::Purge(argc - 1, argv + 1);
  std::fprintf(stderr,
               "corridor-store backup | purge: what to do with the store of a service on this "
               "host; --help after either says more\n");
  return 2;
}
