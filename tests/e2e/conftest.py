"""What these tests need: a real broker, Atrium beside it, and a device that publishes with QoS 1."""

from __future__ import annotations

import pytest
from fixtures.broker import mosquitto
from stage import Atrium, small_site

from daemon.publish import Publisher

__all__ = ["mosquitto"]


@pytest.fixture
def atrium(tmp_path, mosquitto):
    """Makes an Atrium beside the broker: of the small site, or of `config`; whatever it started is ended afterwards."""
    made = []

    def make(config=None, **wishes):
        wishes = {"url": mosquitto.broker.url, **wishes}
        made.append(Atrium(tmp_path, config or small_site(tmp_path / "config"), **wishes))
        return made[-1]

    yield make
    for one in made:
        if one.alive:
            one.process.terminate()
            one.process.wait(10)


@pytest.fixture
def device(mosquitto):
    """Publishes as a gateway would; `drain` waits until the broker has everything."""
    publisher = Publisher(mosquitto.broker.url)
    yield publisher
    publisher.close()
