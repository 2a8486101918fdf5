"""A watch cut anywhere reads Sparkplug's aliases afterwards as if it had not been: its real store, its real journal."""

import shutil
from pathlib import Path

import pytest

from daemon.adapters.history import open_history
from daemon.adapters.store import open_store
from daemon.config import load
from daemon.core import pipeline
from daemon.core.nouns import Message
from daemon.dialects import open_all
from daemon.recover import recover
from tests.dialects.sparkplug import sent

ROOT = Path(__file__).parents[2]
SOURCE = "{id: spb, url: 'mqtt://h', dialect: sparkplug-b, site: hongshan, mapping: {devices: {e: fire-pump}}}"
AT = 1779069605.0
NAMES = ["main_pressure", "suction_pressure"]


def birth(alias, name):
    return "NBIRTH", sent(
        {"name": name, "alias": alias, "datatype": 9, "float_value": 0.25}, {"name": "bdSeq", "datatype": 4}, seq=0
    )


def data(alias, value):
    return "NDATA", sent({"alias": alias, "float_value": value})


# The same alias means another point after the second birth.
WALK = [birth(7, NAMES[0]), data(7, 0.5), data(7, 0.75), birth(7, NAMES[1]), data(7, 0.375), data(7, 0.3125)]


class Watch:
    """Commits as the service does, without a broker."""

    def __init__(self, folder, configuration):
        self.store = open_store("", folder, digest=configuration.digest)
        self.history = open_history(folder)
        self.dialects = open_all(configuration.settings.sources)
        self.state = recover(configuration, self.store, self.history, self.dialects, AT)

    def hear(self, at, kind, payload):
        message = Message(f"spBv1.0/g/{kind}/e", payload, at, "spb")
        with self.store.begin() as transaction:
            outcome = pipeline.feed(self.state, [message], transaction, self.dialects)
            self.state.position = transaction.save(outcome, [message], self.state.slices(outcome))
        return [(reading.point, reading.value) for reading in outcome.readings]

    def fall(self):
        self.store.close()


@pytest.fixture
def configuration(tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "config" / "atrium.yaml").write_text(f"broker: embedded\nsources: [{SOURCE}]\n")
    return load(tmp_path / "config", environ={})


@pytest.mark.parametrize("step", [1.0, 25.0, 100.0])
def test_a_watch_that_falls_after_every_message_reads_on_as_one_that_did_not(tmp_path, configuration, step):
    (tmp_path / "data").mkdir()
    found = []
    for index, (kind, payload) in enumerate(WALK):
        watch = Watch(tmp_path / "data", configuration)
        found += watch.hear(AT + index * step, kind, payload)
        watch.fall()
    first, second = NAMES
    assert found == [(first, 0.25), (first, 0.5), (first, 0.75), (second, 0.25), (second, 0.375), (second, 0.3125)]


def test_what_was_fed_again_meets_the_aliases_of_its_time(tmp_path, configuration):
    (tmp_path / "data").mkdir()
    watch = Watch(tmp_path / "data", configuration)
    for index, (kind, payload) in enumerate(WALK):
        watch.hear(AT + index, kind, payload)
    watch.fall()
    again = Watch(tmp_path / "data", configuration).state.devices["hongshan", "fire-pump"]
    assert [again.last(name)[1] for name in NAMES] == [0.75, 0.3125]
