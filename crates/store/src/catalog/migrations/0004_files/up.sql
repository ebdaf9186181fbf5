-- Files that a session had to do with, so that it can be run again as it was.
CREATE TABLE file (
    session BIGINT NOT NULL REFERENCES session (key),
    path TEXT NOT NULL,
    -- read, imported, written (it was not there before) or changed (it was).
    role TEXT NOT NULL,
    -- As it was when it was read or imported, or before it was changed.
    size BIGINT,
    modified BIGINT,
    digest TEXT,
    PRIMARY KEY (session, path)
);

-- What was in them, where that is small.
CREATE TABLE file_content (
    digest TEXT NOT NULL PRIMARY KEY,
    content BYTEA NOT NULL
);
