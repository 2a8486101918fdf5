"""What most tests need: the directory of the project, and the demo community as it is loaded at start."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from daemon.config import load

# A busy machine is not a bug: property tests have no deadline.
settings.register_profile("atrium", deadline=None)
settings.load_profile("atrium")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root():
    """The directory of the project."""
    return ROOT


@pytest.fixture(scope="session")
def demo():
    """The configuration of the demo community, complete and checked."""
    return load(ROOT / "config", environ={})


@pytest.fixture(scope="session")
def hongshan(demo):
    """The demo community itself."""
    return demo.sites["hongshan"]
