// The tables of the queue, as the steps that made them. A step that was released is never changed: a new one is added at the end.

/** Step `n` takes a database of version `n` to `n + 1`. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE job (
    num INTEGER PRIMARY KEY AUTOINCREMENT,        -- order of arrival, whatever the clock says
    id TEXT NOT NULL UNIQUE,
    work TEXT NOT NULL,                           -- hash of what is made and from what: key of the cache
    ask TEXT NOT NULL,                            -- hash of that and of where it goes: the same ask while living is the same job
    asked TEXT NOT NULL,                          -- JobOrder as JSON
    inputs TEXT NOT NULL,                         -- marks of the inputs as JSON
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'verifying', 'paused', 'done', 'failed', 'cancelled')),
    detail TEXT NOT NULL,                         -- JobState as JSON
    seq INTEGER NOT NULL,                         -- number of the last event that was kept
    priority INTEGER NOT NULL,
    place INTEGER NOT NULL,                       -- among equals in priority, smaller goes first
    attached TEXT,                                -- guests the job ends with as JSON; NULL: it outlives all of them
    attempts INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0,           -- since it was asked for or retried
    lease_owner TEXT,
    lease_until INTEGER,
    room TEXT,                                    -- what a full disk lacks, as JSON
    engine TEXT,                                  -- EngineFacts as JSON
    hash TEXT,                                    -- of the result
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER
  ) STRICT;
  CREATE INDEX job_state ON job (state, num);
  CREATE INDEX job_next ON job (priority DESC, place) WHERE state = 'queued';
  CREATE INDEX job_place ON job (priority, place);
  CREATE UNIQUE INDEX job_living ON job (ask) WHERE state IN ('queued', 'running', 'verifying', 'paused');

  CREATE TABLE event (
    job INTEGER NOT NULL REFERENCES job (num) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('state', 'progress')),
    detail TEXT NOT NULL,
    PRIMARY KEY (job, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE artifact (
    work TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    engine TEXT,                                  -- what made it; NULL: no engine
    outcome TEXT NOT NULL,
    notes TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (work, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX artifact_path ON artifact (path);
  CREATE INDEX artifact_at ON artifact (at);

  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
