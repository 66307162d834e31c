-- oldest binary: 1
-- What is said of areas in words, and what was to be reached there.
CREATE TABLE context_notes (
  id TEXT NOT NULL PRIMARY KEY,
  area TEXT NOT NULL,
  topic TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE context_notes_history (
  id TEXT NOT NULL,
  area TEXT NOT NULL,
  topic TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
CREATE INDEX context_notes_by_area ON context_notes (area, id);

CREATE TABLE targets (
  id TEXT NOT NULL PRIMARY KEY,
  area TEXT NOT NULL,
  indicator TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE targets_history (
  id TEXT NOT NULL,
  area TEXT NOT NULL,
  indicator TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
CREATE INDEX targets_by_area ON targets (area, id);
