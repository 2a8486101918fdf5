"""What waits for a history server: bounded, in order, whole after a crash; and what is made of refusals."""

from __future__ import annotations

import time

import pytest
from fixtures.broker import until

from daemon.adapters.history import sender, spool
from daemon.adapters.history.lines import Lines, read, tag, untag
from daemon.adapters.history.spool import Spool, last_position
from daemon.core.nouns import Quality, Reading
from daemon.ports import StoreBroken, Undelivered

NOW = 1_763_740_800.0


@pytest.fixture
def waiting(tmp_path):
    return Spool(tmp_path, most_bytes=10_000, most_seconds=86_400.0)


def put(waiting, first, last, at=NOW):
    for n in range(first, last):
        waiting.append(b"%d" % n, position=n, lines=10, at=at)


def drained(waiting):
    found = []
    while frames := waiting.next(1 << 20):
        found += [frame.body for frame in frames if frame.body]
        waiting.done(frames[-1])
    return found


class Server:
    """Takes bodies, or says what it was told to say."""

    def __init__(self):
        self.taken, self.says = [], {}

    def write(self, body):
        for said in (self.says.get("*"), *(self.says.get(part) for part in self.says if part != "*" and part in body)):
            if said:
                raise said
        self.taken.append(body)


@pytest.fixture
def send(waiting, monkeypatch):
    monkeypatch.setattr(sender, "SOONEST", 0.01)
    monkeypatch.setattr(sender, "LATEST", 0.02)
    server = Server()
    running = sender.Sender(waiting, server)
    yield running, server
    running.stop()


def test_frames_come_out_in_order_across_segments_and_restarts(waiting, tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SEGMENT", 200)
    put(waiting, 1, 20)
    waiting.done(waiting.next(1)[-1])
    again = Spool(tmp_path, most_bytes=10_000, most_seconds=86_400.0)
    put(again, 20, 30)
    assert drained(again) == [b"%d" % n for n in range(2, 30)]
    assert (again.empty(), again.position, last_position(tmp_path)) == (True, 29, 29)
    assert len(list(tmp_path.glob("*.frames"))) == 2


def test_the_position_is_kept_when_everything_is_sent_and_dropped(waiting, tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "SEGMENT", 1)
    put(waiting, 1, 4)
    drained(waiting)
    assert last_position(tmp_path) == 3


def test_too_much_lets_the_oldest_go_and_counts_it(waiting, monkeypatch):
    monkeypatch.setattr(spool, "SEGMENT", 2_000)
    for n in range(1, 31):
        waiting.append(b"x" * 1_000, position=n, lines=10, at=NOW)
    waiting.bound(NOW)
    left = sum(bool(body) for body in drained(waiting))
    assert 0 < left <= 10
    assert waiting.sent.dropped == (30 - left) * 10


def test_what_is_older_than_its_hours_goes(waiting, monkeypatch):
    monkeypatch.setattr(spool, "SPELL", 60.0)
    put(waiting, 1, 5)
    put(waiting, 5, 8, at=NOW + 61.0)
    waiting.bound(time.time() + 86_000.0)
    assert waiting.sent.dropped == 0
    waiting.bound(time.time() + 90_000.0)
    assert waiting.sent.dropped == 40
    assert drained(waiting) == [b"5", b"6", b"7"]


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreBroken, match="can't be kept"):
        Spool(tmp_path / "file" / "spool", most_bytes=1, most_seconds=1.0)


def test_a_body_refused_for_good_is_dropped_alone(waiting, send):
    running, server = send
    server.says = {"*": Undelivered("503: busy")}
    put(waiting, 1, 6)
    assert until(lambda: running.away)
    server.says = {b"3": Undelivered("400: unable to parse", for_good=True)}
    assert until(waiting.empty)
    assert (b"".join(server.taken), waiting.sent.dropped) == (b"1245", 10)


def test_after_an_absence_the_last_seconds_are_sent_again(waiting, send):
    running, server = send
    put(waiting, 1, 3)
    assert until(waiting.empty)
    server.says = {"*": Undelivered("no answer")}
    put(waiting, 3, 4)
    assert until(lambda: running.away)
    assert waiting.sent.away_since <= time.time()
    server.says = {}
    assert until(lambda: not running.away and waiting.empty())
    assert b"".join(server.taken).endswith(b"123")
    assert waiting.sent.away_since is None


@pytest.mark.parametrize(
    ("value", "quality", "text", "labels"),
    [
        (1.5, 0, " value=1.5", " value=1.5"),
        (3, 2, " whole_bad=3i", " whole_bad=3i"),
        (True, 1, " flag_suspect=true", " flag_suspect=true"),
        ('手 "动"', 0, ' word="手 \\"动\\""', ',word=手\\ "动" word=1'),
        (float("inf"), 0, ' odd="inf"', ",odd=inf odd=1"),
        (2**60, 0, f" whole={2**60}i", f",odd={2**60} odd=1"),
    ],
)
def test_a_reading_is_one_line(value, quality, text, labels):
    one, head = [Reading("s", "d 1", "p", NOW, NOW, value, Quality(quality))], "atrium,site=s,device=d\\ 1,point=p"
    assert Lines(words_as_tags=False, per_second=1_000_000).write(one) == f"{head}{text} {NOW * 1e6:.0f}\n"
    assert Lines(words_as_tags=True, per_second=1_000).write(one) == f"{head}{labels} {NOW * 1e3:.0f}\n"


@pytest.mark.parametrize("text", ["a b", "a\\", "a\nb", "100%", "a,b=c"])
def test_a_tag_comes_back_as_it_was(text):
    stored = tag(text).replace("\\,", ",").replace("\\=", "=").replace("\\ ", " ")  # as a store does
    assert untag(stored) == text
    assert read("odd", "1180591620717411303424") == 2**70
