// Parses the embedded file once.
#include "services/memberstates/iso_codes.h"

#include <cstdio>
#include <cstdlib>

#include "iso_areas.h"

namespace corridor::memberstates {

const v1::ListAreasResponse& IsoAreas() {
  static const v1::ListAreasResponse* areas = [] {
    auto* parsed = new v1::ListAreasResponse();
    const std::string_view bytes = iso_areas.at(0).contents;
    if (!parsed->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      std::fprintf(stderr, "BUG: the embedded list of countries cannot be read\n");
      std::abort();
    }
    return parsed;
  }();
  return *areas;
}

}  // namespace corridor::memberstates
