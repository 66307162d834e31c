// Accept, and a class a form.
#include "gateway/dialects/message_form.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/dialects/raw_body.h"
#include "gateway/dialects/rpc.h"
#include "gateway/http/http_error.h"

namespace corridor::gateway {
namespace {

// How long a client of events waits before it reconnects.
constexpr char kRetry[] = "retry: 1000\n\n";

// How well a media type is liked, the better the greater.
struct Liking {
  double weight = 0;
  int particularity = -1;  // Of the range that has it: `*/*`, `text/*`, `text/html`; -1: none has.

  bool operator<(const Liking& other) const {
    return std::pair(weight, particularity) < std::pair(other.weight, other.particularity);
  }
};

// What one range says of `type`.
Liking LikingBy(absl::string_view range, absl::string_view type) {
  const std::vector<absl::string_view> parts = absl::StrSplit(range, ';');
  const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
  const std::string main = absl::StrCat(type.substr(0, type.find('/')), "/*");
  Liking liking{1, name == type ? 2 : name == main ? 1 : name == "*/*" ? 0 : -1};
  for (size_t i = 1; i < parts.size(); ++i) {
    absl::string_view weight = absl::StripAsciiWhitespace(parts[i]);
    double value = 1;
    if ((absl::ConsumePrefix(&weight, "q=") || absl::ConsumePrefix(&weight, "Q=")) &&
        absl::SimpleAtod(weight, &value)) {
      liking.weight = value;
    }
  }
  return liking;
}

// The most particular range decides.
Liking LikingOf(const HttpHeaders& headers, absl::string_view type) {
  Liking decided;
  bool says_nothing = true;
  for (const auto& [name, value] : headers) {
    if (name != "accept") continue;
    says_nothing = false;
    for (const absl::string_view range : absl::StrSplit(value, ',')) {
      const Liking liking = LikingBy(range, type);
      if (liking.particularity > decided.particularity) decided = liking;
    }
  }
  return says_nothing ? Liking{1, 0} : decided;
}

const char* TypeOf(StreamForm form) {
  switch (form) {
    case StreamForm::kEvents:
      return kEventStreamType;
    case StreamForm::kLines:
      return kLinesType;
    case StreamForm::kArray:
      return kArrayType;
  }
  return kArrayType;
}

// What the forms of JSON have in common.
class JsonForm : public MessageForm {
 public:
  JsonForm(StreamForm form, const Transcoder& transcoder, const Method& method, JsonChoices choices)
      : form_(form), transcoder_(transcoder), method_(method), choices_(std::move(choices)) {}

  absl::StatusOr<HttpHeaders> Head(const OwnEvent*) override {
    return HeadersOfAnswer(TypeOf(form_));
  }

 protected:
  absl::StatusOr<std::string> Json(const OwnEvent& event) const {
    absl::StatusOr<std::string> json = transcoder_.ToJson(method_, event.message, choices_);
    if (!json.ok()) return UpstreamFailure(ServiceOf(method_.package), json.status());
    return json;
  }
  std::string ErrorJson(const absl::Status& why) const { return transcoder_.ErrorJson(why); }

 private:
  const StreamForm form_;
  const Transcoder& transcoder_;
  const Method& method_;
  const JsonChoices choices_;
};

class EventsForm : public JsonForm {
 public:
  using JsonForm::JsonForm;

  void Begin(std::string& out) override { out += kRetry; }
  absl::Status Append(const OwnEvent& event, std::string& out) override {
    const absl::StatusOr<std::string> json = Json(event);
    if (!json.ok()) return json.status();
    if (!event.id.empty()) absl::StrAppend(&out, "id: ", event.id, "\n");
    if (!event.name.empty()) absl::StrAppend(&out, "event: ", event.name, "\n");
    absl::StrAppend(&out, "data: ", *json, "\n\n");
    return absl::OkStatus();
  }
  // A client reconnects after any end; to one that is drained nothing went wrong.
  bool Fail(const absl::Status& why, const Headers&, bool is_draining, std::string& out) override {
    absl::StrAppend(&out, "event: error\ndata: ", ErrorJson(why), "\n\n");
    return is_draining;
  }
};

class LinesForm : public JsonForm {
 public:
  using JsonForm::JsonForm;

