#include "platform/versions/store_service.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/server/grpc_status.h"
#include "platform/status/status.h"

namespace corridor::versions {
namespace {

constexpr size_t kChunkBytes = 256 << 10;
constexpr absl::Duration kLongestBackup = absl::Hours(1);
// Writers wait for it.
constexpr absl::Duration kLongestScrub = absl::Milliseconds(250);
constexpr char kContentType[] = "application/vnd.sqlite3";

absl::Status CheckCaller(const grpc::CallbackServerContext& context) {
  if (IsOnThisHost(context.peer())) return absl::OkStatus();
  return ErrorWithReason(absl::StatusCode::kPermissionDenied, "NOT_ON_THIS_HOST",
                         "operators call this on the service's own host");
}

// The answer to a Backup that is not begun.
class Refusal final : public grpc::ServerWriteReactor<google::api::HttpBody> {
 public:
  explicit Refusal(const absl::Status& status) { Finish(server::ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

bool IsOnThisHost(const std::string& peer) {
  return absl::StartsWith(peer, "unix:") || absl::StartsWith(peer, "ipv4:127.") ||
         absl::StartsWith(peer, "ipv6:[::1]") || absl::StartsWith(peer, "ipv6:%5B::1%5D");
}

// Copies on a thread of its own, then sends the copy a chunk at a time, as fast as the caller takes
// them.
class StoreService::BackupReactor final : public grpc::ServerWriteReactor<google::api::HttpBody> {
 public:
  BackupReactor(StoreService& service, absl::Time deadline)
      : service_(service), thread_([this, deadline] { Begin(deadline); }) {}

  void OnWriteDone(bool ok) override {
    if (ok) return SendNext();
    Finish(server::ToGrpcStatus(absl::CancelledError("the caller left")));
  }
  void OnCancel() override {}  // The write under way fails.
  void OnDone() override {
    if (file_ >= 0) close(file_);
    // The thread may be the one that finished the call.
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
    StoreService& service = service_;
    delete this;
    service.EndBackup();
  }

 private:
  void Begin(absl::Time deadline) {
    const absl::Status copied = Copy(deadline);
    if (!copied.ok()) return Finish(server::ToGrpcStatus(copied));
    chunk_.set_content_type(kContentType);
    SendNext();
  }

  absl::Status Copy(absl::Time deadline) {
    const std::string& path = service_.copy_path_;
    unlink(path.c_str());  // Of a process that ended within a backup.
    RETURN_IF_ERROR(service_.versions_.CopyTo(path, deadline));
    file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const int error = errno;
    unlink(path.c_str());
    if (file_ >= 0) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("the copy cannot be read: ", strerror(error)));
  }

  void SendNext() {
    std::string& bytes = *chunk_.mutable_data();
    bytes.resize(kChunkBytes);
    const ssize_t size = read(file_, bytes.data(), bytes.size());
    if (size < 0) {
      return Finish(server::ToGrpcStatus(
          absl::UnavailableError(absl::StrCat("the copy cannot be read: ", strerror(errno)))));
    }
    if (size == 0) return Finish(grpc::Status::OK);
    bytes.resize(static_cast<size_t>(size));
    StartWrite(&chunk_);
  }

  StoreService& service_;
  int file_ = -1;
  google::api::HttpBody chunk_;
  std::thread thread_;  // Last: it uses the rest.
};

StoreService::~StoreService() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return !is_backing_up_; });
}

grpc::ServerWriteReactor<google::api::HttpBody>* StoreService::Backup(
    grpc::CallbackServerContext* context, const v1::BackupRequest* /*request*/) {
  if (const absl::Status status = CheckCaller(*context); !status.ok()) return new Refusal(status);
  if (!BeginBackup()) {
    return new Refusal(ErrorWithReason(absl::StatusCode::kResourceExhausted, "BACKUP_UNDER_WAY",
                                       "another backup is under way"));
  }
  return new BackupReactor(
      *this, std::min(absl::FromChrono(context->deadline()), absl::Now() + kLongestBackup));
}

grpc::ServerUnaryReactor* StoreService::Purge(grpc::CallbackServerContext* context,
                                              const v1::PurgeRequest* request,
                                              v1::PurgeResponse* response) {
  return calls_.Write(
      kService, "Purge", context, request, response,
      [this, permitted = CheckCaller(*context)](
          const v1::PurgeRequest& asked, CallContext& call) -> absl::StatusOr<v1::PurgeResponse> {
        RETURN_IF_ERROR(permitted);
        ASSIGN_OR_RETURN(v1::PurgeResponse answer, handler_.Purge(asked, call));
        const absl::Time until = std::min(call.deadline(), absl::Now() + kLongestScrub);
        answer.set_scrubbed(versions_.Scrub(until).ok());
        return answer;
      });
}

bool StoreService::BeginBackup() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(is_backing_up_, true);
}

void StoreService::EndBackup() {
  const std::lock_guard lock(mutex_);
  is_backing_up_ = false;
  ended_.notify_all();
}

}  // namespace corridor::versions
