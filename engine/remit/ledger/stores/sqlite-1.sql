-- The ledger in SQLite, schema 1. What each table is for: remit/ledger/tables.py. Times are microseconds since 1970, UTC.

CREATE TABLE ledger (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE secret (value TEXT NOT NULL);  -- in memory only: a file keeps its secret beside it

CREATE TABLE record (
    seq      INTEGER PRIMARY KEY CHECK (seq > 0),
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    outcome  TEXT,
    policy   TEXT,
    employee TEXT,
    incident TEXT,            -- the case
    link     BLOB    NOT NULL CHECK (length(link) = 32),
    hashes   BLOB    NOT NULL CHECK (length(hashes) >= 32 AND length(hashes) % 32 = 0),
    body     TEXT    NOT NULL
);
CREATE INDEX record_incident ON record (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX record_employee ON record (employee, seq) WHERE employee IS NOT NULL;

CREATE TABLE policy (
    digest  TEXT    PRIMARY KEY,
    id      TEXT    NOT NULL,
    version TEXT    NOT NULL,
    seq     INTEGER NOT NULL,  -- the first record that it decided
    text    TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE private (seq INTEGER PRIMARY KEY, facts TEXT NOT NULL);

CREATE TABLE charge (
    series  BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    amount  INTEGER NOT NULL CHECK (amount > 0),
    running INTEGER NOT NULL,
    PRIMARY KEY (series, at, seq)
) WITHOUT ROWID;

CREATE TABLE refund (
    series BLOB    NOT NULL,
    node   INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    total  INTEGER NOT NULL,
    PRIMARY KEY (series, node, seq)
) WITHOUT ROWID;

CREATE TABLE request_key (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE resolution (target INTEGER NOT NULL, step INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (target, step))
    WITHOUT ROWID;

CREATE TABLE hold (expires INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (expires, seq)) WITHOUT ROWID;

CREATE TABLE task (seq INTEGER PRIMARY KEY, role TEXT);

-- Append-only by construction. REPLACE would delete without firing a delete trigger, so the next number is checked on insert.

CREATE TRIGGER record_in_order BEFORE INSERT ON record
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM record)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a record takes the next number'); END;

CREATE TRIGGER record_no_update BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a record is never changed'); END;

CREATE TRIGGER record_no_delete BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a record is never removed'); END;

CREATE TRIGGER policy_no_update BEFORE UPDATE ON policy
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: the text of a policy is never changed'); END;

CREATE TRIGGER policy_no_delete BEFORE DELETE ON policy
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: the text of a policy is never removed'); END;

CREATE TRIGGER private_no_update BEFORE UPDATE ON private
BEGIN SELECT RAISE(ABORT, 'personal facts are erased, never changed'); END;

CREATE TRIGGER charge_no_update BEFORE UPDATE ON charge
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a charge is never changed'); END;

CREATE TRIGGER charge_no_delete BEFORE DELETE ON charge
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a charge is never removed'); END;

CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a refund is never changed'); END;

CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a refund is never removed'); END;

CREATE TRIGGER request_key_no_update BEFORE UPDATE ON request_key
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a key is never changed'); END;

CREATE TRIGGER request_key_no_delete BEFORE DELETE ON request_key
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a key is never removed'); END;

CREATE TRIGGER resolution_no_update BEFORE UPDATE ON resolution
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: what is resolved stays resolved'); END;

CREATE TRIGGER resolution_no_delete BEFORE DELETE ON resolution
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: what is resolved stays resolved'); END;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: what a ledger is does not change'); END;

CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: what a ledger is does not change'); END;

CREATE TRIGGER hold_no_update BEFORE UPDATE ON hold
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a hold is resolved, never changed'); END;

CREATE TRIGGER hold_no_delete BEFORE DELETE ON hold
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a hold is resolved, never changed'); END;

CREATE TRIGGER task_no_update BEFORE UPDATE ON task
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a task is resolved, never changed'); END;

CREATE TRIGGER task_no_delete BEFORE DELETE ON task
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: a task is resolved, never changed'); END;
