// Any bytes are observations whose bytes they are, or damaged; a part of them is a part of the
// whole.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "services/indicators/packed_observations.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using corridor::indicators::UnpackObservations;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const corridor::DayRange within = {absl::CivilDay(2000), absl::CivilDay(2010)};
  const auto all = UnpackObservations(bytes);
  const auto part = UnpackObservations(bytes, within);
  if (all.status() != part.status()) std::abort();
  if (!all.ok()) {
    if (all.status().code() != absl::StatusCode::kDataLoss) std::abort();
    return 0;
  }
  if (corridor::indicators::PackObservations(*all) != bytes) std::abort();
  if (!part->empty() &&
      std::search(all->begin(), all->end(), part->begin(), part->end()) == all->end()) {
    std::abort();
  }
  return 0;
}
