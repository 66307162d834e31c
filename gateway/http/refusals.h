// The errors that connections of either version of HTTP refuse requests with. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/http/http_error.h"

namespace corridor::gateway {

// 400.
HttpError NoHost();
HttpError RepeatedHeader(std::string_view name);
// 408.
HttpError HeadTimeout();
HttpError BodyTimeout();
// 413, naming the limit.
HttpError BodyTooLarge(size_t limit_bytes);
// 431, naming the limit.
HttpError HeadTooLarge(size_t limit_bytes);
HttpError TooManyHeaders(size_t limit);
// 503, naming the limit of the whole gateway.
HttpError OutOfMemory(int64_t limit_bytes);
HttpError TooManyConnections(int64_t limit);

}  // namespace corridor::gateway
