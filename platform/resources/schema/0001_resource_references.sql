-- oldest binary: 1
-- What resources name: `target` is the name of another resource, or of something else that lists are asked by
-- (`targetGroups/MINORS`); `relation` tells apart several ways of naming it.
CREATE TABLE resource_references (
  resource TEXT NOT NULL,
  relation TEXT NOT NULL,
  target TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (resource, relation, target)
);
CREATE INDEX resource_references_by_target ON resource_references (target, resource);
CREATE TABLE resource_references_history (
  resource TEXT NOT NULL,
  relation TEXT NOT NULL,
  target TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (resource, relation, target, from_version)
);
CREATE INDEX resource_references_history_by_target ON resource_references_history (target, resource);
