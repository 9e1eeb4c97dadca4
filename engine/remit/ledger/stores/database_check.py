"""Whether a database still is what the scripts made: a trigger that is gone lets records be changed, an index that leaves
something out hides records from whoever looks for them, a rule or a row policy shows others than there are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Final

from remit.ledger.stores import migrations
from remit.ledger.stores.schema_tables import TABLES
from remit.ledger.stores.store import Session

__all__ = ["postgres_faults", "sqlite_faults"]

_MASTER: Final = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

#: What a trigger of PostgreSQL is for, as bits of ``pg_trigger.tgtype``; 2 is BEFORE.
_HERE: Final = "quote_ident(current_schema())::regnamespace"
_EVENTS: Final = {"DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def sqlite_faults(session: Session, *, whole: bool) -> Iterator[str]:
    """What is wrong with an SQLite database, in words. ``whole``: every index is compared with its table, too."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        for version in range(1, migrations.NEWEST + 1):
            fresh.executescript(migrations.script("sqlite", version))
        expected = {(kind, name): sql for kind, name, sql in fresh.execute(_MASTER)}
    found = {(kind, name): sql for kind, name, sql in session.rows(_MASTER)}
    yield from _differences(expected, found)
    if whole:
        for (text,) in session.rows("PRAGMA integrity_check(5)"):
            if text != "ok":
                yield f"the database is damaged: {text}"


def postgres_faults(session: Session) -> Iterator[str]:
    """What is wrong with a PostgreSQL schema, in words. What is in its indexes is for the server's own ``pg_amcheck``."""
    scripts = "\n".join(migrations.script("postgres", version) for version in range(1, migrations.NEWEST + 1))
    yield from _differences(_expected_triggers(scripts), _found_triggers(session))
    yield from _differences(_expected_indexes(scripts), _found_indexes(session))
    source = session.rows(f"SELECT prosrc FROM pg_proc WHERE proname = 'append_only' AND pronamespace = {_HERE}")
    if [text for (text,) in source] != re.findall(r"\$\$(.*?)\$\$", scripts, re.DOTALL):
        yield "the function `append_only` is not as remit made it"
    tables = session.rows(
        "SELECT c.relname, c.relkind::text, c.relrowsecurity, EXISTS (SELECT 1 FROM pg_rewrite AS w WHERE w.ev_class = c.oid), "
        "EXISTS (SELECT 1 FROM pg_inherits AS i WHERE i.inhparent = c.oid) "
        f"FROM pg_class AS c WHERE c.relnamespace = {_HERE}"
    )
    for name, kind, *changed in tables:
        if name in TABLES and (kind != "r" or any(changed)):
            yield f"the table `{name}` is a view, or has a rule, a row policy or parts, which remit did not make"


def _differences(expected: dict[tuple[str, str], str], found: dict[tuple[str, str], str]) -> Iterator[str]:
    for kind, name in sorted(expected.keys() | found.keys()):
        if (kind, name) not in found:
            yield f"the {kind} `{name}` is missing"
        elif (kind, name) not in expected:
            yield f"remit did not make the {kind} `{name}`"
        elif found[kind, name] != expected[kind, name]:
            yield f"the {kind} `{name}` is not as remit made it"


def _expected_triggers(scripts: str) -> dict[tuple[str, str], str]:
    made = re.findall(r"CREATE TRIGGER (\w+) BEFORE ([A-Z ]+?) ON (\w+) FOR EACH STATEMENT EXECUTE FUNCTION (\w+)", scripts)
    return {
        ("trigger", f"{name} on {table}"): f"{2 + sum(_EVENTS[each] for each in events.split(' OR '))} {function} on"
        for name, events, table, function in made
    }


def _found_triggers(session: Session) -> dict[tuple[str, str], str]:
    rows = session.rows(
        "SELECT t.tgname || ' on ' || c.relname, t.tgtype || ' ' || p.proname || "
        "CASE WHEN t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr::text = '' "
        "AND p.pronamespace = c.relnamespace THEN ' on' ELSE ' off' END "
        "FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid "
        f"WHERE NOT t.tgisinternal AND c.relnamespace = {_HERE}"
    )
    return {("trigger", name): text for name, text in rows}


def _expected_indexes(scripts: str) -> dict[tuple[str, str], str]:
    made = re.findall(r"CREATE INDEX (\w+) ON (\w+) (\(.*?\))(?: WHERE (.*?))?;", scripts)
    return {
        ("index", name): f"{table} USING btree {columns}{where and f' WHERE ({where})'} valid"
        for name, table, columns, where in made
    }


def _found_indexes(session: Session) -> dict[tuple[str, str], str]:
    """But for those of primary keys, which a table cannot lose while it has them."""
    rows = session.rows(
        "SELECT c.relname, pg_get_indexdef(c.oid), i.indisvalid AND i.indisready FROM pg_index AS i "
        "JOIN pg_class AS c ON c.oid = i.indexrelid "
        f"WHERE NOT i.indisprimary AND c.relnamespace = {_HERE}"
    )
    return {("index", name): re.sub(r'^.*? ON ("?\w+"?\.)?', "", text) + (" valid" if on else "") for name, text, on in rows}
