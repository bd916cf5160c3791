-- The store, version 2: assessments, and the marks of whole exams.

-- The attempt that a record counts in: of `item.answered`, `exam.started` and `exam.finished`.
ALTER TABLE records ADD COLUMN attempt BLOB;

UPDATE records SET attempt = CASE
    WHEN json_valid(raw) AND json_extract(raw, '$.v') = 1 THEN unhex(replace(json_extract(raw, '$.body.attempt'), '-', ''))
END
WHERE kind IN ('item.answered', 'exam.started', 'exam.finished');

CREATE INDEX records_by_attempt ON records (person, attempt, seq) WHERE attempt IS NOT NULL;

CREATE INDEX records_handed_in ON records (person, attempt) WHERE kind = 'exam.finished';

-- Exams that were handed in and whose records have changed since they were last marked as a whole: a list of work. `place`
-- is the last record to be taken into account.
CREATE TABLE due (
    person  INTEGER NOT NULL REFERENCES persons (id),
    attempt BLOB    NOT NULL,
    place   INTEGER NOT NULL,
    PRIMARY KEY (person, attempt)
) STRICT, WITHOUT ROWID;

INSERT INTO due (person, attempt, place)
SELECT person, attempt, max(seq) FROM records WHERE attempt IS NOT NULL AND length(attempt) = 16
GROUP BY person, attempt HAVING sum(kind = 'exam.finished') > 0;

-- Every sealed bank that papers were drawn from, by its hash. Apart from `packs`, which everybody may fetch.
CREATE TABLE sealed_packs (
    hash   TEXT    NOT NULL PRIMARY KEY,
    bytes  BLOB    NOT NULL,
    stored INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The papers that were given: `form` is the sitting as the person got it, `salt` what puts the items' options into order,
-- `told` the place of the last record when its result was first told.
CREATE TABLE sittings (
    id      INTEGER PRIMARY KEY,
    attempt BLOB    NOT NULL UNIQUE,
    person  INTEGER NOT NULL REFERENCES persons (id),
    profile BLOB    NOT NULL,
    exam    TEXT    NOT NULL,
    form    TEXT    NOT NULL,
    label   TEXT    NOT NULL,
    salt    BLOB    NOT NULL,
    started INTEGER NOT NULL,
    ends    INTEGER NOT NULL,
    told    INTEGER
) STRICT;

CREATE INDEX sittings_by_person ON sittings (person, exam);

-- The answers whose marks were told: nothing may take their place any more.
CREATE TABLE told (
    attempt  BLOB    NOT NULL REFERENCES sittings (attempt),
    item     TEXT    NOT NULL,
    response TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (attempt, item)
) STRICT, WITHOUT ROWID;
