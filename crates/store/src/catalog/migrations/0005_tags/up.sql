-- Words for versions of an artifact, such as `best`; each stands for one version.
CREATE TABLE tag (
    name TEXT NOT NULL,
    word TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (name, word)
);

-- The name that the program gave it, where it has another now: its code says that one.
ALTER TABLE artifact ADD COLUMN saved_as TEXT;
