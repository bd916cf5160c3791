-- The store, version 1. Moments are milliseconds since 1970; ids are the 16 bytes of a UUID unless said otherwise.

-- `epoch`: names the life of the store (32 hexadecimal digits).
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
    id      INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL UNIQUE,
    created INTEGER NOT NULL
) STRICT;

-- A unit's code to join is stored as SHA-256; `shown` is its first three letters, to tell codes apart in a list.
CREATE TABLE codes (
    id       INTEGER PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE,
    shown    TEXT    NOT NULL,
    unit     INTEGER NOT NULL REFERENCES units (id),
    created  INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    used     INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND max_uses),
    closed   INTEGER
) STRICT;

-- `uuid` is the id that the person sees; `code` is the code by which they joined.
CREATE TABLE persons (
    id       INTEGER PRIMARY KEY,
    uuid     TEXT    NOT NULL UNIQUE,
    unit     INTEGER NOT NULL REFERENCES units (id),
    code     INTEGER NOT NULL REFERENCES codes (id),
    name     TEXT    NOT NULL,
    staff_no TEXT,
    created  INTEGER NOT NULL
) STRICT;

-- A bearer token as SHA-256; `last_day` counts days since 1970 in Asia/Shanghai, none until the token is first used.
CREATE TABLE tokens (
    hash     BLOB    NOT NULL PRIMARY KEY,
    person   INTEGER NOT NULL REFERENCES persons (id),
    created  INTEGER NOT NULL,
    last_day INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_by_person ON tokens (person);

-- Whoever presents a profile first has it; a claim is never changed.
CREATE TABLE profiles (
    profile BLOB    NOT NULL PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES persons (id),
    claimed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only. `seq` is the order of commit and is never used again; `raw` is the exact text that was sent.
CREATE TABLE records (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    person   INTEGER NOT NULL REFERENCES persons (id),
    id       BLOB    NOT NULL,
    profile  BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    doubtful INTEGER NOT NULL,
    received INTEGER NOT NULL,
    raw      TEXT    NOT NULL,
    UNIQUE (person, id)
) STRICT;

CREATE INDEX records_by_person ON records (person, seq);

-- Append-only and apart from the records: `number` 0 is the first verdict on a record, the highest is the one that holds.
-- `points` and `max` are hundredths of a point, none where there is no mark.
CREATE TABLE verdicts (
    record  INTEGER NOT NULL REFERENCES records (seq),
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    marker  INTEGER NOT NULL,
    outcome TEXT    NOT NULL,
    points  INTEGER,
    max     INTEGER,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;

-- Answers that wait for the pack that they were read from: a list of work, emptied as packs arrive.
CREATE TABLE pending (
    pack   TEXT    NOT NULL,
    record INTEGER NOT NULL REFERENCES records (seq),
    PRIMARY KEY (pack, record)
) STRICT, WITHOUT ROWID;

-- Every pack that was ever served, by the 32 hexadecimal digits that name it.
CREATE TABLE packs (
    hash   TEXT    NOT NULL PRIMARY KEY,
    bytes  BLOB    NOT NULL,
    served INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