  absl::Status Append(const OwnEvent& event, std::string& out) override {
    const absl::StatusOr<std::string> json = Json(event);
    if (!json.ok()) return json.status();
    absl::StrAppend(&out, *json, "\n");
    return absl::OkStatus();
  }
  bool Fail(const absl::Status& why, const Headers&, bool, std::string& out) override {
    absl::StrAppend(&out, ErrorJson(why), "\n");
    return false;
  }
};

class ArrayForm : public JsonForm {
 public:
  using JsonForm::JsonForm;

  void Begin(std::string& out) override { out += '['; }
  absl::Status Append(const OwnEvent& event, std::string& out) override {
    const absl::StatusOr<std::string> json = Json(event);
    if (!json.ok()) return json.status();
    absl::StrAppend(&out, std::exchange(separator_, ",\n"), *json);
    return absl::OkStatus();
  }
  void End(const Headers&, std::string& out) override { out += "]\n"; }
  // An array that is never closed does not parse.
  bool Fail(const absl::Status& why, const Headers&, bool, std::string& out) override {
    absl::StrAppend(&out, separator_, ErrorJson(why));
    return false;
  }

 private:
  const char* separator_ = "";
};

class RawForm : public MessageForm {
 public:
  explicit RawForm(const Method& method) : method_(method) {}

  absl::StatusOr<HttpHeaders> Head(const OwnEvent* first) override {
    if (first == nullptr) return RawHeaders("");
    const absl::StatusOr<google::api::HttpBody> body = Raw(*first);
    if (!body.ok()) return body.status();
    absl::StatusOr<HttpHeaders> headers = RawHeaders(body->content_type());
    if (!headers.ok()) return UpstreamFailure(ServiceOf(method_.package), headers.status());
    return headers;
  }
  absl::Status Append(const OwnEvent& event, std::string& out) override {
    const absl::StatusOr<google::api::HttpBody> body = Raw(event);
    if (!body.ok()) return body.status();
    out += body->data();
    return absl::OkStatus();
  }
  // There is no room for words in bytes that may mean anything.
  bool Fail(const absl::Status&, const Headers&, bool, std::string&) override { return false; }

 private:
  absl::StatusOr<google::api::HttpBody> Raw(const OwnEvent& event) const {
    absl::StatusOr<google::api::HttpBody> body =
        ReadRaw(event.message, method_.raw_answer.value_or(0));
    if (!body.ok()) return UpstreamFailure(ServiceOf(method_.package), body.status());
    return body;
  }

  const Method& method_;
};

}  // namespace

std::optional<StreamForm> PreferredForm(const HttpHeaders& headers, bool is_endless) {
  using enum StreamForm;
  const std::array<StreamForm, 3> order =
      is_endless ? std::array{kEvents, kLines, kArray} : std::array{kArray, kLines, kEvents};
  const auto* best =
      std::max_element(order.begin(), order.end(), [&headers](StreamForm a, StreamForm b) {
        return LikingOf(headers, TypeOf(a)) < LikingOf(headers, TypeOf(b));
      });
  return LikingOf(headers, TypeOf(*best)).weight > 0 ? std::optional(*best) : std::nullopt;
}

std::unique_ptr<MessageForm> MakeForm(StreamForm form, const Transcoder& transcoder,
                                      const Method& method, JsonChoices choices) {
  switch (form) {
    case StreamForm::kEvents:
      return std::make_unique<EventsForm>(form, transcoder, method, std::move(choices));
    case StreamForm::kLines:
      return std::make_unique<LinesForm>(form, transcoder, method, std::move(choices));
    case StreamForm::kArray:
      break;
  }
  return std::make_unique<ArrayForm>(StreamForm::kArray, transcoder, method, std::move(choices));
}

std::unique_ptr<MessageForm> MakeRawForm(const Method& method) {
  return std::make_unique<RawForm>(method);
}

}  // namespace corridor::gateway
