// Fields of work, and the kinds of activity within them: what may be said of them.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::programmes {

const resources::Kind& ProgrammeAreas();
const resources::Kind& ActivityTypes();

}  // namespace corridor::programmes
