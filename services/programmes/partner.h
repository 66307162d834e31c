// Offices and the organisations that take part in projects: what may be said of them.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::programmes {

const resources::Kind& Offices();
const resources::Kind& Partners();

}  // namespace corridor::programmes
