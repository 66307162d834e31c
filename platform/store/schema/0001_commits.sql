-- oldest binary: 1
-- What every store keeps beside its resources: which store it is, and its commits.

CREATE TABLE store_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  created_us INTEGER NOT NULL
);

-- One row a commit, written once. Lists are separated by line ends.
CREATE TABLE commits (
  version INTEGER PRIMARY KEY CHECK (version > 0),
  time_us INTEGER NOT NULL UNIQUE,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  resources TEXT NOT NULL,
  resources_omitted INTEGER NOT NULL,
  collections TEXT NOT NULL
);

CREATE UNIQUE INDEX commits_by_request ON commits (actor, method, request_id) WHERE request_id <> '';
