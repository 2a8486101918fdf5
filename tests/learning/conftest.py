"""What is learned is written into a database of its own."""

import pytest

from daemon.adapters.store import open_store


@pytest.fixture
def store(tmp_path):
    """Empty."""
    opened = open_store("", tmp_path, digest="d")
    yield opened
    opened.close()
