-- oldest binary: 1
-- Projects. Days are text, so that they compare: `start_earliest` is 0000-00-00 and `end_latest` 9999-99-99 where nothing
-- bounds them; a project ran at most from the one to the other, both included.
CREATE TABLE projects (
  id TEXT NOT NULL PRIMARY KEY,
  display_name TEXT NOT NULL,
  reporting_organisation TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE projects_history (
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  reporting_organisation TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
