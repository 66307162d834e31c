-- oldest binary: 1
-- Series, and their observations: one row for all periods that one release has of one series, packed
-- (packed_observations.h).
CREATE TABLE series (
  id TEXT NOT NULL PRIMARY KEY,
  indicator TEXT NOT NULL,
  area TEXT NOT NULL,
  counterpart_area TEXT NOT NULL,
  frequency TEXT NOT NULL,
  dataset TEXT NOT NULL,
  source TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE series_history (
  id TEXT NOT NULL,
  indicator TEXT NOT NULL,
  area TEXT NOT NULL,
  counterpart_area TEXT NOT NULL,
  frequency TEXT NOT NULL,
  dataset TEXT NOT NULL,
  source TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (id, from_version)
);
CREATE INDEX series_by_indicator ON series (indicator, id);
CREATE INDEX series_by_area ON series (area, id);
CREATE INDEX series_by_dataset ON series (dataset, id);
CREATE INDEX series_by_source ON series (source, id);

CREATE TABLE series_observations (
  series TEXT NOT NULL,
  release_id TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (series, release_id)
);
CREATE TABLE series_observations_history (
  series TEXT NOT NULL,
  release_id TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (series, release_id, from_version)
);
