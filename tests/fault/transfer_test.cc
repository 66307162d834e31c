// Files larger than memory, up and down through the gateway over both versions of HTTP: every byte
// arrives, and what the gateway, the client and the service hold together stays small.
// CORRIDOR_MEGABYTES is how large they are (256 without it; ./dev soak has 10 GB).
#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "archive_descriptor_set.h"
#include "gateway/options.h"
#include "gateway/workers.h"
#include "google/api/httpbody.pb.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "gtest/gtest.h"
#include "platform/telemetry/telemetry.h"
#include "platform/testing/status_matchers.h"
#include "tests/fault/number_of.h"
#include "tests/fault/resident_memory.h"

namespace corridor::e2e {
namespace {

constexpr int64_t kPieceBytes = 64 << 10;
constexpr int64_t kMostHeldBytes = 48 << 20;
constexpr long kMostSecondsWithoutProgress = 30;

int64_t FileBytes() { return int64_t{NumberOf("CORRIDOR_MEGABYTES", 256)} << 20; }

// A file in which a byte that is lost, doubled or moved shows.
class File {
 public:
  // Its bytes from `offset` on, `most` at most.
  static std::string_view From(int64_t offset, int64_t most) {
    const int64_t left = std::min(FileBytes() - offset, most);
    return Pattern().substr(static_cast<size_t>(offset % kPeriod),
                            static_cast<size_t>(std::min(left, kPieceBytes)));
  }
  // Whether `bytes` are those from `offset` on.
  static bool IsSo(int64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view expected = From(offset, static_cast<int64_t>(bytes.size()));
      if (expected.empty() || bytes.substr(0, expected.size()) != expected) return false;
      bytes.remove_prefix(expected.size());
      offset += static_cast<int64_t>(expected.size());
    }
    return true;
  }

 private:
  static constexpr int64_t kPeriod = 65'521;  // A prime, so that no piece begins like another.
  static std::string_view Pattern() {
    static const std::string* const bytes = [] {
      auto* const made = new std::string;
      uint32_t x = 1;
      while (made->size() < kPeriod) *made += static_cast<char>((x = x * 1'664'525 + 1) >> 24);
      return &(*made += made->substr(0, kPieceBytes));
    }();
    return *bytes;
  }
};

template <typename Message>
grpc::ByteBuffer BufferOf(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

google::api::HttpBody Piece(std::string_view bytes) {
  google::api::HttpBody body;
  body.set_content_type("application/octet-stream");
  body.set_data(bytes.data(), bytes.size());
  return body;
}

// Keeps nothing: it holds what comes against the file, and gives the file.
class Archive : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Transfer(context->method() == "/corridor.archive.v1.Archive/UploadFile");
  }

 private:
  class Transfer : public grpc::ServerGenericBidiReactor {
   public:
    explicit Transfer(bool is_upload) : is_upload_(is_upload) { StartRead(&in_); }

    void OnReadDone(bool ok) override {
      if (!is_upload_) return ok ? Send() : Finish(grpc::Status::CANCELLED);
      if (!ok) {
        out_ = BufferOf(Piece(absl::StrCat(offset_)));
        return StartWriteAndFinish(&out_, {}, grpc::Status::OK);
      }
      google::api::HttpBody piece;
      grpc::ProtoBufferReader reader(&in_);
      if (!piece.ParseFromZeroCopyStream(&reader) || !File::IsSo(offset_, piece.data())) {
        return Finish({grpc::StatusCode::DATA_LOSS, absl::StrCat("wrong from ", offset_)});
      }
      offset_ += static_cast<int64_t>(piece.data().size());
      StartRead(&in_);
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      Send();
    }
    void OnDone() override { delete this; }

   private:
    void Send() {
      const std::string_view bytes = File::From(offset_, kPieceBytes);
      if (bytes.empty()) return Finish(grpc::Status::OK);
      offset_ += static_cast<int64_t>(bytes.size());
      out_ = BufferOf(Piece(bytes));
      StartWrite(&out_);
    }

    const bool is_upload_;
    grpc::ByteBuffer in_;
    grpc::ByteBuffer out_;
    int64_t offset_ = 0;
  };
};

// One transfer by libcurl.
class CurlTransfer {
 public:
  CurlTransfer(const std::string& url, long http_version) : curl_(curl_easy_init()) {
    Set(CURLOPT_URL, url.c_str());
    Set(CURLOPT_HTTP_VERSION, http_version);
    Set(CURLOPT_PROXY, "");
    Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(CURLOPT_LOW_SPEED_TIME, kMostSecondsWithoutProgress);
    Set(CURLOPT_WRITEDATA, this);
  }
  ~CurlTransfer() { curl_easy_cleanup(curl_); }

