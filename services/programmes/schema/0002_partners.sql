-- oldest binary: 1
-- Who takes part.
CREATE TABLE offices (
  id TEXT NOT NULL PRIMARY KEY,
  organisation TEXT NOT NULL,
  area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE offices_history (
  id TEXT NOT NULL,
  organisation TEXT NOT NULL,
  area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);

CREATE TABLE partners (
  id TEXT NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE partners_history (
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
