// The gateway at work: one loop a core, each with its listener, its connections and its own way to
// every service.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "gateway/options.h"
#include "gateway/transcoding/transcoder.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::gateway {

class Workers {
 public:
  // Listens and serves. `transcoder` and `telemetry` outlive it. Errors: INVALID_ARGUMENT (an
  // option), UNAVAILABLE (port in use).
  static absl::StatusOr<std::unique_ptr<Workers>> Start(const Options& options,
                                                        const Transcoder& transcoder,
                                                        telemetry::Telemetry& telemetry);
  ~Workers();

  uint16_t port() const;
  // Turns /readyz to 503, stops accepting, lets what runs finish within --drain-timeout. Blocks.
  void Drain();

 private:
  struct State;
  explicit Workers(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace corridor::gateway
