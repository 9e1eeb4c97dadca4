-- The ledger in PostgreSQL, schema 1: the tables of sqlite-1.sql. What each is for: remit/ledger/tables.py.
-- Run inside the schema that holds the ledger.

CREATE TABLE ledger (name text PRIMARY KEY, value text NOT NULL);

CREATE TABLE secret (value text NOT NULL);  -- what the series of charges are named with; not part of any copy

CREATE TABLE record (
    seq      bigint PRIMARY KEY CHECK (seq > 0),
    at       bigint NOT NULL,
    kind     text   NOT NULL,
    outcome  text,
    policy   text,
    employee text,
    incident text,
    link     bytea  NOT NULL CHECK (length(link) = 32),
    hashes   bytea  NOT NULL CHECK (length(hashes) >= 32 AND length(hashes) % 32 = 0),
    body     text   NOT NULL
);
CREATE INDEX record_incident ON record (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX record_employee ON record (employee, seq) WHERE employee IS NOT NULL;

CREATE TABLE policy (
    digest  text   PRIMARY KEY,
    id      text   NOT NULL,
    version text   NOT NULL,
    seq     bigint NOT NULL,
    text    text   NOT NULL
);

CREATE TABLE private (seq bigint PRIMARY KEY, facts text NOT NULL);

CREATE TABLE charge (
    series  bytea  NOT NULL,
    at      bigint NOT NULL,
    seq     bigint NOT NULL,
    number  bigint NOT NULL,
    amount  bigint NOT NULL CHECK (amount > 0),
    running bigint NOT NULL,
    PRIMARY KEY (series, at, seq)
);

CREATE TABLE refund (
    series bytea  NOT NULL,
    node   bigint NOT NULL,
    seq    bigint NOT NULL,
    total  bigint NOT NULL,
    PRIMARY KEY (series, node, seq)
);

CREATE TABLE request_key (name text PRIMARY KEY, seq bigint NOT NULL, digest text NOT NULL);

CREATE TABLE resolution (target bigint NOT NULL, step bigint NOT NULL, seq bigint NOT NULL, PRIMARY KEY (target, step));

CREATE TABLE hold (expires bigint NOT NULL, seq bigint NOT NULL, PRIMARY KEY (expires, seq));

CREATE TABLE task (seq bigint PRIMARY KEY, role text);

-- Append-only by construction.

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: table % takes no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON private FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON request_key FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON resolution FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hold FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON task FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON secret FOR EACH STATEMENT EXECUTE FUNCTION append_only();
