-- oldest binary: 1
-- What programmes are about. `body` is the serialised resource, as in the other files.
CREATE TABLE programme_areas (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE programme_areas_history (
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);

CREATE TABLE activity_types (
  id TEXT NOT NULL PRIMARY KEY,
  programme_area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE activity_types_history (
  id TEXT NOT NULL,
  programme_area TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);

CREATE TABLE classifications (
  id TEXT NOT NULL PRIMARY KEY,
  programme_area TEXT NOT NULL,
  maintainer TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE classifications_history (
  id TEXT NOT NULL,
  programme_area TEXT NOT NULL,
  maintainer TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);

CREATE TABLE crosswalks (
  id TEXT NOT NULL PRIMARY KEY,
  from_edition TEXT NOT NULL,
  to_edition TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE crosswalks_history (
  id TEXT NOT NULL,
  from_edition TEXT NOT NULL,
  to_edition TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
