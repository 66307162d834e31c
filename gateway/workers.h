// The gateway at work: one loop a core, each with its listener, its connections and its own way to
// every service.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/dialects/reflection.h"
#include "gateway/options.h"
#include "gateway/transcoding/transcoder.h"
#include "platform/telemetry/telemetry.h"

namespace corridor::gateway {

// What the gateway knows of the contracts.
struct Contract {
  // `descriptor_set` is a serialised FileDescriptorSet with imports. Errors: INVALID_ARGUMENT, as
  // Transcoder::Create(); INTERNAL.
  static absl::StatusOr<Contract> Create(std::string_view descriptor_set);

  std::unique_ptr<const Transcoder> transcoder;
  std::unique_ptr<const Reflection> reflection;
};

class Workers {
 public:
  // Listens and serves. `contract` and `telemetry` outlive it. Errors: INVALID_ARGUMENT (an
  // option), UNAVAILABLE (port in use).
  static absl::StatusOr<std::unique_ptr<Workers>> Start(const Options& options,
                                                        const Contract& contract,
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
