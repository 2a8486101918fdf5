"""Many writers at once, and writers that die: one ticket, no lost commit, no lock error."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture
from records import make_event, make_message, make_ticket

from daemon.adapters.store import open_store
from daemon.core.nouns import Outcome
from daemon.ports import StaleVersion

THREADS = 8

COMMIT_FOR_EVER = """
import sys
from itertools import count
from pathlib import Path
from daemon.adapters.store import open_store
from daemon.core.nouns import Message, Outcome

store = open_store("", Path(sys.argv[1]))
for number in count():
    with store.begin() as transaction:
        transaction.save(Outcome(), [Message("t", b"%d" % number, float(number))], {})
    print(number, flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request):
    """The address of an empty database."""
    return request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""


@pytest.fixture
def stores(where, tmp_path):
    """One store per thread, as separate processes would have."""
    opened = [open_store(where, tmp_path) for _ in range(THREADS)]
    yield opened
    for store in opened:
        store.close()


def together(stores, work):
    start = threading.Barrier(len(stores))

    def run(number):
        start.wait()
        return work(stores[number], number)

    with ThreadPoolExecutor(len(stores)) as pool:
        return list(pool.map(run, range(len(stores))))


def test_of_racing_writers_that_all_saw_no_ticket_one_opens_it(stores):
    def open_blindly(store, number):
        assert store.tickets() == []
        seen.wait()
        try:
            with store.begin() as transaction:
                transaction.put(make_ticket(f"t{number}"), [make_event(f"t{number}", 1)])
        except StaleVersion:
            return 0
        return 1

    seen = threading.Barrier(THREADS)
    assert sum(together(stores, open_blindly)) == 1
    assert len(stores[0].tickets()) == 1
    assert stores[0].last_event_seq() == 1


def test_of_racing_changes_from_one_version_one_wins(stores):
    def change(store, number):
        try:
            with store.begin() as transaction:
                transaction.put(make_ticket("a", version=2, assignee=f"p{number}"), [make_event("a", 1)])
        except StaleVersion:
            return 0
        return 1

    with stores[0].begin() as transaction:
        transaction.put(make_ticket("a"), [])
    assert sum(together(stores, change)) == 1


@pytest.mark.parametrize("shared", [True, False])
def test_read_then_write_from_many_threads_never_meets_a_lock(stores, shared):
    def read_and_write(store, number):
        for _ in range(20):
            with (stores[0] if shared else store).begin() as transaction:
                transaction.open_ticket("hongshan", "fire-pump")
                transaction.save(Outcome(), [make_message(number)], {})
                numbers.append(transaction.next_number("hongshan", "HS", "20261122"))

    numbers = []
    together(stores, read_and_write)
    assert sorted(numbers) == [f"HS-20261122-{n:04d}" for n in range(1, THREADS * 20 + 1)]
    assert len(stores[0].journal_after(0)) == THREADS * 20


@pytest.mark.parametrize("kill_after", [1, 40, 173])
def test_what_a_killed_writer_had_acknowledged_is_there(tmp_path, kill_after):
    open_store("", tmp_path).close()
    command = [sys.executable, "-c", COMMIT_FOR_EVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        printed = [int(writer.stdout.readline()) for _ in range(kill_after)]
        writer.kill()
        printed += [int(line) for line in writer.stdout if line.endswith("\n")]
    store = open_store("", tmp_path)
    stored = [int(message.payload) for _, messages in store.journal_after(0, 100_000) for message in messages]
    store.close()
    assert stored[: len(printed)] == printed
    assert len(stored) <= len(printed) + 1
