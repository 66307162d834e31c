// google.api.HttpBody: bytes of any type within messages, as HTTP carries them outside of any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "gateway/http/body_source.h"
#include "gateway/http/message.h"
#include "gateway/transcoding/transcoder.h"
#include "google/api/httpbody.pb.h"

namespace corridor::gateway {

// The HttpBody that `message` has in its field `part`; that it is, when `part` is 0. Errors:
// INTERNAL, when the bytes are no such message.
absl::StatusOr<google::api::HttpBody> ReadRaw(std::string_view message, int part);

// Adds an HttpBody to a serialised message, as ReadRaw() would find it.
void AppendRaw(std::string_view content_type, std::string_view data, int part,
               std::string& message);

// Headers of an answer of this type: bytes that are not known when it is empty. What a service
// sends runs as no page of ours. Errors: INTERNAL, for a type that no header can have.
absl::StatusOr<HttpHeaders> RawHeaders(std::string_view content_type);

// The body of a request as the framed messages of a gRPC call, at most 64 KB of it each. The first
// is `first` with the content type and a piece of the body, and is there even when that is empty;
// the others have a piece each. Belongs to one loop.
class FramedUpload : public BodySource {
 public:
  FramedUpload(std::string first, std::string content_type, int part,
               std::shared_ptr<BodySource> body)
      : first_(std::move(first)),
        content_type_(std::move(content_type)),
        part_(part),
        body_(std::move(body)) {}

  void Start(std::function<void()> wake) override { body_->Start(std::move(wake)); }
  bool Read(std::string& out, size_t enough) override;
  bool is_whole() const override { return body_->is_whole(); }
  void Drain() override { body_->Drain(); }

 private:
  std::string first_;
  std::string content_type_;
  const int part_;
  const std::shared_ptr<BodySource> body_;
  bool has_begun_ = false;
};

}  // namespace corridor::gateway
