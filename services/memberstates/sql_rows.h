// The tables that schema/ declares, as the store writes them, and what queries of several share.
#pragma once

#include <string>

#include "platform/store/versioned_store.h"

namespace corridor::memberstates {

inline const store::Table kAreas = {
    "areas",
    {"code"},
    {"kind", "display_name", "alpha2_code", "numeric_code", "members_complete", "body", "names"}};
inline const store::Table kAreaTerms = {"area_terms", {"term", "area"}, {"via", "language"}};
inline const store::Table kAreaMembers = {
    "area_members",
    {"area_group", "member"},
    {"start_earliest", "start_latest", "end_earliest", "end_latest", "body"}};
inline const store::Table kOrganisations = {
    "organisations", {"id"}, {"kind", "display_name", "body"}};
inline const store::Table kMemberships = {
    "memberships", {"organisation", "party"}, {"party_kind", "display_name", "area", "body"}};
inline const store::Table kSpells = {"spells",
                                     {"organisation", "party", "position"},
                                     {"status", "party_kind", "confidence", "start_earliest",
                                      "start_latest", "end_earliest", "end_latest"}};

// `WITH RECURSIVE inside (area, certain, since, until) AS (…) `, for the beginning of a query: the
// area whose code is parameter `first_param` and all within it on one of the days of the two
// parameters that follow, once for each way that leads there: with whether it certainly is on all
// those days, and the first day on which it may be and the day before which it last may.
std::string AreasInside(int first_param);

}  // namespace corridor::memberstates
