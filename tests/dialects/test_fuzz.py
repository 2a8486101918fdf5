"""A short turn of the fuzz in every run (`python -m tests.dialects.fuzz --minutes 10` for a long one)."""

import pytest

from daemon.core.nouns import Sample
from daemon.dialects import families
from tests.dialects.corpus import CORPUS
from tests.dialects.fuzz import AT, SOURCES, fuzz, opened, probe


def test_every_dialect_has_seeds():
    assert set(CORPUS) == set(families())


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("family", sorted(families()))
def test_the_seeds_themselves_are_answered_sanely(family, source):
    probe(family, source, CORPUS[family])


@pytest.mark.parametrize("family", sorted(set(CORPUS) - {"gb26875"}))
def test_the_seeds_give_samples_so_that_the_fuzz_gets_behind_the_door(family):
    told = [opened(family, source) for source in ("of a site", "mapped")]
    items = [item for dialect in told for topic, payload in CORPUS[family] for item in dialect(topic, payload, AT)]
    assert any(isinstance(item, Sample) for item in items), items


def test_mutations_and_noise_are_answered_sanely():
    assert fuzz(400, 20261122)["examples"] >= 400
