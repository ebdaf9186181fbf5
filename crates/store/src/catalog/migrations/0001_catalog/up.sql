-- This text runs as it stands on SQLite and on Postgres. Nodes and values are numerous, so their
-- keys are small numbers; UUIDs are written once, in the rows that they belong to. BYTEA is
-- Postgres' word; SQLite keeps bytes as bytes whatever the column is called.

-- Numbers that are given once: keys of rows, versions of artifacts. A row outlives what was
-- numbered, so that no number comes twice.
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

CREATE TABLE session (
    key BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    python_version TEXT NOT NULL,
    created BIGINT NOT NULL,
    working_directory TEXT NOT NULL,
    -- A JSON array of strings.
    arguments TEXT NOT NULL,
    -- How `node.data` is to be read.
    node_encoding BIGINT NOT NULL,
    finished BIGINT,
    exit_status TEXT
);

CREATE TABLE source (
    session BIGINT NOT NULL REFERENCES session (key),
    id BIGINT NOT NULL,
    location_kind TEXT NOT NULL,
    location TEXT,
    text TEXT NOT NULL,
    PRIMARY KEY (session, id)
);

CREATE TABLE execution (
    key BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session BIGINT NOT NULL REFERENCES session (key),
    created BIGINT NOT NULL
);

CREATE TABLE node (
    session BIGINT NOT NULL REFERENCES session (key),
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    data BYTEA NOT NULL,
    source BIGINT,
    span_start BIGINT,
    span_end BIGINT,
    control BIGINT,
    PRIMARY KEY (session, id)
);

-- The names of types, each once.
CREATE TABLE type_name (
    key BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE node_value (
    execution BIGINT NOT NULL REFERENCES execution (key),
    node BIGINT NOT NULL,
    -- Microseconds since the execution began.
    began BIGINT NOT NULL,
    -- Microseconds.
    took BIGINT NOT NULL,
    type_name BIGINT REFERENCES type_name (key),
    fingerprint TEXT,
    PRIMARY KEY (execution, node)
);

-- The variables of a session as they were last seen.
CREATE TABLE variable (
    session BIGINT NOT NULL REFERENCES session (key),
    name TEXT NOT NULL,
    seq BIGINT NOT NULL,
    node BIGINT,
    refused TEXT,
    type_name TEXT,
    fingerprint TEXT,
    PRIMARY KEY (session, name)
);

CREATE TABLE artifact (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    session BIGINT NOT NULL REFERENCES session (key),
    execution BIGINT NOT NULL REFERENCES execution (key),
    node BIGINT,
    created BIGINT NOT NULL,
    type_name TEXT NOT NULL,
    fingerprint TEXT,
    -- The address of the value's bytes.
    value TEXT,
    PRIMARY KEY (name, version)
);

-- How many artifacts name a value. At zero its bytes may go; the row goes after them.
CREATE TABLE value_reference (
    address TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
);

CREATE TABLE certificate (
    key BIGINT NOT NULL PRIMARY KEY,
    session BIGINT NOT NULL REFERENCES session (key),
    name TEXT NOT NULL,
    version BIGINT,
    checked BIGINT NOT NULL,
    equal BOOLEAN NOT NULL,
    reason TEXT,
    slice_digest TEXT NOT NULL
);

CREATE INDEX certificate_session ON certificate (session);

-- What was lost or is unknown of a session.
CREATE TABLE note (
    session BIGINT NOT NULL REFERENCES session (key),
    seq BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (session, seq)
);
