// How the messages of a stream are laid out in the body of its answer: as server-sent events
// (text/event-stream, WHATWG HTML 9.2), as a line of JSON each (application/x-ndjson), as one JSON
// array, or as the bytes that they carry (google.api.HttpBody).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/http/message.h"
#include "gateway/own_stream.h"
#include "gateway/transcoding/transcoder.h"

namespace corridor::gateway {

inline constexpr char kEventStreamType[] = "text/event-stream";
inline constexpr char kLinesType[] = "application/x-ndjson";
inline constexpr char kArrayType[] = "application/json";

// Writes the body of one answer. Belongs to one loop.
class MessageForm {
 public:
  virtual ~MessageForm() = default;

  // Headers of the answer. `first` is its first message; null when there is none, or it is not
  // known. Errors: INTERNAL, when a service sent bytes that are no such message.
  virtual absl::StatusOr<HttpHeaders> Head(const OwnEvent* first) = 0;
  // Whether a stream that fails before its first message is answered all the same, by Fail() in its
  // body.
  virtual bool HoldsFailures() const { return false; }
  virtual void Begin(std::string& /*out*/) {}
  // Errors: INTERNAL, likewise.
  virtual absl::Status Append(const OwnEvent& event, std::string& out) = 0;
  // All went well. `trailing` are the metadata that follow the messages.
  virtual void End(const Headers& /*trailing*/, std::string& /*out*/) {}
  // It failed, or ends because the gateway `is_draining`. Whether the body is whole so: a client
  // that reads to its end cannot take it for the body of a stream that went well.
  virtual bool Fail(const absl::Status& why, const Headers& trailing, bool is_draining,
                    std::string& out) = 0;
};

enum class StreamForm { kEvents, kLines, kArray };

// The form that the header Accept prefers (RFC 9110, 12.5.1: by weight, then by how particular its
// range is); of those that it does not tell apart the one that clients get which say nothing:
// events where `is_endless`, else an array. Nothing when it takes none.
std::optional<StreamForm> PreferredForm(const HttpHeaders& headers, bool is_endless);

// `transcoder` and `method` outlive what is made.
std::unique_ptr<MessageForm> MakeForm(StreamForm form, const Transcoder& transcoder,
                                      const Method& method, JsonChoices choices);
// For a method with `raw_answer`; it outlives what is made.
std::unique_ptr<MessageForm> MakeRawForm(const Method& method);

}  // namespace corridor::gateway
