// Answers from the stamp of this build.
#include "platform/process/version.h"

#include "platform/process/version_stamp.h"

namespace corridor::process {

std::string_view Version() { return kVersionStamp; }

std::string_view Commit() { return kCommitStamp; }

}  // namespace corridor::process
