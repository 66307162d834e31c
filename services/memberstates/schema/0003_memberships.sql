-- oldest binary: 1
-- Memberships, and their spells apart, so that a question about a day is one query. Days as in 0001_areas.sql.

-- `area` is the code of a state's area, else empty; a state's name is its area's, and empty here.
CREATE TABLE memberships (
  organisation TEXT NOT NULL,
  party TEXT NOT NULL,
  party_kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  area TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (organisation, party)
);
CREATE INDEX memberships_by_area ON memberships (area, organisation, party);
CREATE TABLE memberships_history (
  organisation TEXT NOT NULL,
  party TEXT NOT NULL,
  party_kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  area TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (organisation, party, from_version)
);

-- `position` counts a membership's spells from 0, in order of time.
CREATE TABLE spells (
  organisation TEXT NOT NULL,
  party TEXT NOT NULL,
  position INTEGER NOT NULL,
  status INTEGER NOT NULL,
  party_kind INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (organisation, party, position)
);
CREATE TABLE spells_history (
  organisation TEXT NOT NULL,
  party TEXT NOT NULL,
  position INTEGER NOT NULL,
  status INTEGER NOT NULL,
  party_kind INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (organisation, party, position, from_version)
);
