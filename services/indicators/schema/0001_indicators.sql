-- oldest binary: 1
-- What is measured. `body` is the serialised resource, as in the other files.
CREATE TABLE indicators (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  unit TEXT NOT NULL,
  headline INTEGER NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE indicators_history (
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  unit TEXT NOT NULL,
  headline INTEGER NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
