// An answer as server-sent events (text/event-stream, WHATWG HTML 9.2): one message an event.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gateway/call.h"
#include "gateway/http/body_source.h"
#include "gateway/own_stream.h"
#include "gateway/transcoding/transcoder.h"

namespace corridor::gateway {

inline constexpr char kEventStreamType[] = "text/event-stream";

// Whether a client with these headers takes events: it says so, or says nothing about types.
bool AcceptsEvents(const HttpHeaders& headers);

// Belongs to its call's loop. Held by the call until the answer begins, then by the connection.
//
// The answer begins with the first event, so that what fails before is an HTTP error. What fails
// later is an event `error` with the same {"error": …}, the last of the stream, and recorded as the
// call's code: a client that reconnects with the last id goes on where it was. A drain looks the
// same to the client, and is recorded as OK.
class EventStream : public BodySource, public std::enable_shared_from_this<EventStream> {
 public:
  // Answers the call with an error in place of events.
  using Fail = std::function<void(Call&, const absl::Status&)>;

  // `transcoder` and `method` outlive it.
  EventStream(const Transcoder& transcoder, const Method& method, const std::shared_ptr<Call>& call,
              Fail fail);

  // Answers the call as soon as `events` has one, or has ended; until then a client that leaves
  // ends them.
  void Begin(std::unique_ptr<OwnEvents> events);
  // Answers a HEAD.
  void AnswerHead();
  // The events have something new.
  void Look();

  void Start(std::function<void()> wake) override { wake_ = std::move(wake); }
  bool Read(std::string& out, size_t enough) override;
  void Drain() override { is_draining_ = true; }

 private:
  HttpResponse Response();
  // Ends the events with `why`; false.
  bool EndWith(const absl::Status& why, std::string& out);

  const Transcoder& transcoder_;
  const Method& method_;
  const std::weak_ptr<Call> call_;
  const Fail fail_;
  std::unique_ptr<OwnEvents> events_;  // Null once over.
  std::optional<OwnEvent> first_;      // Taken to see that there is one.
  std::function<void()> wake_;         // Set once the answer has begun.
  bool has_begun_ = false;             // The first bytes were given.
  bool is_draining_ = false;
};

}  // namespace corridor::gateway
