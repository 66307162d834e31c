-- oldest binary: 1
-- Areas, what finds them, and who belongs to which. Days are text, so that they compare: a bound that is not known is
-- 0000-00-00 or 9999-99-99. Kinds are the numbers of the contract. `body` is the serialised resource.

-- `names` comes last: lists do not read it, and SQLite then leaves its pages alone.
CREATE TABLE areas (
  code TEXT NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  alpha2_code TEXT NOT NULL,
  numeric_code TEXT NOT NULL,
  members_complete INTEGER NOT NULL,
  from_version INTEGER NOT NULL,
  body BLOB NOT NULL,
  names BLOB NOT NULL
);
CREATE TABLE areas_history (
  code TEXT NOT NULL,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  alpha2_code TEXT NOT NULL,
  numeric_code TEXT NOT NULL,
  members_complete INTEGER NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  body BLOB NOT NULL,
  names BLOB NOT NULL,
  PRIMARY KEY (code, from_version)
);

-- What a folded text means. `via` is the number of ResolveAreasResponse.Match.Via, best first.
CREATE TABLE area_terms (
  term TEXT NOT NULL,
  area TEXT NOT NULL,
  via INTEGER NOT NULL,
  language TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (term, area)
);
CREATE TABLE area_terms_history (
  term TEXT NOT NULL,
  area TEXT NOT NULL,
  via INTEGER NOT NULL,
  language TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (term, area, from_version)
);

CREATE TABLE area_members (
  area_group TEXT NOT NULL,
  member TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (area_group, member)
);
CREATE INDEX area_members_by_member ON area_members (member, area_group);
CREATE TABLE area_members_history (
  area_group TEXT NOT NULL,
  member TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  body BLOB NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (area_group, member, from_version)
);
CREATE INDEX area_members_history_by_member ON area_members_history (member, area_group);
