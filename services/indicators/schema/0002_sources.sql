-- oldest binary: 1
-- Who publishes what.
CREATE TABLE sources (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  cited_by TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE sources_history (
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  publisher TEXT NOT NULL,
  cited_by TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);

CREATE TABLE datasets (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  source TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE datasets_history (
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  source TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
