// Sources and their datasets: what may be said of them.
#pragma once

#include "platform/resources/kind.h"

namespace corridor::indicators {

const resources::Kind& Sources();
const resources::Kind& Datasets();

// What a dataset is known to name of each of its releases: `releases/{id}`. It is the same of
// releases of different datasets that have one id.
std::string ReleaseName(const std::string& release_id);

}  // namespace corridor::indicators
