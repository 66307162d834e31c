// Notes on the context of areas, and targets: what may be said of them.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::indicators {

const resources::Kind& ContextNotes();
const resources::Kind& Targets();

}  // namespace corridor::indicators
