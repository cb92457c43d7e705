CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    started_at REAL NOT NULL
);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
    text TEXT NOT NULL,
    persona TEXT NOT NULL,
    engine TEXT NOT NULL,
    tools TEXT NOT NULL,
    interrupted INTEGER NOT NULL,
    confidence REAL,
    timings TEXT NOT NULL
);

CREATE INDEX messages_by_session ON messages (session, id);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL COLLATE NOCASE,
    scope TEXT NOT NULL,
    created_at REAL NOT NULL,
    deleted_at REAL,
    UNIQUE (scope, text)
);
