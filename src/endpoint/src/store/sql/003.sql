-- The store, version 3: linking further devices, and erasure.

-- A one-time code by which a further device of a person is linked, as SHA-256. `profile` and `token` are those of the device
-- that used it, so that an answer which was lost can be given again.
CREATE TABLE links (
    hash    BLOB    NOT NULL PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES persons (id),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER,
    profile BLOB,
    token   BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX links_by_person ON links (person);

-- When everything that the store had on a person was deleted. What stays is a tombstone: the row without its name, its
-- profiles and the hashes of its tokens, so that devices which send again are told and nothing comes back.
ALTER TABLE persons ADD COLUMN erased INTEGER;

CREATE INDEX persons_erased ON persons (id) WHERE erased IS NOT NULL;
