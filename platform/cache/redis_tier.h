// Answers kept in one Redis or several, each key in one of them.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "platform/cache/cache_metrics.h"
#include "platform/cache/cache_options.h"
#include "platform/cache/shared_tier.h"

namespace corridor::cache {

// As `options` say. A Redis that cannot be reached is tried again for ever, and what belongs to it
// is not kept meanwhile. `metrics` must outlive the tier. Errors: INVALID_ARGUMENT naming the
// option.
absl::StatusOr<std::unique_ptr<SharedTier>> OpenRedis(const CacheOptions& options,
                                                      CacheMetrics& metrics);

}  // namespace corridor::cache
