"""The database file: its schema, its guards, and what happens when it can't be used."""

import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from records import make_event, make_message, make_ticket
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from daemon.adapters.store import open_store, schema
from daemon.adapters.store.engine import locate, open_reader
from daemon.core.nouns import Outcome
from daemon.ports import StoreBroken


@pytest.fixture
def store(tmp_path):
    opened = open_store("", tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def raw(store, tmp_path):
    connection = sqlite3.connect(tmp_path / "atrium.db", isolation_level=None)
    yield connection
    connection.close()


def test_the_revisions_lead_to_the_tables_the_program_uses(store, tmp_path):
    engine = open_reader(locate("", tmp_path), 1.0)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_the_schema_is_one_for_postgresql_too():
    dialect = postgresql.dialect()
    tables = [str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables]
    index = next(i for i in schema.ticket.indexes if i.name == "one_open_ticket_per_cause")
    assert len(tables) == len(schema.metadata.tables)
    assert "UNIQUE INDEX" in (made := str(CreateIndex(index).compile(dialect=dialect)))
    assert "WHERE state NOT IN ('closed', 'cancelled')" in made


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("trusted_schema", 0)],
)
def test_every_connection_is_as_safe_as_the_file_allows(store, pragma, value):
    for opened in (store._write, store._read):
        with opened() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_readers_wait_in_sqlite_writers_by_themselves(store):
    for opened, patience in ((store._write, 0), (store._read, 5000)):
        with opened() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == patience


def test_readers_cannot_write(store):
    with pytest.raises(StoreBroken, match="readonly"), store._read() as connection:
        connection.execute(schema.mark.insert(), {"name": "a", "value": "b"})


@pytest.mark.parametrize("change", ["UPDATE ticket_event SET note = 'never happened'", "DELETE FROM ticket_event"])
def test_nobody_changes_the_history_of_a_ticket(store, raw, change):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [make_event("a", 1)])
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        raw.execute(change)


def test_opening_again_finds_everything_and_changes_no_schema(store, raw, tmp_path):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
    before = raw.execute("PRAGMA schema_version").fetchone()
    again = open_store("", tmp_path)
    assert again.ticket("a") == make_ticket("a")
    again.close()
    assert raw.execute("PRAGMA schema_version").fetchone() == before


def test_a_database_of_a_newer_program_is_refused_in_words(store, raw, tmp_path):
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreBroken, match=r"schema 9999, written by a newer Atrium; this program knows up to 0003\. Install"):
        open_store("", tmp_path)


def test_a_migration_that_fails_leaves_nothing_half_done(tmp_path):
    with sqlite3.connect(tmp_path / "atrium.db", isolation_level=None) as connection:
        connection.execute("CREATE TABLE ticket_event (something TEXT)")
    with pytest.raises(StoreBroken, match="already exists"):
        open_store("", tmp_path)
    found = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert found == [("ticket_event",)]


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    (tmp_path / "atrium.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreBroken, match="not a database"):
        open_store("", tmp_path)


def test_a_data_directory_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreBroken, match="data directory"):
        open_store("", tmp_path / "file")


def fill(store, kept):
    while True:
        with store.begin() as transaction:
            kept.append(transaction.save(Outcome(), [make_message(n) for n in range(len(kept), len(kept) + 100)], {}))


def test_a_full_disk_is_said_and_loses_only_the_batch_that_did_not_fit(store):
    with store._writer.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")
    kept = []
    with pytest.raises(StoreBroken, match="full"):
        fill(store, kept)
    assert len(kept) > 1
    assert [pos for pos, _ in store.journal_after(0)] in (kept, kept[:-1])


def test_a_lock_that_is_held_too_long_is_said(store, raw, tmp_path):
    raw.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBroken, match="locked"):
        open_store("", tmp_path, patience=0.05)
    raw.execute("ROLLBACK")
    open_store("", tmp_path, patience=0.05).close()


def test_readers_go_on_while_somebody_writes(store):
    with store.begin() as transaction:
        transaction.put(make_ticket("a"), [])
        assert store.tickets() == []
    assert len(store.tickets()) == 1
