-- oldest binary: 1
-- Requests that were answered without a commit, since nothing was to be changed: a repeated one is answered the same,
-- whatever was written since. `version` is the head that they found.
CREATE TABLE unchanged_requests (
  actor TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (actor, method, request_id)
);

-- Whether a commit erased content from all versions.
ALTER TABLE commits ADD COLUMN purge INTEGER NOT NULL DEFAULT 0;

-- What was erased by a commit: fields, or everything where none is named; and the versions that went. Lists are
-- separated by line ends.
CREATE TABLE purges (
  resource TEXT NOT NULL,
  version INTEGER NOT NULL,
  fields TEXT NOT NULL,
  erased_versions TEXT NOT NULL,
  PRIMARY KEY (resource, version)
);
