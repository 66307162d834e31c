-- oldest binary: 1
-- Organisations. `body` is the serialised resource.

CREATE TABLE organisations (
  id TEXT NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE organisations_history (
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
