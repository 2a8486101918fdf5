"""A store in SQLite and in PostgreSQL."""

import pytest
from fixtures.postgres import postgres  # noqa: F401 - a fixture

from daemon.adapters.store import open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request):
    """The address of an empty database."""
    return request.getfixturevalue("postgres").database() if request.param == "postgresql" else ""


@pytest.fixture
def store(where, tmp_path):
    opened = open_store(where, tmp_path, digest="d1")
    yield opened
    opened.close()
