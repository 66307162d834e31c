// Any template, and any request line against the contract's routes.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "gateway/transcoding/path_template.h"
#include "gateway/transcoding/testdata/contract_pool.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/stubs/logging.h"

namespace {

using corridor::gateway::Transcoder;

void Route(const Transcoder& transcoder, std::string_view verb, std::string_view path) {
  Transcoder::Match match = transcoder.Route(verb, path);
  if (match.method == nullptr) {
    if (!match.allowed_verbs.empty() && !match.nearest_routes.empty()) std::abort();
    return;
  }
  absl::StatusOr<std::string> rpc = transcoder.ToRpc(match, "", "");
  if (rpc.ok() != match.malformed.ok() &&
      rpc.status().code() != absl::StatusCode::kInvalidArgument) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<Transcoder> contract =
      *Transcoder::Create(corridor::gateway::CorridorContract());
  static const std::unique_ptr<Transcoder> library =
      *Transcoder::Create(corridor::gateway::LibraryContract());
  google::protobuf::SetLogHandler(nullptr);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t space = input.find(' ');
  if (space == std::string_view::npos) {
    corridor::gateway::PathTemplate::Parse(input).IgnoreError();
    return 0;
  }
  Route(*contract, input.substr(0, space), input.substr(space + 1));
  Route(*library, input.substr(0, space), input.substr(space + 1));
  return 0;
}
