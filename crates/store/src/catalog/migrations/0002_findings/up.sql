-- What was found out about callables, for the sessions to come.
CREATE TABLE finding (
    key BIGINT NOT NULL PRIMARY KEY,
    about TEXT NOT NULL,
    -- A digest of the content, so that what is found twice is kept once.
    digest TEXT NOT NULL,
    content BYTEA NOT NULL,
    UNIQUE (about, digest)
);
