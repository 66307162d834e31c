// A contract as one OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0.html).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/docs/example.h"

namespace corridor::gateway {

// `descriptor_set` is a serialised FileDescriptorSet with imports and source info: comments become
// descriptions. The same arguments give the same bytes. Errors: INVALID_ARGUMENT, when it is no
// such set, a binding is malformed, or an example is of no operation.
absl::StatusOr<std::string> OpenApiDocument(std::string_view descriptor_set,
                                            std::string_view version,
                                            const std::vector<Example>& examples);

}  // namespace corridor::gateway
