"""What dialects remember is saved so that a restart, cut anywhere, reads every message as an uncut run does."""

import pytest

from daemon.core.tongues import Tongues


class Parrot:
    """A dialect that remembers one word; a message is a new word, or a dot that says it."""

    def __init__(self):
        self.word, self.changed = "", False

    def hear(self, message):
        if message != ".":
            self.word, self.changed = message, True
        return self.word

    def pack(self):
        self.changed = False
        return self.word.encode()

    def restore(self, packed):
        self.word, self.changed = packed.decode(), False


class Watch:
    """The journal and the snapshots of a watch with one device, whose memory is saved every `every` commits."""

    def __init__(self, journal, every):
        self.journal, self.every, self.parrot = journal, every, Parrot()
        self.tongues = Tongues.of({"main": self.parrot})
        self.position, self.device_dirty, self.saved, self.start = 0, None, {}, 0

    def commit(self):
        self.parrot.hear(self.journal[self.position])
        self.device_dirty = self.position if self.device_dirty is None else self.device_dirty
        position = self.position + 1
        if position % self.every == 0:
            self.device_dirty = None
        self.saved |= {key: (position, packed) for key, packed in self.tongues.slices(self.position, self.device_dirty).items()}
        self.position = position
        oldest = [one for one in (self.device_dirty, *self.tongues.dirty_from()) if one is not None]
        self.start = min(oldest, default=position)

    def restarted(self):
        """The same watch, rebuilt from what was saved."""
        again = Watch(self.journal, self.every)
        again.saved, again.start = dict(self.saved), self.start
        again.tongues.restore(again.saved)
        said = [again.parrot.hear(message) for message in self.journal[self.start : self.position]]
        again.position, again.device_dirty = self.position, self.start if said else None
        again.tongues.settle(self.start, self.position)
        return again, said


JOURNALS = ["a..b..c....", "abcabcabc", "a..........b.", "..a..b"]


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("every", [1, 2, 3, 5])
def test_a_restart_anywhere_reads_the_journal_as_the_first_time(journal, every):
    watch, parrot = Watch(journal, every), Parrot()
    told = [parrot.hear(message) for message in journal]
    for _ in journal:
        watch.commit()
        assert watch.restarted()[1] == told[watch.start : watch.position]
        assert watch.restarted()[0].parrot.word == watch.parrot.word


@pytest.mark.parametrize("every", [2, 3])
def test_a_restart_after_a_restart_does_so_too(every):
    journal = "a..b..c.....d..."
    parrot = Parrot()
    told = [parrot.hear(message) for message in journal]
    for cut in range(1, len(journal)):
        watch = Watch(journal, every)
        for _ in range(cut):
            watch.commit()
        watch, _ = watch.restarted()
        while watch.position < len(journal):
            watch.commit()
            assert watch.restarted()[1] == told[watch.start : watch.position]


def test_the_journal_is_not_needed_for_long():
    watch = Watch("a" + "." * 20, 4)
    for _ in watch.journal:
        watch.commit()
    assert watch.start >= 16


def test_dialects_that_remember_nothing_save_nothing():
    assert Tongues.of({"main": lambda *_: []}).memories == {}
