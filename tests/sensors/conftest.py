"""The small station as fixtures."""

from __future__ import annotations

import pytest
from station import SCOPE, Judged


@pytest.fixture
def scope():
    """What the little station may be asked about."""
    return SCOPE


@pytest.fixture
def judged():
    """Make a condition to feed: `judged("pressure < 1").truth(0, pressure=0.5)`."""
    return Judged
