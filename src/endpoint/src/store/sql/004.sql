-- The store, version 4: the organizer's desk.

-- A one-time link to the desk, as SHA-256 of its key.
CREATE TABLE desk_keys (
    hash    BLOB    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER
) STRICT, WITHOUT ROWID;

-- Who is signed in at the desk, as SHA-256 of the cookie.
CREATE TABLE desk_sessions (
    hash    BLOB    NOT NULL PRIMARY KEY,
    name    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only: what organizers did. `detail` has numbers, ids and filters, never a name, a code or a key.
CREATE TABLE desk_audit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    organizer TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    rows      INTEGER
) STRICT;

-- When an organizer confirmed that a person is who they say; and into whom a double was merged, whose tombstone this is.
ALTER TABLE persons ADD COLUMN confirmed INTEGER;

ALTER TABLE persons ADD COLUMN merged INTEGER REFERENCES persons (id);

CREATE INDEX persons_by_unit ON persons (unit);
