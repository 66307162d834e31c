-- oldest binary: 1
-- What a service keeps of memberstates' areas: codes, names, and who belongs to which. Days are text, so that they
-- compare: a bound that is not known is 0000-00-00 or 9999-99-99. Kinds are the numbers of the contract.

CREATE TABLE area_copy (
  code TEXT NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE area_copy_history (
  code TEXT NOT NULL,
  kind INTEGER NOT NULL,
  display_name TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (code, from_version)
);

CREATE TABLE area_copy_members (
  area_group TEXT NOT NULL,
  member TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  PRIMARY KEY (area_group, member)
);
CREATE INDEX area_copy_members_by_member ON area_copy_members (member, area_group);
CREATE TABLE area_copy_members_history (
  area_group TEXT NOT NULL,
  member TEXT NOT NULL,
  start_earliest TEXT NOT NULL,
  start_latest TEXT NOT NULL,
  end_earliest TEXT NOT NULL,
  end_latest TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (area_group, member, from_version)
);
CREATE INDEX area_copy_members_history_by_member ON area_copy_members_history (member, area_group);

-- Which commit of memberstates the copy was made from: one row, none before the first copy.
CREATE TABLE area_copy_cursor (
  service TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  version INTEGER NOT NULL,
  from_version INTEGER NOT NULL
);
CREATE TABLE area_copy_cursor_history (
  service TEXT NOT NULL,
  epoch TEXT NOT NULL,
  version INTEGER NOT NULL,
  from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL,
  PRIMARY KEY (service, from_version)
);
