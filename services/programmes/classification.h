// Editions of classifications, and the crosswalks between them: what may be said of them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "platform/resources/kind.h"
#include "platform/resources/reader.h"

namespace corridor::programmes {

const resources::Kind& Classifications();
const resources::Kind& Crosswalks();

// The classification that the class of a well-formed name, `classifications/C/classes/X`, is of:
// `classifications/C`.
std::string EditionOf(const std::string& class_name);

// Errors: INVALID_ARGUMENT naming `field`, when `class_name` is malformed, or its classification or
// the class in it does not exist; those of the reader.
absl::Status CheckClassExists(const std::string& class_name, const std::string& field,
                              resources::Reader& reader);

}  // namespace corridor::programmes