  // How many bytes came, every one of them the file's.
  int64_t Download() {
    Set(
        CURLOPT_WRITEFUNCTION, +[](char* bytes, size_t, size_t size, void* self) {
          auto& transfer = *static_cast<CurlTransfer*>(self);
          if (!File::IsSo(transfer.offset_, {bytes, size})) return size_t{0};
          transfer.offset_ += static_cast<int64_t>(size);
          return size;
        });
    Perform();
    return offset_;
  }
  // What was answered to the file.
  std::string Upload() {
    Set(CURLOPT_POST, 1L);
    Set(CURLOPT_READDATA, this);
    Set(
        CURLOPT_READFUNCTION, +[](char* into, size_t, size_t size, void* self) {
          auto& transfer = *static_cast<CurlTransfer*>(self);
          const std::string_view bytes = File::From(transfer.offset_, static_cast<int64_t>(size));
          std::memcpy(into, bytes.data(), bytes.size());
          transfer.offset_ += static_cast<int64_t>(bytes.size());
          return bytes.size();
        });
    Set(
        CURLOPT_WRITEFUNCTION, +[](char* bytes, size_t, size_t size, void* self) {
          static_cast<CurlTransfer*>(self)->answer_.append(bytes, size);
          return size;
        });
    curl_slist* const headers =
        curl_slist_append(curl_slist_append(nullptr, "Content-Type: application/octet-stream"),
                          "Transfer-Encoding: chunked");
    Set(CURLOPT_HTTPHEADER, headers);
    Perform();
    curl_slist_free_all(headers);
    return answer_;
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    ASSERT_EQ(curl_easy_setopt(curl_, option, value), CURLE_OK);
  }
  void Perform() {
    const CURLcode code = curl_easy_perform(curl_);
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    EXPECT_EQ(code, CURLE_OK) << curl_easy_strerror(code) << " at byte " << offset_;
    EXPECT_EQ(status, 200) << answer_;
  }

  CURL* const curl_;
  int64_t offset_ = 0;
  std::string answer_;
};

class TransferTest : public ::testing::TestWithParam<long> {
 protected:
  TransferTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterCallbackGenericService(&archive_);
    service_ = builder.BuildAndStart();
    gateway::Options options;
    options.listen = "127.0.0.1:0";
    options.services = {{"archive", absl::StrCat("127.0.0.1:", port)}};
    options.request_timeout = absl::Hours(1);
    auto contract = gateway::Contract::Create(archive_descriptor_set.front().contents);
    EXPECT_OK(contract);
    contract_ = *std::move(contract);
    auto workers = gateway::Workers::Start(options, contract_, telemetry_);
    EXPECT_OK(workers);
    workers_ = *std::move(workers);
  }
  ~TransferTest() override {
    workers_.reset();
    service_->Shutdown();
  }

  std::string UrlOf(std::string_view target) const {
    return absl::StrCat("http://127.0.0.1:", workers_->port(), std::string(target));
  }

  Archive archive_;
  std::unique_ptr<grpc::Server> service_;
  telemetry::Telemetry telemetry_{"gateway"};
  gateway::Contract contract_;
  std::unique_ptr<gateway::Workers> workers_;
};

TEST_P(TransferTest, AFileGoesUpInConstantMemory) {
  const ResidentMemory memory(getpid());
  EXPECT_EQ(CurlTransfer(UrlOf("/v1/file:upload"), GetParam()).Upload(), absl::StrCat(FileBytes()));
  EXPECT_LT(memory.growth(), kMostHeldBytes);
  RecordProperty("growth_bytes", absl::StrCat(memory.growth()));
}

TEST_P(TransferTest, AFileComesDownInConstantMemory) {
  const ResidentMemory memory(getpid());
  EXPECT_EQ(CurlTransfer(UrlOf("/v1/file:download"), GetParam()).Download(), FileBytes());
  EXPECT_LT(memory.growth(), kMostHeldBytes);
  RecordProperty("growth_bytes", absl::StrCat(memory.growth()));
}

INSTANTIATE_TEST_SUITE_P(OfHttp, TransferTest,
                         ::testing::Values(CURL_HTTP_VERSION_1_1,
                                           CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
                         [](const auto& version) {
                           return version.param == CURL_HTTP_VERSION_1_1 ? "HTTP1" : "HTTP2";
                         });

}  // namespace
}  // namespace corridor::e2e
