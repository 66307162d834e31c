// Projects: what may be said of them, and whether one ran on a day.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "corridor/programmes/v1/project.pb.h"
#include "platform/dates/partial_date.h"
#include "platform/resources/kind.h"

namespace corridor::programmes {

const resources::Kind& Projects();

// Whether a project with these dates ran on some day of those asked, which have both ends, by its
// actual dates, else by its planned ones: certainly, when it did whatever the actual ones mean.
// Where no start is stated it is at best possible; where no end is, it is certain for the day of
// the start only.
Holds RanOn(const v1::Project::Dates& dates, const DayRange& asked);

// What a project refers to by naming a group of people: `targetGroups/MINORS`, which is no
// resource.
std::string TargetGroupName(const std::string& group);

// Errors: INVALID_ARGUMENT naming `field`, when `name` is not that of an office or a partner.
absl::Status CheckParticipantName(const std::string& name, const std::string& field);

// How references to those who took part are marked: in this role (ROLE_UNSPECIFIED: the source does
// not say in which), or in any.
std::string RelationOf(v1::Project::Participant::Role role);
std::vector<std::string> RelationsOfAllRoles();

}  // namespace corridor::programmes
