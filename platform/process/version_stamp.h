// What write_version_stamp.cmake writes at build time; for version.cc.
#pragma once

namespace corridor::process {

extern const char kVersionStamp[];
extern const char kCommitStamp[];

}  // namespace corridor::process
